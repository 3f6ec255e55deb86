"use strict";

// Asks the API and marks what it found. Everything from the text or the model goes in as text, never as markup.

const COLOURS = 8;
const at = (id) => document.getElementById(id);
const [form, text, model, score, token] = ["form", "text", "model", "score", "token"].map(at);

const say = (message, alarm = false) => {
  at("status").textContent = message;
  at("status").classList.toggle("alarm", alarm);
};

const make = (name, content = "", kind = "") => {
  const made = document.createElement(name);
  made.textContent = content;
  if (kind) {
    made.className = kind;
  }
  return made;
};

const ask = async (path, options = {}) => {
  const headers = { "Content-Type": "application/json" };
  if (token.value) {
    headers.Authorization = `Bearer ${token.value}`;
  }
  const answer = await fetch(path, { ...options, headers });
  const content = await answer.json();
  if (answer.status === 401) {
    at("token-field").hidden = false;
    token.focus();
  }
  if (!answer.ok) {
    throw new Error(content.error.message);
  }
  return content;
};

const colours = new Map();
const colour = (label) => {
  if (!colours.has(label)) {
    colours.set(label, colours.size % COLOURS);
  }
  return `l${colours.get(label)}`;
};

const chip = (label) => make("bdi", label, "chip");

const mark = (content, label) => {
  const marked = make("mark", content, colour(label));
  marked.append(chip(label));
  return marked;
};

const list = async () => {
  const { models } = await ask("/v1/models");
  model.replaceChildren(...models.map(({ name }) => make("option", name)));
  const labels = new Set(models.flatMap((one) => one.labels));
  at("legend").replaceChildren(
    ...[...labels].map((label) => {
      const item = make("li");
      const shown = make("mark", "", colour(label));
      shown.append(chip(label));
      item.append(shown);
      return item;
    }),
  );
};

const show = (given, entities) => {
  const parts = [];
  let here = 0;
  for (const { start, end, label } of entities) {
    if (start < here) {
      continue; // within another one; the table has it
    }
    parts.push(given.slice(here, start), mark(given.slice(start, end), label));
    here = end;
  }
  at("result").replaceChildren(...parts, given.slice(here));
  at("rows").replaceChildren(
    ...entities.map((entity) => {
      const row = make("tr");
      const name = make("th");
      name.scope = "row";
      name.append(make("bdi", entity.text));
      const probability = entity.score === null ? "" : entity.score.toFixed(4);
      row.append(
        name,
        make("td", entity.label),
        make("td", probability, "number"),
        make("td", String(entity.start), "number"),
        make("td", String(entity.end), "number"),
        make("td", entity.source ?? ""),
      );
      return row;
    }),
  );
  at("table").hidden = entities.length === 0;
};

const find = async () => {
  const given = text.value;
  try {
    if (!model.options.length) {
      await list();
    }
    const began = performance.now();
    const body = { text: given, model: model.value, min_score: Number(score.value), offsets: "utf16" };
    const { entities } = await ask("/v1/entities", { method: "POST", body: JSON.stringify(body) });
    const number = entities.length === 1 ? "1 entity" : `${entities.length} entities`;
    show(given, entities);
    say(`${number} in ${Math.round(performance.now() - began)} ms`);
  } catch (error) {
    say(error.message, true);
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  find();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    find();
  }
});
score.addEventListener("input", () => {
  at("shown-score").textContent = Number(score.value).toFixed(2);
});
list().catch((error) => say(error.message, true));
