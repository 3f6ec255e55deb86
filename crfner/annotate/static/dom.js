// Making elements; text is always text, never markup.

export const $ = (selector) => document.querySelector(selector);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const percent = (score) => `${Math.round(100 * score)}%`;

// A colour for each label, by its place; the label's name always stands beside it.
export const colours = {
  labels: [],
  of(label) {
    return `c${Math.max(this.labels.indexOf(label), 0) % 8}`;
  },
};

// where a span comes from, and how sure that is
export function origin(span) {
  const sources = (span.sources ?? []).join(", ");
  return span.score === null || span.score === undefined ? sources : `${sources} ${percent(span.score)}`;
}

export const chip = (span) => {
  const [first, ...others] = span.sources ?? [];
  const from = first && origin({ ...span, sources: [others.length ? `${first} +${others.length}` : first] });
  const doubtful = span.score !== null && span.score !== undefined && span.score < 0.7;
  return element(
    "bdi",
    { class: doubtful ? "chip doubtful" : "chip" },
    span.label,
    from && from !== "you" ? element("small", {}, ` ${from}${doubtful ? " ?" : ""}`) : null,
  );
};
