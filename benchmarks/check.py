"""How many mistakes `crfner check` finds that were put into a corpus on purpose.

5% of the entities of CoNLL-2003's train part are corrupted, a third in each way: dropped, a border moved by a token,
the label changed. Of the N corrupted entities, at least 60% must be under the first 2 N findings: one counts as found
when a finding's place overlaps it, as it was or as it is now. The exit code is 1 when fewer are found, or the check
takes eight minutes or more of processor time.

The corpus has mistakes of its own, and what is found of those counts as nothing here: the figures are a lower bound.

    python benchmarks/check.py --corpora FOLDER --json check.json
"""

from __future__ import annotations

import random
import resource
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import click
from corpora import corpora_option, documents, json_option, write_json

from crfner.check import check
from crfner.check.values import Finding
from crfner.document import Document, Span

_RECALL, _SECONDS = 0.6, 480.0  # at least, and at most
_ROW = "{:<9}{:>6}{:>14}{:>14}"


@dataclass(frozen=True, slots=True)
class Corruption:
    """An entity as it was and as it is now; None for one that is gone."""

    way: str
    document: int
    before: Span
    after: Span | None


def dropped(span: Span, others: Sequence[Span], document: Document, labels: Sequence[str]) -> list[Span | None]:
    """That the entity is gone."""
    return [None]


def moved(span: Span, others: Sequence[Span], document: Document, labels: Sequence[str]) -> list[Span | None]:
    """The entity with one border moved by a token, within its sentence and where no other entity stands."""
    tokens = document.tokens
    first = next(number for number, (start, _) in enumerate(tokens) if start == span.start)
    last = next(number for number, (_, end) in enumerate(tokens) if end == span.end)
    low, high = next((low, high) for low, high in document.sentences if low <= first < high)
    found: list[Span | None] = []
    for left, right in ((first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)):
        if low <= left <= right < high:
            changed = Span(tokens[left][0], tokens[right][1], span.label)
            if not any(changed.overlaps(other) for other in others):
                found.append(changed)
    return found


def relabelled(span: Span, others: Sequence[Span], document: Document, labels: Sequence[str]) -> list[Span | None]:
    """The entity with each of the other labels."""
    return [Span(span.start, span.end, label) for label in labels if label != span.label]


WAYS: dict[str, Callable[[Span, Sequence[Span], Document, Sequence[str]], list[Span | None]]] = {
    "dropped": dropped,
    "moved": moved,
    "relabelled": relabelled,
}
"""What an entity may become, by way; none where it cannot be corrupted so."""


def corrupted(clean: Sequence[Document], share: float, seed: int) -> tuple[list[Document], list[Corruption]]:
    """The documents with this share of their entities corrupted, and what was done, the ways in turn."""
    chance = random.Random(seed)
    labels = sorted({span.label for document in clean for span in document.spans})
    spans: list[list[Span | None]] = [list(document.spans) for document in clean]
    places = [(number, index) for number, of in enumerate(spans) for index in range(len(of))]
    chance.shuffle(places)
    total, done = round(share * len(places)), []
    for number, index in places:
        if len(done) == total:
            break
        way = [*WAYS][len(done) % len(WAYS)]
        before = clean[number].spans[index]
        others = [span for at, span in enumerate(spans[number]) if span and at != index]
        if choices := WAYS[way](before, others, clean[number], labels):
            after = spans[number][index] = chance.choice(choices)
            done.append(Corruption(way, number, before, after))
    pairs = zip(clean, spans, strict=True)
    return [document.with_spans(span for span in of if span) for document, of in pairs], done


def found(corruptions: Sequence[Corruption], findings: Sequence[Finding]) -> Iterator[bool]:
    """Whether some finding's place overlaps each corrupted entity."""
    places = defaultdict(list)
    for finding in findings:
        if finding.place is not None:
            places[finding.place.document].append((finding.place.start, finding.place.end))
    for corruption in corruptions:
        spans = [span for span in (corruption.before, corruption.after) if span]
        start, end = min(span.start for span in spans), max(span.end for span in spans)
        yield any(left < end and start < right for left, right in places[corruption.document])


@click.command(help=__doc__)
@corpora_option
@click.option("--corpus", default="conll2003-en", show_default=True)
@click.option("--share", default=0.05, show_default=True, help="Of the entities that are corrupted.")
@click.option("--seed", default=0, show_default=True)
@click.option("--no-model", is_flag=True, help="Only the rules of consistency, for comparison.")
@json_option
def main(corpora: Path, corpus: str, share: float, seed: int, no_model: bool, json_path: Path | None) -> None:
    """Corrupt, check, and print what was found in the first N and 2 N findings."""
    spoilt, corruptions = corrupted(documents(corpora, corpus, "train"), share, seed)
    started = process_time()
    findings = check(spoilt, model=not no_model, progress=True)
    seconds = process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    number = len(corruptions)
    firsts = [[*found(corruptions, findings[: times * number])] for times in (1, 2)]
    print(_ROW.format("way", "N", "in first N", "in first 2 N"))
    results = []
    for way in (*WAYS, "all"):
        chosen = [at for at, corruption in enumerate(corruptions) if way in (corruption.way, "all")]
        shares = [sum(first[at] for at in chosen) / max(len(chosen), 1) for first in firsts]
        print(_ROW.format(way, len(chosen), *(f"{100 * share:.1f}%" for share in shares)))
        results.append({"way": way, "corrupted": len(chosen), "in_first_n": shares[0], "in_first_2n": shares[1]})
    good = results[-1]["in_first_2n"] >= _RECALL and seconds < _SECONDS
    print(
        f"{len(findings)} findings, {seconds:.0f} s, {memory:.0f} MiB: {'ok' if good else 'MISSED'} (required: "
        f"{_RECALL:.0%} in the first 2 N, < {_SECONDS:.0f} s)"
    )
    write_json(json_path, [*results, {"findings": len(findings), "seconds": seconds, "mebibytes": memory}])
    raise SystemExit(not good)


if __name__ == "__main__":
    main()
