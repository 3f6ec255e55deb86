"""The script of reports that list cases: shows those that fit what is chosen, such as the sentences in which one system
makes one kind of error on one label. The page is whole without it.

Each case carries what it fits as words of parts such as "system.kind.label", in the order of the form's choices.

Public names: `SCRIPT`.
"""

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
