"""The annotation page as tests use it: a server in a process of its own, a browser, and a person who works with both.

Public names: `Server`, `served`, `Person`, `run`, `DESK`, `PHONE`, `DATA`, `gold`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from crfner import Document, Span, read
from crfner.annotate import AnswerLog, Example, Session, Setup

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
DESK, PHONE = (1280, 900), (390, 844)
_PATIENCE = 60.0  # seconds that the page may take for anything

# where the first and the last of some code points stand on the screen; the text is scrolled to first
_PLACE = """
const pieces = [...document.querySelectorAll("#text .p")];
const at = (offset) => pieces.find((p) => Number(p.dataset.start) <= offset && offset < Number(p.dataset.end));
const [first, last] = [at(arguments[0]), at(arguments[1] - 1)];
first.scrollIntoView({block: "center"});
const letter = (piece, offset) => {
  const range = document.createRange();
  const before = [...piece.textContent].slice(0, offset - Number(piece.dataset.start)).join("").length;
  range.setStart(piece.firstChild, before);
  range.setEnd(piece.firstChild, before + 1);
  const box = range.getBoundingClientRect();
  return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
};
return [letter(first, arguments[0]), letter(last, arguments[1] - 1)];
"""


def gold(count: int) -> list[Document]:
    """The first documents of the menu corpus, as they are labelled."""
    documents = list(read(DATA / "menu/train.jsonl"))[:count]
    return documents


class Server:
    """`crfner annotate` in a process of its own, on a port that is free; ended with the `with` block."""

    def __init__(self, folder: Path, *arguments: Any) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
        command = [sys.executable, "-m", "crfner", "annotate", *map(str, arguments), "--port", "0"]
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.said: list[str] = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.strip())
            if found := re.search(r"open (http\S+)", line):
                self.address = found[1]
                return
        raise AssertionError(f"the server did not start: {self.said}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGINT)

    def end(self, number: int) -> int:
        """Send it a signal; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        assert self.process.stderr is not None
        if not self.process.stderr.closed:
            with self.process.stderr:
                self.said += [line.strip() for line in self.process.stderr]
        return self.process.wait(_PATIENCE)


@contextmanager
def served(examples: Sequence[Example], path: Path, setup: Setup, guidelines: str = "") -> Iterator[str]:
    """The address of a page that a thread of this process serves: quicker than a `Server`, where that makes no odds."""
    import uvicorn

    from crfner.annotate.application import application
    from crfner.annotate.server import bound

    with bound(0) as listening, AnswerLog(path) as log:
        session = Session(examples, log, setup)
        app = application(session, "texts", guidelines)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()
            session.trainer.stop()


def run(folder: Path, *arguments: Any) -> None:
    """Run a command to its end, which is a good one."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "crfner", *map(str, arguments)]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)


class Person:
    """Someone who labels, in a window of some size, for whom colours are light or dark.

    `pointer` is "mouse" or "touch".
    """

    def __init__(
        self, browser: Any, address: str, size: tuple[int, int] = DESK, colours: str = "light", pointer: str = "mouse"
    ) -> None:
        self.browser = browser
        self.pointer = pointer
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": pointer == "touch"})
        media = {"features": [{"name": "prefers-color-scheme", "value": colours}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(address)
        self.until(lambda: self.number is not None or self.shown("#done"))

    def until(self, wanted: Callable[[], Any]) -> Any:
        """Wait for something to come true."""
        deadline = time.monotonic() + _PATIENCE
        while not (value := wanted()):
            assert time.monotonic() < deadline, f"waited in vain; the page says {self.text('#problem')!r}"
            time.sleep(0.01)
        return value

    def find(self, selector: str) -> Any:
        return self.browser.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        return list(self.browser.find_elements("css selector", selector))

    def text(self, selector: str) -> str:
        """What stands in an element, seen or not."""
        return str(self.browser.execute_script(f"return document.querySelector({selector!r}).textContent")).strip()

    def texts(self, selector: str) -> list[str]:
        """What is to be read in each element, all at one moment: the page may be drawn anew between two."""
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText.trim())"
        return [str(text) for text in self.browser.execute_script(script, selector)]

    def shown(self, selector: str) -> bool:
        return any(one.is_displayed() for one in self.all(selector))

    @property
    def number(self) -> int | None:
        """Of the example that is shown; None when there is none."""
        value = self.browser.execute_script(
            "return document.getElementById('work').hidden ? null : document.getElementById('text').dataset.number"
        )
        return None if value is None else int(value)

    def spans(self) -> list[Span]:
        """The entities that are marked in the text, as the page shows them."""
        found = self.browser.execute_script(
            """return [...document.querySelectorAll("#text mark")].map((mark) => {
              const pieces = [...mark.querySelectorAll(".p")];
              const label = mark.querySelector(".chip").firstChild.textContent;
              return [Number(pieces[0].dataset.start), Number(pieces.at(-1).dataset.end), label];
            })"""
        )
        return [Span(*span) for span in found]

    def selection(self) -> str:
        """The text that is selected."""
        script = 'return [...document.querySelectorAll("#text .selected")].map((p) => p.textContent).join("")'
        return str(self.browser.execute_script(script))

    def drag(self, start: int, end: int) -> None:
        """Select code points of the text, from the first to the last."""
        first, last = self.browser.execute_script(_PLACE, start, end)
        between = [((first[0] + last[0]) // 2, first[1]), tuple(last)] if first != last else []
        if self.pointer == "touch":
            self.touch(tuple(first), *between)
            return
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        actions = ActionBuilder(self.browser, duration=10)
        actions.pointer_action.move_to_location(*first).pointer_down()
        for place in between:
            actions.pointer_action.move_to_location(*place)
        actions.pointer_action.pointer_up()
        actions.perform()

    def touch(self, *places: tuple[int, int]) -> None:
        """Put a finger down at the first place of the window, draw it over the others, lift it at the last."""

        def send(kind: str, *at: tuple[int, int]) -> None:
            points = [{"x": x, "y": y} for x, y in at]
            self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", places[0])
        for (x, y), (to_x, to_y) in pairwise(places):
            for part in range(1, 5):
                send("touchMove", (x + (to_x - x) * part // 4, y + (to_y - y) * part // 4))
        if len(places) > 1:
            time.sleep(0.3)  # hold still: lifted in motion, the finger would set the page going, and stop it next
        send("touchEnd")

    def tap(self, selector: str) -> None:
        """Touch an element."""
        script = """const box = document.querySelector(arguments[0]).getBoundingClientRect();
          return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)]"""
        self.touch(tuple(self.browser.execute_script(script, selector)))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, on whatever has the focus."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser, duration=0).send_keys(*keys).perform()

    def press_with(self, modifier: str, *keys: str) -> None:
        """Press keys while another is held down."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser, duration=0).key_down(modifier).send_keys(*keys).key_up(modifier).perform()

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def then_next(self, act: Callable[[], Any]) -> None:
        """Do something that shows another example, or that all is done."""
        before = self.number
        act()
        self.until(lambda: self.number != before)

    def accept(self) -> None:
        self.then_next(lambda: self.press("\ue007"))

    def errors(self) -> list[str]:
        """What the browser complains of."""
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def hosts(self) -> set[str]:
        """The hosts that the page asked anything of."""
        events = (json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance"))
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        return {"/".join(url.split("/")[:3]) for url in asked if not url.startswith(("blob:", "data:"))}
