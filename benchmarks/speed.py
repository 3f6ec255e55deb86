"""Speed and memory against peers, all measured in this run.

    features  attribute lists of a feature set against one dictionary a token, the same features (tokens/s)
    memory    peak of `crfner train` against sklearn-crfsuite on a list of dictionaries, the same features (MiB)
    tagging   text in, spans out, loading included once, against a blank spaCy pipeline with `ner` (tokens/s)
    workers   the same on more text, in two processes that load the model themselves, against spaCy in one (tokens/s)

Processor time is measured, so that what else the machine does counts for neither side; of `workers`, time on the clock.
Everything is done on CoNLL-2003 in English. The exit code is 1 when a requirement is missed.

    python benchmarks/speed.py --corpora FOLDER --only features,tagging --json speed.json
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import click
from corpora import corpora_option, documents, json_option, sentences, write_json
from plain import document_features
from threadpoolctl import threadpool_limits

from crfner import CRFRecognizer, Document
from features import preset

_CORPUS = "conll2003-en"
_ROUNDS = 3
_ITERATIONS = 10  # for the memory: its peak is reached when the data is loaded, and more iterations do not raise it
_TEXTS = 16  # that a worker is sent at a time
_C1, _C2 = 0.1, 0.05
_HERE = Path(__file__).parent
_ROW = "{:<10}{:>16}{:>16}{:>8}{:>10}  {}"


@dataclass(frozen=True, slots=True)
class Result:
    """What one measure gave; `passed` says whether ours / peer is at least, or at most, what is required."""

    measure: str
    unit: str
    ours: float
    peer: float
    ratio: float
    required: str
    passed: bool

    def line(self) -> str:
        """The row of the table."""
        ours, peer = (f"{value:,.0f} {self.unit}" for value in (self.ours, self.peer))
        verdict = "ok" if self.passed else "MISSED"
        return _ROW.format(self.measure, ours, peer, f"{self.ratio:.2f}", self.required, verdict)


@click.command(help=__doc__)
@corpora_option
@click.option("--only", default="features,memory,tagging,workers", show_default=True, help="The measures to take.")
@json_option
def main(corpora: Path, only: str, json_path: Path | None) -> None:
    """Measure, print each row as it comes, and end with the verdict."""
    names = only.split(",")
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        raise click.UsageError(f"there is no measure {unknown[0]!r}; known are {', '.join(MEASURES)}")
    print(_ROW.format("measure", "ours", "peer", "ratio", "required", "verdict"), flush=True)
    results = []
    with threadpool_limits(1):
        for name in names:
            if name in ("tagging", "workers") and find_spec("spacy") is None:
                print(f"{name:<10}skipped: spaCy is not installed (pip install spacy)", flush=True)
                continue
            results.append(MEASURES[name](corpora))
            print(results[-1].line(), flush=True)
    write_json(json_path, [asdict(result) for result in results])
    sys.exit(0 if all(result.passed for result in results) else 1)


def measure_features(corpora: Path) -> Result:
    """Features of the train part, document by document, each side with nothing remembered from the round before.

    Raises click.ClickException when the two sides do not build the same features.
    """
    train = [document.sentence_words() for document in documents(corpora, _CORPUS, "train")]
    for words in train[::20]:
        if document_features(words) != preset("default").dicts(words):
            raise click.ClickException("plain.py does not build the features of the default preset; mend it first")

    def ours() -> None:
        features = preset("default")
        for words in train:
            features.lists(words)

    def peer() -> None:
        for words in train:
            document_features(words)

    return _faster("features", sum(len(words) for found in train for words in found), ours, peer)


def measure_memory(corpora: Path) -> Result:
    """Training on the train part, each side in a process of its own."""
    path = str(corpora / _CORPUS / "train.conll")
    numbers = [str(number) for number in (_ITERATIONS, _C1, _C2)]
    with tempfile.TemporaryDirectory() as folder:
        options = [part for pair in zip(("--iterations", "--c1", "--c2"), numbers, strict=True) for part in pair]
        ours = _peak(["-m", "crfner", "train", path, "-o", str(Path(folder, "model.crfner")), *options])
    peer = _peak([str(_HERE / "list_of_dicts.py"), path, *numbers])
    return Result("memory", "MiB", ours, peer, ours / peer, "<= 0.6", ours / peer <= 0.6)


def measure_tagging(corpora: Path) -> Result:
    """The dev part as bare text, one text a document; both count the corpus's own tokens."""
    dev = documents(corpora, _CORPUS, "dev")
    texts = [document.text for document in dev]
    model, pipeline = trained(corpora)

    def ours() -> None:
        _exhaust(CRFRecognizer.load(model).recognize(Document(text) for text in texts))

    return _faster("tagging", sum(len(document.tokens) for document in dev), ours, spacy_on(pipeline, texts), 5)


def measure_workers(corpora: Path) -> Result:
    """The train and dev parts; two workers are started, load the model, get texts and give back spans."""
    both = [document for part in ("train", "dev") for document in documents(corpora, _CORPUS, part)]
    texts = [document.text for document in both]
    model, pipeline = trained(corpora)

    def ours() -> None:
        with ProcessPoolExecutor(2, initializer=_load, initargs=(model,)) as pool:
            _exhaust(pool.map(_spans, [texts[start : start + _TEXTS] for start in range(0, len(texts), _TEXTS)]))

    tokens = sum(len(document.tokens) for document in both)
    return _faster("workers", tokens, ours, spacy_on(pipeline, texts), 8, _clock)


_FOLDER = tempfile.TemporaryDirectory()
_loaded: list[CRFRecognizer] = []  # of a worker


@cache
def trained(corpora: Path) -> tuple[Path, Path]:
    """A model and a spaCy pipeline that have learnt from the train part."""
    from spacy_pipeline import train_pipeline

    train = documents(corpora, _CORPUS, "train")
    model, pipeline = Path(_FOLDER.name, "model.crfner"), Path(_FOLDER.name, "pipeline")
    CRFRecognizer().fit(train).save(model)
    train_pipeline(sentences(train), pipeline)
    return model, pipeline


def spacy_on(pipeline: Path, texts: list[str]) -> Callable[[], None]:
    """What loads the pipeline and runs it on the texts."""
    import spacy

    return lambda: _exhaust(spacy.load(pipeline).pipe(texts))


def _load(model: Path) -> None:
    _loaded[:] = [CRFRecognizer.load(model)]


def _spans(texts: list[str]) -> list[list[tuple[int, int, str, float | None]]]:
    found = _loaded[0].recognize(Document(text) for text in texts)
    return [[(span.start, span.end, span.label, span.score) for span in document.spans] for document in found]


MEASURES: dict[str, Callable[[Path], Result]] = {
    "features": measure_features,
    "memory": measure_memory,
    "tagging": measure_tagging,
    "workers": measure_workers,
}


def _seconds(action: Callable[[], None]) -> float:
    """Processor time: both sides run in this process alone, and what else the machine does should count for neither."""
    start = process_time()
    action()
    return process_time() - start


def _clock(action: Callable[[], None]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def _faster(
    measure: str,
    tokens: int,
    ours: Callable[[], None],
    peer: Callable[[], None],
    least: float = 3,
    seconds: Callable[[Callable[[], None]], float] = _seconds,
) -> Result:
    """Time both in turn, and compare the medians; at least so many times as fast is required."""
    rounds = [(seconds(ours), seconds(peer)) for _ in range(_ROUNDS)]
    our_speed, peer_speed = (tokens / median(times) for times in zip(*rounds, strict=True))
    ratio = our_speed / peer_speed
    return Result(measure, "tokens/s", our_speed, peer_speed, ratio, f">= {least:g}", ratio >= least)


def _peak(arguments: list[str]) -> float:
    command = [sys.executable, str(_HERE / "peak_memory.py"), sys.executable, *arguments]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _exhaust(found: Iterable[object]) -> None:
    for _ in found:
        pass


if __name__ == "__main__":
    main()
