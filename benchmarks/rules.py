"""Dictionary rules with a million terms: loading, speed and memory, all measured in this run.

    terms     one dictionary, case ignored, beside spaCy's PhraseMatcher with the same terms (attr="LOWER")
    rules     the same terms as fifty dictionaries
    variants  one dictionary with plurals, hyphens, diacritics and smart case
    edits     one dictionary of 10,000 terms with two edits

The terms are invented words and words of the texts, mixed, and stretches of the texts. The texts are the train part of
CoNLL-2003 in English, or, where no corpora are given, the unlabelled texts that come with the project. The exit code is
1 when a requirement is missed.

    python benchmarks/rules.py --corpora FOLDER --json rules.json
"""

from __future__ import annotations

import gc
import json
import pickle
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import click
from corpora import documents, json_option, write_json

from crfner import Document, read, tokenized
from crfner.rules.matching.dictionary import DictionaryMatcher
from crfner.rules.values import DictionaryRule

_SEED = 0
_ROUNDS = 3
_BATCH = 1000  # terms that the peer is given at a time
_LEAST_TOKENS = 200_000
_SECONDS, _SPEED = 10.0, 200_000.0  # at most, and at least
_DATA = Path(__file__).parents[1] / "data"
_SYLLABLES = ["ka", "to", "mi", "ren", "sol", "bar", "the", "qui", "nor", "ver", "lan", "dis", "gra", "pen", "er", "al"]
_ROW = "{:<10}{:<8}{:>10}{:>12}{:>10}{:>10}  {}"


@dataclass(frozen=True, slots=True)
class Result:
    """What one side of a measure gave.

    load    seconds to build the matcher from the terms as strings
    speed   tokens a second
    memory  MiB that the process came to hold more, at most, while it built the matcher
    hits    matches found in one pass
    """

    measure: str
    side: str
    load: float
    speed: float
    memory: float
    hits: int

    def line(self, verdict: str) -> str:
        """The row of the table."""
        figures = (f"{self.load:.1f} s", f"{self.speed:,.0f}", f"{self.memory:,.0f} MiB", f"{self.hits:,}")
        return _ROW.format(self.measure, self.side, *figures, verdict)


def fifty(terms: Sequence[str]) -> list[DictionaryRule]:
    """The terms dealt out to fifty rules."""
    return [DictionaryRule(f"part {i}", f"LABEL{i}", terms=tuple(terms[i::50])) for i in range(50)]


def one(**options: Any) -> Callable[[Sequence[str]], list[DictionaryRule]]:
    """A single rule with these options."""
    return lambda terms: [DictionaryRule("all", "LABEL", terms=tuple(terms), **options)]


MEASURES: dict[str, tuple[int, Callable[[Sequence[str]], list[DictionaryRule]]]] = {
    "terms": (1_000_000, one()),
    "rules": (1_000_000, fifty),
    "variants": (1_000_000, one(case="smart", diacritics="ignore", plural=True, hyphen=True)),
    "edits": (10_000, one(edits=2)),
}
"""How many terms, and the rules that have them; the first is the one with a peer and with requirements."""


@click.command(help=__doc__)
@click.option(
    "--corpora",
    envvar="CRFNER_CORPORA",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with conll2003-en/train.conll; or set CRFNER_CORPORA.",
)
@click.option("--only", default=",".join(MEASURES), show_default=True, help="The measures to take.")
@click.option("--side", type=click.Choice(["ours", "peer"]), hidden=True, help="Take one measure in this process.")
@json_option
def main(corpora: Path | None, only: str, side: str | None, json_path: Path | None) -> None:
    """Measure each side in a process of its own, print each row as it comes, and end with the verdict."""
    names = only.split(",")
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        raise click.UsageError(f"there is no measure {unknown[0]!r}; known are {', '.join(MEASURES)}")
    if side:
        print(json.dumps(asdict(measure(corpora, names[0], side))))
        return
    print(_ROW.format("measure", "side", "load", "tokens/s", "memory", "hits", "verdict"), flush=True)
    results, passed = [], True
    for name in names:
        results.append(ours := _in_a_process(corpora, name, "ours"))
        if name != "terms":
            print(ours.line(""), flush=True)
            continue
        good = ours.load < _SECONDS and ours.speed >= _SPEED
        passed &= good
        requirement = f"required: < {_SECONDS:.0f} s, >= {_SPEED:,.0f} tokens/s"
        print(ours.line(f"{'ok' if good else 'MISSED'} ({requirement})"), flush=True)
        if find_spec("spacy") is None:
            print("terms     peer    skipped: spaCy is not installed (pip install spacy)", flush=True)
            continue
        results.append(peer := _in_a_process(corpora, name, "peer"))
        ratios = f"ours/peer: load {ours.load / peer.load:.2f}, speed {ours.speed / peer.speed:.2f}"
        print(peer.line(f"{ratios}, memory {ours.memory / peer.memory:.2f}"), flush=True)
    write_json(json_path, [asdict(result) for result in results])
    sys.exit(0 if passed else 1)


def measure(corpora: Path | None, name: str, side: str) -> Result:
    """Build a matcher and let it run over all texts, in this process.

    The speed is the median of three passes, each by a matcher that has seen no text before.
    """
    count, make_rules = MEASURES[name]
    texts = _texts(corpora)
    terms = _terms(texts, count)
    gc.collect()
    gc.freeze()  # what the benchmark holds is not walked while it times
    before = _resident()
    start = process_time()
    if side == "ours":
        matcher = DictionaryMatcher(make_rules(terms))
        load, memory = process_time() - start, _peak() - before
        fresh = pickle.dumps(matcher)
        passes = [_pass(pickle.loads(fresh), texts) for _ in range(_ROUNDS)]
    else:
        run = _phrase_matcher(terms)
        load, memory = process_time() - start, _peak() - before
        passes = run(texts)
    tokens = sum(len(document.tokens) for document in texts)
    return Result(name, side, load, tokens / median(seconds for seconds, _ in passes), memory, passes[0][1])


def _pass(matcher: DictionaryMatcher, texts: Sequence[Document]) -> tuple[float, int]:
    """Processor time and hits."""
    start = process_time()
    hits = sum(len(list(matcher.hits(document))) for document in texts)
    return process_time() - start, hits


def _phrase_matcher(terms: Sequence[str]) -> Callable[[Sequence[Document]], list[tuple[float, int]]]:
    """The peer, built from the terms; it is handed its own kind of documents, whose making is not timed."""
    import spacy
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

    vocab = spacy.blank("en").vocab
    matcher = PhraseMatcher(vocab, attr="LOWER")
    for first in range(0, len(terms), _BATCH):
        matcher.add("LABEL", [Doc(vocab, words=term.split()) for term in terms[first : first + _BATCH]])

    def run(texts: Sequence[Document]) -> list[tuple[float, int]]:
        found = [Doc(vocab, words=document.words()) for document in texts]
        passes = []
        for _ in range(_ROUNDS):
            start = process_time()
            hits = sum(len(matcher(doc)) for doc in found)
            passes.append((process_time() - start, hits))
        return passes

    return run


def _texts(corpora: Path | None) -> list[Document]:
    """Tokenised documents with 200,000 tokens or more; the project's own texts are repeated to get there."""
    if corpora:
        return documents(corpora, "conll2003-en", "train")
    own = [tokenized(document) for path in sorted(_DATA.glob("*/unlabelled.jsonl")) for document in read(path)]
    return own * -(-_LEAST_TOKENS // sum(len(document.tokens) for document in own))


def _terms(texts: Sequence[Document], count: int) -> list[str]:
    """Distinct terms of one to four words: a tenth from the texts, others of invented words and a fifth real ones."""
    draw = random.Random(_SEED)
    sentences = [words for document in texts for words in document.sentence_words()]
    real = sorted(set(chain.from_iterable(sentences)))
    invented = ["".join(draw.choices(_SYLLABLES, k=draw.randint(2, 4))) for _ in range(count // 7)]
    terms: dict[str, None] = {}
    while len(terms) < count:
        size = draw.randint(1, 4)
        if draw.random() < 0.1:
            words = draw.choice(sentences)
            first = draw.randrange(len(words))
            words = words[first : first + size]
        else:
            words = [draw.choice(real if draw.random() < 0.2 else invented) for _ in range(size)]
        terms[" ".join(words)] = None
    return list(terms)


def _in_a_process(corpora: Path | None, name: str, side: str) -> Result:
    command = [sys.executable, __file__, "--only", name, "--side", side]
    if corpora:
        command += ["--corpora", str(corpora)]
    return Result(**json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


def _resident() -> float:
    """MiB that this process holds now (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def _peak() -> float:
    """MiB that this process has held at most (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
