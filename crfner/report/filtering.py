"""The script of reports that list cases: shows those that fit what is chosen, such as the sentences in which one system
makes one kind of error on one label. The page is whole without it.

Each case carries what it fits as words of parts such as "system.kind.label", in the order of the form's choices.

Public names: `SCRIPT`, `filter_form`.
"""

from __future__ import annotations

from collections.abc import Sequence

from crfner.report.markup import Html, element
from crfner.report.values import count

Choice = tuple[str, str, Sequence[tuple[str, str]]]
"""Name, what stands for any, and the options: what a case carries, and what is shown for it."""

SCRIPT = """
"use strict";
const form = document.getElementById("filter");
if (form) {
  const cases = [...document.querySelectorAll(".case")];
  const choices = [...form.querySelectorAll("select")];
  const groups = [...document.querySelectorAll(".group")];
  const shown = document.getElementById("shown");
  const what = shown.textContent.split(" ").pop();
  const update = () => {
    const wanted = choices.map((choice) => choice.value);
    const fits = (error) => error.split(".").every((part, i) => wanted[i] === "" || wanted[i] === part);
    let number = 0;
    for (const one of cases) {
      one.hidden = !one.dataset.errors.split(" ").some(fits);
      number += one.hidden ? 0 : 1;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector(".case:not([hidden])");
    }
    shown.textContent = `${number} of ${cases.length} ${what}`;
  };
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  update();
}
"""


def filter_form(choices: Sequence[Choice], shown: int, what: str) -> Html:
    """The form for so many cases, hidden until the script finds it: without scripts it could do nothing.

    what  what the cases are, in the plural and one word
    """
    return element(
        "form",
        *(_choice(*choice) for choice in choices),
        element("output", f"{count(shown)} of {count(shown)} {what}", id="shown", aria_live="polite"),
        id="filter",
        hidden=True,
        autocomplete="off",
        aria_label="which are shown",
    )


def _choice(name: str, every: str, options: Sequence[tuple[str, str]]) -> Html:
    listed = (element("option", shown, value=value) for value, shown in options)
    return element(
        "label", element("span", name), element("select", element("option", every, value=""), *listed, name=name)
    )
