"""The script of the report: shows the sentences in which the chosen system makes the chosen kind of error on the chosen
label. The page is whole without it.

Each sentence carries its errors as "system.kind.label", with numbers for systems and labels.

Public names: `SCRIPT`.
"""

SCRIPT = """
"use strict";
const form = document.getElementById("filter");
if (form) {
  const sentences = [...document.querySelectorAll(".case")];
  const groups = [...document.querySelectorAll(".group")];
  const shown = document.getElementById("shown");
  const update = () => {
    const wanted = ["system", "kind", "label"].map((name) => form.elements[name].value);
    const fits = (error) => error.split(".").every((part, i) => wanted[i] === "" || wanted[i] === part);
    let number = 0;
    for (const sentence of sentences) {
      sentence.hidden = !sentence.dataset.errors.split(" ").some(fits);
      number += sentence.hidden ? 0 : 1;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector(".case:not([hidden])");
    }
    shown.textContent = `${number} of ${sentences.length} sentences`;
  };
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  update();
}
"""
