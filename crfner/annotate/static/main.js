// The page: what is shown, what keys and buttons do, and what the server is told.

import { download, get, post } from "./api.js";
import { $ } from "./dom.js";
import { Marks } from "./marks.js";
import { showAbout, showEntities, showFindings, showHistory, showLabels, showProgress, showVersions } from "./panels.js";
import { TextView } from "./text.js";

const STEPS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
const PAUSE = 250; // milliseconds without a change, before findings are asked for
const POLL = 1500; // milliseconds between two looks at a training
const LABELS = 9;

const drafts = new Map(); // of texts that were left with changes
const labels = { all: [], page: 0, active: null, canAdd: true };
let example = null;
let findings = [];
let lookedAt = -1;
let busy = false;
let waiting; // the timer of findings
let polling; // the timer of training

const announce = (message) => {
  $("#status").textContent = message;
};
const view = new TextView($("#text"), { announce, selected: () => labels.active && giveLabel(labels.active) });

// Runs an action of the user's, one at a time, and shows what goes wrong.
async function attempt(action) {
  if (busy) return;
  busy = true;
  try {
    await action();
    $("#problem").hidden = true;
  } catch (error) {
    $("#problem").textContent = error.message;
    $("#problem").hidden = false;
  } finally {
    busy = false;
  }
}

function drawLabels() {
  showLabels(labels.all, { ...labels, give: giveLabel, add: (name) => attempt(() => addLabel(name)) });
}

function changed() {
  view.draw();
  showEntities(view, {
    select: (span) => {
      view.select(span.start, span.end);
      view.container.focus();
    },
    remove: (span) => {
      view.marks.remove(span.start, span.end);
      announce(`${view.wordsOf(span.start, span.end)} is no entity any more`);
      changed();
      view.container.focus();
    },
  });
  $("#undo").disabled = !view.marks.isChanged && !example.previous;
  clearTimeout(waiting);
  waiting = setTimeout(askFindings, PAUSE);
}

const bare = (spans) => spans.map(({ start, end, label }) => ({ start, end, label }));

async function askFindings() {
  if (!example) return;
  const { number } = example;
  const spans = view.marks.spans;
  let found;
  try {
    found = (await post("findings", { number, spans: bare(spans) })).findings;
  } catch {
    found = []; // an answer to this text will tell what is wrong with the server
  }
  if (example?.number !== number || view.marks.spans !== spans) return;
  findings = found;
  lookedAt = -1;
  view.findings = findings;
  view.draw();
  showFindings(findings, view, { look, apply });
}

function look(finding) {
  view.select(finding.start, finding.end);
  view.container.focus();
  announce(finding.message);
}

function apply(finding) {
  view.marks.replace(finding.start, finding.end, finding.suggestion);
  view.container.focus();
  announce("done as suggested");
  changed();
}

function show(next) {
  if (example && view.marks?.isChanged) drafts.set(example.number, view.marks);
  example = next;
  findings = [];
  $("#work").hidden = !example;
  $("#done").hidden = Boolean(example);
  if (!example) {
    view.show("", [], null);
    $("#done h2").focus();
    return;
  }
  const marks = drafts.get(example.number) ?? new Marks(example.spans);
  drafts.delete(example.number);
  showAbout(example);
  view.container.dataset.number = example.number;
  view.show(example.text, example.tokens, marks);
  showVersions(example, view.characters, { take });
  showFindings([], view, {});
  changed();
  view.container.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  announce(`${example.text} ${marks.spans.length} entities proposed`);
}

const open = async (path) => {
  const next = (await get(path)).example;
  if (next) show(next);
  return next;
};

async function goOn() {
  show((await get("next")).example);
}

async function answer(kind) {
  if (!example) return;
  const told = await post("answers", { number: example.number, answer: kind, spans: bare(view.marks.spans) });
  drafts.delete(example.number);
  view.marks.past = [];
  progress(told.progress);
  await goOn();
}

async function undo() {
  if (example && view.marks.undo()) {
    announce("undone");
    changed();
    return;
  }
  const before = example ? `previous?before=${example.number}` : "previous";
  if (!(await open(before))) announce("there is no earlier answer");
}

function giveLabel(label) {
  const at = example && view.selection;
  if (!at) {
    labels.active = labels.active === label ? null : label;
    announce(labels.active ? `what is selected becomes ${label}` : "no label is given to what is selected");
    drawLabels();
  } else {
    view.marks.add(...at, label);
    announce(`${view.wordsOf(...at)} is ${label}`);
    changed();
  }
  extend(false);
  view.container.focus({ preventScroll: true });
}

function removeSelected() {
  const at = view.selection;
  if (!at) return;
  const labelled = view.marks.within(...at);
  view.marks.remove(...at);
  announce(labelled.length ? `${labelled.map((s) => s.label).join(", ")} removed` : "there is no entity here");
  changed();
}

async function addLabel(name) {
  state(await post("labels", { label: name }));
  announce(`the label ${name} was added`);
  if (view.selection) giveLabel(name);
  else view.container.focus();
}

function take(spans, name) {
  const taken = bare(spans).map((span) => ({ ...span, sources: [name] }));
  view.marks.replace(0, view.characters.length, taken);
  announce(`taken from ${name}`);
  changed();
  view.container.focus({ preventScroll: true });
}

function extend(on) {
  view.extending = on;
  $("#extend").setAttribute("aria-pressed", String(on));
}

function snap(on) {
  $("#snap").checked = on;
  view.snap(on);
  announce(on ? "whole words are selected" : "any characters can be selected");
}

function nextFinding() {
  if (!findings.length) return announce("there is nothing to look at");
  lookedAt = (lookedAt + 1) % findings.length;
  look(findings[lookedAt]);
}

function useFinding() {
  const finding = findings[Math.max(lookedAt, 0)];
  if (finding?.suggestion) apply(finding);
}

function takeVersion(number) {
  const buttons = $("#versions").querySelectorAll("button");
  if (!$("#versions").hidden) buttons[number].click();
}

function progress(told) {
  showProgress(told);
  clearTimeout(polling);
  if (told.training.running) polling = setTimeout(poll, POLL);
}

async function poll() {
  const before = $("#training").textContent;
  try {
    state(await get("state"));
  } catch {
    return; // the next answer will tell
  }
  if ($("#training").textContent !== before) announce($("#training").textContent);
}

function state(told) {
  labels.all = told.labels;
  labels.canAdd = told.can_add;
  drawLabels();
  progress(told.progress);
}

async function history() {
  const which = $("#which").value;
  showHistory(await get(`history?answer=${which}`), (number) => {
    $("#history").close();
    attempt(() => open(`examples/${number}`));
  });
  if (!$("#history").open) $("#history").showModal();
}

async function save() {
  const format = $("#format").value;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await download(`export/${format}`));
  link.download = `labelled${$("#format").selectedOptions[0].dataset.ending}`;
  link.click();
  URL.revokeObjectURL(link.href);
  announce(`${link.download} was downloaded`);
}

const keys = {
  Enter: () => attempt(() => answer("accept")),
  s: () => attempt(() => answer("ignore")),
  x: () => attempt(() => answer("reject")),
  u: () => attempt(undo),
  c: () => $("#continue").hidden || attempt(goOn),
  h: () => attempt(history),
  f: nextFinding,
  y: useFinding,
  e: () => extend(!view.extending),
  t: () => snap(!view.snapping),
  n: () => $("#new-label")?.focus(),
  a: () => takeVersion(0),
  b: () => takeVersion(1),
  m: () => takeVersion(2),
  "?": () => $("#help").showModal(),
  Backspace: removeSelected,
  Delete: removeSelected,
  Escape: () => {
    view.clear();
    labels.active = null;
    extend(false);
    drawLabels();
  },
  0: () => {
    labels.page = (labels.page + 1) % Math.max(1, Math.ceil(labels.all.length / LABELS));
    drawLabels();
    announce(`labels from ${labels.all[labels.page * LABELS] ?? "the first"} on`);
  },
};

document.addEventListener("keydown", (event) => {
  const inText = event.target === view.container;
  if (event.defaultPrevented || event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === "z" && !event.target.closest("input")) {
      event.preventDefault();
      attempt(undo);
    }
    return;
  }
  if (event.target.closest("input:not([type=checkbox]), select, summary")) {
    if (event.key === "Escape") view.container.focus();
    return;
  }
  if (event.key === "Tab") {
    if (inText && view.toEntity(event.shiftKey)) event.preventDefault();
    return;
  }
  if (!inText && (event.target.closest("button, a, input, .box") || !$("#keys").checked)) {
    // what has the focus has its own use of these; single keys go on to the text, unless they are turned off
    if (["Enter", " "].includes(event.key) || STEPS.includes(event.key) || !$("#keys").checked) return;
  }
  if (STEPS.includes(event.key)) {
    if (!example) return;
    view.step(event.key, event.shiftKey);
  } else if (/^[1-9]$/.test(event.key)) {
    const label = labels.all[labels.page * LABELS + Number(event.key) - 1];
    if (label) giveLabel(label);
  } else if (keys[event.key]) {
    keys[event.key]();
  } else return;
  event.preventDefault();
});

const click = (selector, action) => $(selector).addEventListener("click", action);
click("#accept", () => attempt(() => answer("accept")));
click("#ignore", () => attempt(() => answer("ignore")));
click("#reject", () => attempt(() => answer("reject")));
click("#undo", () => attempt(undo));
click("#continue", () => attempt(goOn));
click("#extend", () => extend(!view.extending));
click("#open-history", () => attempt(history));
click("#done-history", () => attempt(history));
click("#open-help", () => $("#help").showModal());
click("#train", () => attempt(async () => progress((await post("train", {})).progress)));
$("#which").addEventListener("change", () => attempt(history));
$("#snap").addEventListener("change", (event) => snap(event.target.checked));
click("#snap", (event) => event.detail && view.container.focus({ preventScroll: true })); // by pointer, not by key
$("#export").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(save);
});

attempt(async () => {
  const told = await get("state");
  for (const [name, ending] of Object.entries(told.formats)) {
    const option = new Option(name, name, name === "jsonl", name === "jsonl");
    option.dataset.ending = ending;
    $("#format").append(option);
  }
  if (!$("#guidelines > div").textContent.trim()) $("#guidelines").remove();
  else if (matchMedia("(max-width: 60rem)").matches) $("#guidelines").open = false;
  state(told);
  await goOn();
  if (!labels.all.length) $("#new-label")?.focus();
});
