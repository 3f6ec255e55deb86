// The text with its entities, and what is selected in it: by mouse, pen and finger, or by keys.
//
// A selection runs over units, which are tokens, or single characters where whole words are not asked for. The text is
// drawn in pieces that no border of a token, entity or selection cuts; each piece knows the code points it covers.

import { chip, colours, element } from "./dom.js";

const FAR = 6; // pixels that make a drag of a tap

// Pieces of a text with marks around entities; `extra` gives further borders and classes of pieces.
export function drawn(characters, tokens, spans, extra = { borders: [], classes: () => "" }) {
  const borders = new Set([0, characters.length, ...extra.borders]);
  for (const [start, end] of tokens) borders.add(start).add(end);
  for (const span of spans) borders.add(span.start).add(span.end);
  const sorted = [...borders].sort((a, b) => a - b);
  const fragment = document.createDocumentFragment();
  let next = 0;
  let mark = null;
  for (let i = 0; i + 1 < sorted.length; i += 1) {
    const [start, end] = [sorted[i], sorted[i + 1]];
    if (next < spans.length && spans[next].start === start) {
      const span = spans[next];
      mark = element("mark", { class: `${colours.of(span.label)} ${span.class ?? ""}`, "data-entity": next });
      fragment.append(mark);
    }
    const piece = element(
      "span",
      { class: `p ${extra.classes(start, end)}`, "data-start": start, "data-end": end },
      characters.slice(start, end).join(""),
    );
    (mark ?? fragment).append(piece);
    if (mark && spans[next].end === end) {
      mark.append(chip(spans[next]));
      mark = null;
      next += 1;
    }
  }
  return fragment;
}

export class TextView {
  // selected: called when a selection was made by pointer; announce: tells a screen reader
  constructor(container, { selected, announce }) {
    this.container = container;
    this.selected = selected;
    this.announce = announce;
    this.snapping = true;
    this.extending = false;
    this.show("", [], null);
    container.addEventListener("pointerdown", (event) => this.#down(event));
    container.addEventListener("pointermove", (event) => this.#move(event));
    container.addEventListener("pointerup", (event) => this.#up(event));
    container.addEventListener("pointercancel", () => this.#cancel());
  }

  show(text, tokens, marks) {
    this.characters = [...text];
    this.tokens = tokens;
    this.marks = marks;
    this.findings = [];
    this.anchor = this.focus = null;
    this.drag = null;
    this.#count();
    this.draw();
  }

  // [start, end] of what is selected, in code points, or null
  get selection() {
    if (this.focus === null) return null;
    const [first, last] = [Math.min(this.anchor, this.focus), Math.max(this.anchor, this.focus)];
    return [this.units[first][0], this.units[last][1]];
  }

  get spans() {
    return this.marks?.spans ?? [];
  }

  wordsOf(start, end) {
    return this.characters.slice(start, end).join("");
  }

  snap(on) {
    const selection = this.selection;
    this.snapping = on;
    this.#count();
    if (selection) this.select(...selection);
    else this.draw();
  }

  // select the units that share a character with the stretch
  select(start, end) {
    const first = this.units.findIndex((unit) => unit[1] > start);
    const last = this.units.findLastIndex((unit) => unit[0] < end);
    if (first < 0 || last < first) this.clear();
    else this.#set(first, last);
  }

  clear() {
    this.#set(null, null);
  }

  step(key, extend) {
    if (!this.units.length) return;
    const rightToLeft = getComputedStyle(this.container).direction === "rtl";
    const here = this.focus;
    const moves = {
      ArrowLeft: () => here + (rightToLeft ? 1 : -1),
      ArrowRight: () => here + (rightToLeft ? -1 : 1),
      ArrowUp: () => this.#beside(here, -1),
      ArrowDown: () => this.#beside(here, 1),
      Home: () => 0,
      End: () => this.units.length - 1,
    };
    const wanted = here === null && key !== "End" ? 0 : moves[key]();
    const focus = Math.max(0, Math.min(this.units.length - 1, wanted));
    this.#set(extend && here !== null ? this.anchor : focus, focus);
    this.#reveal();
    this.tell();
  }

  // select the entity after the selection, or before it; false when there is none
  toEntity(backwards) {
    const at = this.selection;
    const spans = this.spans;
    const found = backwards
      ? spans.findLast((span) => at && span.end <= at[0])
      : spans.find((span) => !at || span.start >= at[1]);
    if (!found) return false;
    this.select(found.start, found.end);
    this.#reveal();
    this.tell();
    return true;
  }

  tell() {
    const at = this.selection;
    if (!at) return;
    const inside = this.marks.within(...at).map((span) => span.label);
    const [first, last] = [Math.min(this.anchor, this.focus), Math.max(this.anchor, this.focus)];
    const what = this.snapping ? "word" : "character";
    const where = first === last ? `${what} ${first + 1} of ${this.units.length}` : `${last - first + 1} ${what}s`;
    this.announce(`${this.wordsOf(...at)}, ${where}${inside.length ? `, ${inside.join(", ")}` : ""}`);
  }

  draw() {
    const at = this.selection;
    const borders = at ? [...at] : [];
    for (const finding of this.findings) borders.push(finding.start, finding.end);
    const classes = (start, end) => {
      const names = [];
      if (at && at[0] <= start && end <= at[1]) {
        names.push("selected");
        if (start === at[0]) names.push("first");
        if (end === at[1]) names.push("last");
      }
      if (this.findings.some((finding) => finding.start <= start && end <= finding.end)) names.push("finding");
      return names.join(" ");
    };
    this.container.replaceChildren(drawn(this.characters, this.tokens, this.spans, { borders, classes }));
  }

  #count() {
    if (this.snapping) {
      this.units = this.tokens;
      return;
    }
    const text = this.characters.join("");
    let start = 0;
    this.units = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].map((part) => {
      const end = start + [...part.segment].length;
      const unit = [start, end];
      start = end;
      return unit;
    });
  }

  #set(anchor, focus) {
    if (this.anchor === anchor && this.focus === focus) return;
    this.anchor = anchor;
    this.focus = focus;
    this.draw();
  }

  #pieceOf(unit) {
    const start = this.units[unit][0];
    return [...this.container.querySelectorAll(".p")].find((piece) => Number(piece.dataset.end) > start);
  }

  #reveal() {
    if (this.focus !== null) this.#pieceOf(this.focus)?.scrollIntoView({ block: "nearest" });
  }

  // the unit of the line above or below that is nearest
  #beside(unit, down) {
    const here = this.#pieceOf(unit).getBoundingClientRect();
    const middle = (here.left + here.right) / 2;
    const lines = [...this.container.querySelectorAll(".p")]
      .map((piece) => ({ piece, box: piece.getBoundingClientRect() }))
      .filter(({ piece, box }) => piece.textContent.trim() && (down > 0 ? box.top > here.bottom - 2 : box.bottom < here.top + 2));
    if (!lines.length) return unit;
    const edge = down > 0 ? Math.min(...lines.map(({ box }) => box.top)) : Math.max(...lines.map(({ box }) => box.top));
    const far = ({ box }) => Math.max(box.left - middle, middle - box.right, 0);
    const nearest = lines.filter(({ box }) => Math.abs(box.top - edge) < 4).sort((a, b) => far(a) - far(b))[0];
    return this.#unitIn(nearest.piece, middle);
  }

  #unitIn(piece, x) {
    let start = Number(piece.dataset.start);
    if (!this.snapping) {
      const range = document.createRange();
      const letters = [...piece.textContent];
      for (let i = 0, at = 0; i < letters.length; i += 1) {
        range.setStart(piece.firstChild, at);
        range.setEnd(piece.firstChild, (at += letters[i].length));
        const box = range.getBoundingClientRect();
        if (x >= box.left && x < box.right) {
          start += i;
          break;
        }
        if (i === letters.length - 1 && x >= box.right) start += i;
      }
    }
    const unit = this.units.findLastIndex(([begin]) => begin <= start);
    return Math.max(unit, 0);
  }

  #unitAt(event) {
    const under = document.elementFromPoint(event.clientX, event.clientY);
    if (!under || !this.container.contains(under)) return null;
    let piece = under.closest(".p");
    if (!piece && under.closest("mark")) piece = [...under.closest("mark").querySelectorAll(".p")].at(-1);
    return piece ? this.#unitIn(piece, event.clientX) : null;
  }

  #down(event) {
    if (event.button !== 0 || !this.marks) return;
    const unit = this.#unitAt(event);
    if (event.pointerType !== "touch") event.preventDefault(); // no selection of the browser's own
    this.container.focus({ preventScroll: true });
    if (unit === null) return;
    this.drag = { unit, x: event.clientX, y: event.clientY, moved: false, before: [this.anchor, this.focus] };
    this.container.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const drag = this.drag;
    if (!drag) return;
    if (!drag.moved && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    drag.moved = true;
    const unit = this.#unitAt(event);
    if (unit !== null) this.#set(drag.unit, unit);
  }

  #up(event) {
    const drag = this.drag;
    this.drag = null;
    if (!drag) return;
    if (!drag.moved) {
      const [start, end] = this.units[drag.unit];
      const [entity] = this.marks.within(start, end);
      if ((event.shiftKey || this.extending) && this.focus !== null) this.#set(this.anchor, drag.unit);
      else if (entity) {
        this.select(entity.start, entity.end);
        this.tell();
        return;
      } else this.#set(drag.unit, drag.unit);
    }
    this.tell();
    this.selected();
  }

  #cancel() {
    if (this.drag) this.#set(...this.drag.before);
    this.drag = null;
  }
}
