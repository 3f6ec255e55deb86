// The entities of one text, and what undoes each change to them. Offsets count code points, as the server's do.

export class Marks {
  constructor(spans) {
    this.spans = spans;
    this.past = [];
  }

  get isChanged() {
    return this.past.length > 0;
  }

  // those that share a character with the stretch
  within(start, end) {
    return this.spans.filter((span) => span.start < end && start < span.end);
  }

  add(start, end, label) {
    const same = this.spans.find((span) => span.start === start && span.end === end && span.label === label);
    if (same) return;
    this.#become([...this.#outside(start, end), { start, end, label, score: null, sources: ["you"] }]);
  }

  remove(start, end) {
    if (this.within(start, end).length) this.#become(this.#outside(start, end));
  }

  // other entities in place of those within the stretch and of those that they overlap
  replace(start, end, spans) {
    const kept = this.#outside(start, end).filter(
      (span) => !spans.some((other) => span.start < other.end && other.start < span.end),
    );
    const added = spans.map((span) => ({ score: null, sources: ["you"], ...span }));
    this.#become([...kept, ...added]);
  }

  undo() {
    if (!this.isChanged) return false;
    this.spans = this.past.pop();
    return true;
  }

  #outside(start, end) {
    return this.spans.filter((span) => span.end <= start || end <= span.start);
  }

  #become(spans) {
    this.past.push(this.spans);
    this.spans = spans.sort((a, b) => a.start - b.start);
  }
}
