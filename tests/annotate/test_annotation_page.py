"""The annotation page in a real browser: someone labels by mouse, by keyboard alone, by touch, and nothing is lost."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

for package in ("selenium", "starlette", "uvicorn", "markdown_it"):
    pytest.importorskip(package, reason=f"needs {package}: pip install -e '.[test,serve]'")

from annotating import PHONE, Person, Server, gold, run, served  # noqa: E402

from crfner import CRFRecognizer, Document, Span, read, write  # noqa: E402
from crfner.annotate import Example, Setup, read_log  # noqa: E402

ENTER, TAB, BACKSPACE, ESCAPE, SHIFT = "\ue007", "\ue004", "\ue003", "\ue00c", "\ue008"
LEFT, UP, RIGHT, DOWN, HOME = "\ue012", "\ue013", "\ue014", "\ue015", "\ue011"
TEXTS = ["I had mint tea and a scone.", "No scone for me!", "More mint tea?", "The end."]
MORE = 8  # sentences beside those that are labelled from nothing
LABELS = ["FOOD", "DRINK", "DIET"]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text("".join(f"{text}\n" for text in TEXTS), encoding="utf-8")
    return path


@pytest.fixture
def page(tmp_path: Path) -> Iterator[str]:
    """The address of a page with the texts and labels."""
    with labelling(tmp_path, TEXTS, labels=LABELS) as address:
        yield address


def labelling(folder: Path, texts: list[str], **setup: Any) -> AbstractContextManager[str]:
    return served([Example(Document(text)) for text in texts], folder / "answers.jsonl", Setup("anna", **setup))


def answers(folder: Path) -> list[tuple[str, str, list[Span]]]:
    return [(d.document.text, d.answer, list(d.document.spans)) for d in read_log(folder / "answers.jsonl")]


def test_by_mouse_words_are_marked_accepted_and_written_down(browser: Any, page: str, tmp_path: Path) -> None:
    person = Person(browser, page)
    person.drag(7, 13)  # from within "mint" to within "tea": whole words are taken
    assert person.selection() == "mint tea"
    person.press("2")
    assert person.spans() == [Span(6, 14, "DRINK")]
    person.drag(21, 22)  # a click
    person.click("#labels button:nth-child(1)")
    person.then_next(lambda: person.click("#accept"))
    assert answers(tmp_path) == [(TEXTS[0], "accept", [Span(6, 14, "DRINK"), Span(21, 26, "FOOD")])]
    assert person.spans() == [Span(3, 8, "FOOD")]  # what was marked is proposed where it stands again
    assert person.errors() == []
    assert person.hosts() == {page.rstrip("/")}


def test_a_label_that_is_chosen_first_goes_to_all_that_is_selected_from_then_on(browser: Any, page: str) -> None:
    person = Person(browser, page)
    person.press("2")
    assert person.find("#labels button:nth-child(2)").get_attribute("aria-pressed") == "true"
    person.drag(6, 14)
    person.drag(21, 26)
    assert person.spans() == [Span(6, 14, "DRINK"), Span(21, 26, "DRINK")]
    person.press(ESCAPE)
    person.drag(0, 1)
    assert len(person.spans()) == 2


def test_without_whole_words_any_characters_can_be_marked(browser: Any, page: str) -> None:
    person = Person(browser, page)
    person.click("#snap")
    person.drag(7, 12)
    assert person.selection() == "int t"
    person.press("1")
    assert person.spans() == [Span(7, 12, "FOOD")]
    person.click("#snap")
    person.press(ESCAPE, HOME, RIGHT, RIGHT)
    assert person.selection() == "mint"


def test_by_keyboard_alone_all_can_be_done(browser: Any, page: str, tmp_path: Path) -> None:
    person = Person(browser, page)
    # count what the mouse does, to be sure that it does nothing
    browser.execute_script(
        "window.mouse = 0; for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'pointermove'])"
        " addEventListener(kind, () => { window.mouse += 1; }, true)"
    )
    person.press(RIGHT, RIGHT, RIGHT)
    assert person.selection() == "mint"
    assert person.text("#status") == "mint, word 3 of 8"
    person.press_with(SHIFT, RIGHT)
    assert person.selection() == "mint tea"
    person.press("1")  # a slip
    assert person.text("#status") == "mint tea is FOOD"
    person.press("2")
    assert person.spans() == [Span(6, 14, "DRINK")]
    person.press(RIGHT, RIGHT, RIGHT, "1")
    assert person.spans() == [Span(6, 14, "DRINK"), Span(21, 26, "FOOD")]
    person.press(ESCAPE, TAB)
    assert person.text("#status") == "mint tea, 2 words, DRINK"
    person.press(TAB)
    assert person.selection() == "scone"
    person.press_with(SHIFT, TAB)
    assert person.selection() == "mint tea"
    person.press(BACKSPACE)
    assert person.spans() == [Span(21, 26, "FOOD")]
    person.press("u")
    assert len(person.spans()) == 2
    person.accept()
    person.then_next(lambda: person.press("s"))
    person.then_next(lambda: person.press("x"))
    person.then_next(lambda: person.press("u"))  # back to the last answer
    assert person.number == 2
    person.press(ESCAPE, BACKSPACE)
    person.accept()
    person.press("?")
    assert person.shown("#help")
    person.press(ESCAPE)
    person.until(lambda: not person.shown("#help"))
    person.press("h")
    person.until(lambda: person.shown("#history"))
    person.press(ESCAPE)
    person.until(lambda: not person.shown("#history"))
    person.accept()
    assert person.number is None and person.shown("#done")
    assert [(text, answer) for text, answer, _ in answers(tmp_path)] == [
        (TEXTS[0], "accept"),
        (TEXTS[1], "ignore"),
        (TEXTS[2], "reject"),
        (TEXTS[2], "accept"),
        (TEXTS[3], "accept"),
    ]
    assert browser.execute_script("return window.mouse") == 0
    assert person.errors() == []


def test_tab_leaves_the_text_after_its_last_entity_and_is_no_trap(browser: Any, page: str) -> None:
    person = Person(browser, page)
    focused = "return document.activeElement.id || document.activeElement.textContent"
    person.press(RIGHT, "1", ESCAPE, TAB)
    assert browser.execute_script(focused) == "text"
    person.press(TAB)
    assert "FOOD" in browser.execute_script(focused)  # the first label's button
    person.press_with(SHIFT, TAB)
    assert browser.execute_script(focused) == "text"
    person.press(ESCAPE)
    person.press_with(SHIFT, TAB)
    assert browser.execute_script(focused) == "open-help"


def test_single_keys_can_be_kept_to_the_text(browser: Any, page: str) -> None:
    person = Person(browser, page)
    person.press(RIGHT)
    person.click("#keys")
    person.press("1")  # the checkbox has the focus
    assert person.spans() == []
    browser.execute_script("document.getElementById('text').focus()")
    person.press("1")
    assert len(person.spans()) == 1


def test_the_cursor_goes_up_and_down_by_line(browser: Any, tmp_path: Path) -> None:
    with labelling(tmp_path, ["one two three " * 40], labels=["A"]) as page:
        person = Person(browser, page, PHONE)
        top = "return document.querySelector('#text .selected').getBoundingClientRect().top"
        person.press(RIGHT, RIGHT, RIGHT)
        first = browser.execute_script(top)
        person.press(DOWN)
        second = browser.execute_script(top)
        person.press(UP)
        assert second > first == browser.execute_script(top)
        assert person.selection() == "three"


def test_labels_can_be_added_when_starting_from_nothing(browser: Any, tmp_path: Path) -> None:
    with labelling(tmp_path, TEXTS) as page:
        person = Person(browser, page)
        person.until(lambda: browser.execute_script("return document.activeElement.id") == "new-label")
        for label in ("DRINK", "BAKED GOODS"):
            person.press(label, ENTER)
            person.until(lambda label=label: label in person.text("#labels"))
            person.press("n")
        person.press(ESCAPE)
        person.drag(21, 26)
        person.press("2")
        person.accept()
    assert answers(tmp_path) == [(TEXTS[0], "accept", [Span(21, 26, "BAKED GOODS")])]


def test_more_than_nine_labels_are_reached_by_keys_too(browser: Any, tmp_path: Path) -> None:
    with labelling(tmp_path, TEXTS, labels=[f"L{n}" for n in range(1, 12)]) as page:
        person = Person(browser, page)
        person.press(RIGHT, "0", "2")
        assert [span.label for span in person.spans()] == ["L11"]
        person.press("0", "2")
        assert [span.label for span in person.spans()] == ["L2"]


def test_an_earlier_text_can_be_gone_back_to_corrected_and_left(browser: Any, page: str, tmp_path: Path) -> None:
    person = Person(browser, page)
    person.accept()
    person.accept()
    person.drag(5, 13)
    person.press("2")  # not accepted yet, when something comes to mind
    person.press("h")
    person.until(lambda: person.shown("#history ul"))
    person.then_next(lambda: person.all("#history .row")[1].click())
    assert (person.number, person.text("#origin")) == (
        0,
        "Accepted by anna; a new answer replaces that.",
    )
    person.drag(21, 26)
    person.press("1")
    person.accept()
    assert person.number == 2
    assert person.spans() == [Span(5, 13, "DRINK")]  # as it was left
    person.then_next(lambda: person.press("u", "u"))
    person.then_next(lambda: person.press("c"))
    assert person.number == 2
    assert answers(tmp_path)[-1] == (TEXTS[0], "accept", [Span(21, 26, "FOOD")])


def test_a_kill_loses_nothing_that_was_accepted_and_the_work_goes_on(browser: Any, tmp_path: Path, texts: Path) -> None:
    arguments = (texts, "--labels", ",".join(LABELS), "-o", "answers.jsonl")
    server = Server(tmp_path, *arguments)
    person = Person(browser, server.address)
    person.drag(6, 14)
    person.press("2", ENTER)
    person.until(lambda: person.number == 1)
    server.end(signal.SIGKILL)
    assert answers(tmp_path) == [(TEXTS[0], "accept", [Span(6, 14, "DRINK")])]
    person.press(ENTER)  # the page says so, and stays
    person.until(lambda: person.shown("#problem"))
    assert "The server does not answer" in person.text("#problem")
    assert person.number == 1
    with (tmp_path / "answers.jsonl").open("ab") as file:
        file.write(b'{"text": "No sc')  # as if it had been killed while it wrote
    with Server(tmp_path, *arguments) as again:
        assert any("cut short (15 bytes)" in line for line in again.said)
        person = Person(browser, again.address)
        assert person.number == 1
        person.accept()
    assert [text for text, _, _ in answers(tmp_path)] == TEXTS[:2]


def test_a_page_of_an_earlier_server_is_told_to_load_again(browser: Any, tmp_path: Path) -> None:
    with labelling(tmp_path, TEXTS) as page:
        person = Person(browser, page)
        browser.execute_script("document.querySelector('meta[name=crfner-token]').content = 'old'")
        browser.execute_async_script(
            "const done = arguments[0]; import('/static/api.js?again').then((api) => api.post('answers', {})"
            ".then(() => done('written'), (error) => done(error.message)))"
        )
        answer = browser.execute_async_script(
            "const done = arguments[0]; import('/static/api.js?again').then((api) => api.get('next')"
            ".then(() => done('told'), (error) => done(error.message)))"
        )
        assert "load the page again" in answer
        assert person.number == 0


def test_what_the_browser_downloads_is_the_labelled_text(browser: Any, page: str, tmp_path: Path) -> None:
    person = Person(browser, page)
    person.drag(6, 14)
    person.press("2")
    person.accept()
    downloads = {"behavior": "allow", "downloadPath": str(tmp_path / "downloads")}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)
    for format, name in (("jsonl", "labelled.jsonl"), ("conll", "labelled.conll")):
        person.find(f"#format option[value={format}]").click()
        person.click("#export button")
        person.until(lambda name=name: (tmp_path / "downloads" / name).exists())
        (document,) = read(tmp_path / "downloads" / name)
        assert [document.text[span.start : span.end] for span in document.spans] == ["mint tea"]


def test_model_and_rules_propose_and_what_they_disagree_about_is_shown(
    browser: Any, tmp_path: Path, texts: Path
) -> None:
    documents = [Document(f"I had mint tea number {n}.", spans=(Span(6, 14, "DRINK"),)) for n in range(12)]
    CRFRecognizer("minimal", iterations=20).fit(documents).save(tmp_path / "tea.crfner")
    (tmp_path / "baked.txt").write_text("scone\n", encoding="utf-8")
    (tmp_path / "GUIDE.md").write_text("# Baked\n**All** that is <b>baked</b>.", encoding="utf-8")
    arguments = (
        "--model",
        "tea.crfner",
        "--rules",
        "FOOD=baked.txt",
        "--guidelines",
        "GUIDE.md",
        "--strategy",
        "given",
        "-o",
        "answers.jsonl",
    )
    with Server(tmp_path, texts, *arguments) as server:
        person = Person(browser, server.address)
        assert person.spans() == [Span(6, 14, "DRINK"), Span(21, 26, "FOOD")]
        chips = person.texts("#text .chip")
        assert chips[0].startswith("DRINK model") and chips[0].endswith("%")
        assert chips[1].startswith("FOOD rule ")
        assert person.text("#guidelines h3") == "Baked"
        assert "All that is <b>baked</b>." in person.text("#guidelines")
        person.until(lambda: person.shown("#findings"))
        assert "finds FOOD in 'scone', the model nothing there" in person.text("#findings")
        assert person.texts("#text .finding") == ["scone"]
        person.press("f", "y")  # there, and as suggested
        assert person.spans() == [Span(6, 14, "DRINK")]
        person.accept()
    assert answers(tmp_path) == [(TEXTS[0], "accept", [Span(6, 14, "DRINK")])]


def test_on_a_phone_words_are_marked_by_finger(browser: Any, page: str, tmp_path: Path) -> None:
    person = Person(browser, page, PHONE, pointer="touch")
    assert too_wide(browser) == 0
    person.drag(6, 14)  # drawn over with the finger
    assert person.selection() == "mint tea"
    person.tap("#labels button:nth-child(2)")
    person.drag(21, 22)  # a tap
    assert person.selection() == "scone"
    person.tap("#labels button:nth-child(1)")
    person.drag(15, 16)
    person.tap("#extend")
    person.drag(19, 20)  # another tap, as far as here
    assert person.selection() == "and a"
    small = (
        "return [...document.querySelectorAll('#controls button')].filter((b) => b.offsetHeight && b.offsetHeight < 44)"
    )
    assert browser.execute_script(small) == []
    person.then_next(lambda: person.tap("#accept"))
    assert answers(tmp_path) == [(TEXTS[0], "accept", [Span(6, 14, "DRINK"), Span(21, 26, "FOOD")])]
    assert person.errors() == []


def test_signs_beyond_the_basic_plane_and_writing_from_the_right_keep_their_offsets(
    browser: Any, tmp_path: Path
) -> None:
    lines = ["🥧🥧 Pie 👩‍🍳 for two", "أريد شاي بالنعناع من فضلك"]
    with labelling(tmp_path, lines, labels=["A"]) as page:
        person = Person(browser, page)
        start = lines[0].index("Pie")
        person.drag(start, start + 3)
        person.press("1")
        assert person.spans() == [Span(start, start + 3, "A")]
        person.press("t", ESCAPE, HOME, RIGHT, "1")  # by characters: the second pie alone
        assert person.spans() == [Span(1, 2, "A"), Span(start, start + 3, "A")]
        person.press("t")
        person.accept()
        person.press(HOME, LEFT, "1")  # on to the left
        person.accept()
    (_, _, first), (_, _, second) = answers(tmp_path)
    assert [lines[0][span.start : span.end] for span in first] == ["🥧", "Pie"]
    assert [lines[1][span.start : span.end] for span in second] == ["شاي"]


def too_wide(browser: Any) -> int:
    """By how many pixels the page is wider than the window."""
    script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(browser.execute_script(script))


@pytest.mark.parametrize("nasty", ["<img src=x onerror='window.taken=1'>", "</span><script>window.taken=1</script>"])
def test_a_hostile_corpus_runs_nothing(browser: Any, tmp_path: Path, nasty: str) -> None:
    document = Document(nasty, id=nasty, spans=(Span(0, 4, nasty),))
    with served([Example(document)], tmp_path / "answers.jsonl", Setup(nasty)) as page:
        person = Person(browser, page, PHONE)
        assert person.spans() == [Span(0, 4, nasty)]
        assert too_wide(browser) == 0
        person.accept()
        person.press("h")
        person.until(lambda: person.shown("#history ul"))
        assert browser.execute_script("return window.taken") is None
        assert person.errors() == []
    assert answers(tmp_path) == [(nasty, "accept", [Span(0, 4, nasty)])]


def test_two_versions_are_reconciled_side_by_side(browser: Any, tmp_path: Path) -> None:
    anna = [
        Document(TEXTS[0], id="1", spans=(Span(6, 14, "DRINK"), Span(21, 26, "FOOD"))),
        Document(TEXTS[1], id="2", spans=(Span(3, 8, "FOOD"),)),
        Document(TEXTS[2], id="3", spans=(Span(5, 13, "DRINK"),)),
    ]
    ben = [
        Document(TEXTS[0], id="1", spans=(Span(11, 14, "DRINK"), Span(21, 26, "FOOD"))),
        Document(TEXTS[1], id="2", spans=(Span(3, 8, "FOOD"),)),
        Document(TEXTS[2], id="3"),
    ]
    write(anna, tmp_path / "anna.jsonl")
    write(ben, tmp_path / "ben.jsonl")
    with Server(tmp_path, "--adjudicate", "anna.jsonl", "ben.jsonl", "-o", "answers.jsonl") as server:
        assert answers(tmp_path) == [(TEXTS[1], "accept", [Span(3, 8, "FOOD")])]  # alike, so settled
        person = Person(browser, server.address)
        assert person.texts(".version h3") == ["anna.jsonl", "ben.jsonl"]
        assert person.spans() == [Span(21, 26, "FOOD")]  # what both have
        person.press("b")
        assert person.spans() == [Span(11, 14, "DRINK"), Span(21, 26, "FOOD")]
        person.press("a")
        assert person.spans() == [Span(6, 14, "DRINK"), Span(21, 26, "FOOD")]
        person.press("m")
        assert person.spans() == [Span(21, 26, "FOOD")]
        person.press("a")
        person.accept()
        person.click("#versions .version:nth-child(1) button")
        person.drag(0, 4)
        person.press("1")  # and corrected by hand
        person.accept()
        assert person.shown("#done")
        assert person.errors() == []
    assert [spans for _, _, spans in answers(tmp_path)[1:]] == [
        [Span(6, 14, "DRINK"), Span(21, 26, "FOOD")],
        [Span(0, 4, "DRINK"), Span(5, 13, "DRINK")],
    ]


def label_all(person: Person, documents: list[Document], keys: dict[str, str]) -> None:
    """Mark what the documents have, every third by keyboard; what is proposed is mended where it is wrong."""
    for place in range(len(documents)):
        name = person.text("#about")
        wanted = next(document for document in documents if document.id == name)
        proposed = person.spans()
        for span in proposed:
            if span not in wanted.spans and not any(span.overlaps(other) for other in wanted.spans):
                person.drag(span.start, span.start + 1)  # a click on an entity selects it
                person.press(BACKSPACE)
        for span in wanted.spans:
            if span in proposed:
                continue
            if place % 3:
                person.drag(span.start, span.end)
            else:
                tokens = [token for token in document_tokens(wanted) if token[0] < span.end and span.start < token[1]]
                before = len([token for token in document_tokens(wanted) if token[1] <= span.start])
                person.press(ESCAPE, HOME, *[RIGHT] * before)
                if len(tokens) > 1:
                    person.press_with(SHIFT, *[RIGHT] * (len(tokens) - 1))
            person.press(keys[span.label])
        assert person.spans() == list(wanted.spans), wanted
        person.accept()


def document_tokens(document: Document) -> list[tuple[int, int]]:
    from crfner.tokenize import tokenize

    return tokenize(document.text)


def labelled_from_nothing(browser: Any, folder: Path, count: int, features: str = "minimal") -> None:
    """Label sentences, let the page learn from them, correct, undo, skip, export, and train on the export."""
    sentences = gold(count)
    write([document.with_spans(()) for document in gold(count + MORE)], folder / "sentences.jsonl")
    settings = ("--features", features, "--seed", "7")
    keys = {label: str(number) for number, label in enumerate(LABELS, 1)}
    arguments = ("--labels", ",".join(LABELS), "-o", "answers.jsonl", "--save-model", "page.crfner", *settings)
    with Server(folder, "sentences.jsonl", "--retrain-after", count, *arguments) as server:
        person = Person(browser, server.address)
        label_all(person, sentences, keys)
        person.until(lambda: f"Learnt from {count} texts" in person.text("#training"))
        first = (folder / "page.crfner").read_bytes()

        # what comes now is read by the model: accept, correct, go back, skip
        rest = {document.id: document for document in gold(count + MORE)}
        while not any("model" in chip for chip in person.texts("#text .chip")):
            assert person.number is not None, "the model proposes nothing at all"
            person.then_next(lambda: person.press("s"))
        corrected = rest[person.text("#about")]
        proposed = person.spans()
        assert any("model" in chip for chip in person.texts("#text .chip"))
        for span in proposed:
            person.drag(span.start, span.start + 1)
            person.press(BACKSPACE)
        assert person.spans() == []
        person.press(*"u" * len(proposed))
        assert person.spans() == proposed
        for span in proposed:
            person.drag(span.start, span.start + 1)
            person.press(BACKSPACE)
        for span in corrected.spans:
            person.drag(span.start, span.end)
            person.press(keys[span.label])
        assert person.spans() == list(corrected.spans)
        person.accept()
        person.then_next(lambda: person.press("s"))
        assert person.errors() == []
        # learn once more, from what is corrected too
        person.click("#train")
        person.until(lambda: f"Learnt from {count + 1} texts" in person.text("#training"))
        assert (folder / "page.crfner").read_bytes() != first

    run(folder, "annotate", "-o", "answers.jsonl", "--export", "export.jsonl")
    documents = list(read(folder / "export.jsonl"))
    expected = {document.id: document.spans for document in gold(count + MORE)}
    assert len(documents) == count + 1
    assert all(document.spans == expected[document.id] for document in documents)
    run(folder, "train", "export.jsonl", "-o", "own.crfner", *settings)
    assert (folder / "own.crfner").read_bytes() == (folder / "page.crfner").read_bytes()
    log = [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    given = [line["answer"] for line in log]
    assert (given[:count], given.count("accept"), given[-1]) == (["accept"] * count, count + 1, "ignore")


def test_what_was_labelled_on_the_page_trains_the_same_model_from_the_command_line(
    browser: Any, tmp_path: Path
) -> None:
    labelled_from_nothing(browser, tmp_path, 12)


@pytest.mark.long
def test_fifty_sentences_from_nothing_train_the_same_model(browser: Any, tmp_path: Path) -> None:
    labelled_from_nothing(browser, tmp_path, 50, "default")
