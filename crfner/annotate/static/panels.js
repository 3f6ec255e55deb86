// What stands around the text: labels, entities, findings, versions, progress and the list of earlier texts.

import { $, chip, colours, element, origin, percent } from "./dom.js";
import { drawn } from "./text.js";

const KEYS = 9; // labels that have a number key at a time
const ORIGINS = {
  "same text": "The same text was accepted before.",
  data: "Labelled as the data came.",
  agreed: "Marked is what both have; take one of the versions, or mark the text yourself.",
};
const ANSWERS = { accept: "accepted", reject: "rejected", ignore: "skipped" };

export function showLabels(labels, { page, active, give, add, canAdd }) {
  colours.labels = labels;
  const first = page * KEYS;
  const buttons = labels.map((label, number) => {
    const key = number - first + 1;
    return element(
      "button",
      { type: "button", class: `label ${colours.of(label)}`, "aria-pressed": String(label === active), onclick: () => give(label) },
      key >= 1 && key <= KEYS ? element("kbd", {}, String(key)) : null,
      element("bdi", {}, label),
    );
  });
  const input = element("input", { id: "new-label", "aria-label": "New label", placeholder: "new label", autocomplete: "off", maxlength: 60 });
  const form = element(
    "form",
    {
      class: "add",
      onsubmit: (event) => {
        event.preventDefault();
        if (input.value.trim()) add(input.value.trim());
      },
    },
    input,
    element("button", { type: "submit" }, "Add"),
  );
  const more = labels.length > KEYS ? element("span", { class: "note" }, element("kbd", {}, "0"), " other nine") : null;
  $("#labels").replaceChildren(...[...buttons, more, canAdd ? form : null].filter(Boolean));
}

export function showAbout(example) {
  const name = example.id ?? `Text ${example.number + 1}`;
  $("#about").replaceChildren(element("bdi", {}, name));
  const by = example.annotator ? ` by ${example.annotator}` : "";
  $("#origin").textContent = example.answer
    ? `${ANSWERS[example.answer][0].toUpperCase()}${ANSWERS[example.answer].slice(1)}${by}; a new answer replaces that.`
    : (ORIGINS[example.origin] ?? "");
  $("#continue").hidden = !example.answer;
}

export function showEntities(view, { select, remove }) {
  const items = view.spans.map((span) => {
    const words = view.wordsOf(span.start, span.end);
    return element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "row", onclick: () => select(span) },
        element("bdi", { class: "words" }, words),
        element("span", { class: `tag ${colours.of(span.label)}` }, element("bdi", {}, span.label)),
        element("span", { class: "note" }, origin(span)),
      ),
      element("button", { type: "button", class: "remove", "aria-label": `Remove ${words}, ${span.label}`, onclick: () => remove(span) }, "✕"),
    );
  });
  $("#entities ul").replaceChildren(...items);
  $("#entities").hidden = !items.length;
}

export function showFindings(findings, view, { look, apply }) {
  const items = findings.map((finding) => {
    const words = view.wordsOf(finding.start, finding.end);
    const wanted = finding.suggestion;
    const does = wanted && wanted.map((s) => `${view.wordsOf(s.start, s.end)}: ${s.label}`).join(", ");
    return element(
      "li",
      {},
      element("span", { class: "kind" }, finding.kind, finding.score === null ? "" : ` ${percent(finding.score)}`),
      element("span", { class: "message" }, finding.message),
      element(
        "span",
        { class: "offers" },
        element("button", { type: "button", "aria-label": `Show ${words}`, onclick: () => look(finding) }, "Show"),
        wanted ? element("button", { type: "button", onclick: () => apply(finding) }, does || `Not ${words}`) : null,
      ),
    );
  });
  $("#findings ul").replaceChildren(...items);
  $("#findings").hidden = !items.length;
}

export function showVersions(example, characters, { take }) {
  const box = $("#versions");
  box.hidden = !example.versions.length;
  if (box.hidden) return;
  const has = (version, span) => version.spans.some((other) => other.start === span.start && other.end === span.end && other.label === span.label);
  const keys = ["a", "b"];
  const rows = example.versions.map((version, number) => {
    const other = example.versions[1 - number];
    const spans = version.spans.map((span) => ({ ...span, class: has(other, span) ? "" : "differs", sources: has(other, span) ? [] : ["differs"] }));
    return element(
      "div",
      { class: "version" },
      element("h3", {}, element("bdi", {}, version.name)),
      element("p", { dir: "auto" }, drawn(characters, example.tokens, spans)),
      element("button", { type: "button", onclick: () => take(version.spans, version.name) }, "Take this ", element("kbd", {}, keys[number])),
    );
  });
  const both = example.versions[0].spans.filter((span) => has(example.versions[1], span));
  const agreed = element("button", { type: "button", class: "both", onclick: () => take(both, "both") }, "Take what both have ", element("kbd", {}, "m"));
  box.replaceChildren(...rows, agreed);
}

export function showProgress(progress) {
  const done = progress.total - progress.left;
  $("#bar").value = progress.total ? done / progress.total : 0;
  $("#count").textContent = `${done} done, ${progress.left} left`;
  const rows = Object.entries(progress.entities).map(([label, count]) =>
    element("tr", {}, element("th", { scope: "row" }, element("bdi", {}, label)), element("td", {}, String(count))),
  );
  $("#counts tbody").replaceChildren(...rows);
  $("#counts").hidden = !rows.length;
  const { accept, reject, ignore } = progress.answers;
  $("#answers").textContent = `${accept} accepted, ${reject} rejected, ${ignore} skipped.`;
  showTraining(progress.training);
}

function showTraining(training) {
  const parts = [];
  if (training.running) parts.push("Learning from what was accepted …");
  else if (training.error) parts.push(`Training failed: ${training.error}`);
  else if (training.learnt) parts.push(`Learnt from ${training.learnt} texts.`);
  else parts.push("None was trained yet.");
  if (training.after && !training.running) {
    parts.push(`The next training is after ${Math.max(training.after - training.since, 1)} more accepted.`);
  }
  if (training.saved && training.learnt) parts.push(`Saved to ${training.saved}.`);
  $("#training").textContent = parts.join(" ");
  $("#train").disabled = training.running;
}

export function showHistory(found, open) {
  const items = found.examples.map((line) =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "row", onclick: () => open(line.number) },
        element("span", { class: "kind" }, ANSWERS[line.answer]),
        element("bdi", { class: "words" }, line.text),
        element("span", { class: "note" }, `${line.entities} ${line.entities === 1 ? "entity" : "entities"}`),
      ),
    ),
  );
  if (!items.length) items.push(element("li", { class: "note" }, "None."));
  if (found.total > found.examples.length) {
    items.push(element("li", { class: "note" }, `and ${found.total - found.examples.length} earlier ones`));
  }
  $("#history ul").replaceChildren(...items);
}
