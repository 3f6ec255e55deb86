"""How long it takes to learn word clusters or vectors from a text of ten million tokens, and how much memory.

The text is made of the corpora's own sentences, over and over, each line a document. In every round another twentieth
of the words is replaced by new ones, so that the vocabulary grows with the text as it does in a real one. `crfner
clusters` then reads, tokenises, counts and clusters it in a process of its own. The exit code is 1 when that takes
fifteen minutes or more.

    python benchmarks/clusters.py --corpora FOLDER --tokens 10000000
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

import click
from corpora import corpora_option, documents, json_option, write_json

from crfner.clusters import METHODS

_CORPORA = ("conll2003-en", "conll2002-es", "conll2002-nl", "bc5cdr", "wnut17")
_NEW = 0.05
_MOST_SECONDS = 900
_HERE = Path(__file__).parent


@click.command(help=__doc__)
@corpora_option
@click.option("--tokens", default=10_000_000, show_default=True, help="The least number of tokens of the text.")
@click.option("--method", default="context", show_default=True, type=click.Choice(METHODS), help="What is learnt.")
@json_option
def main(corpora: Path, tokens: int, method: str, json_path: Path | None) -> None:
    """Make the text, learn its clusters, print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        text, output = Path(folder, "text.txt"), Path(folder, "clusters.tsv")
        written = _write_text(text, corpora, tokens)
        command = [sys.executable, "-m", "crfner", "clusters", str(text), "-o", str(output), "--method", method]
        start = perf_counter()
        run = subprocess.run(
            [sys.executable, str(_HERE / "peak_memory.py"), *command], stdout=subprocess.PIPE, text=True, check=True
        )
        seconds, memory = perf_counter() - start, float(run.stdout)
        processor = sum(getrusage(RUSAGE_CHILDREN)[:2])
        words = sum(1 for _ in output.open(encoding="utf-8"))
    passed = seconds < _MOST_SECONDS
    print(
        f"{method}: {written:,} tokens, {words:,} words clustered: {seconds:.0f} s ({processor:.0f} s of processor "
        f"time), {memory:,.0f} MiB at most; required < {_MOST_SECONDS} s: {'ok' if passed else 'MISSED'}"
    )
    result = {
        "method": method,
        "tokens": written,
        "words": words,
        "seconds": seconds,
        "processor": processor,
        "memory": memory,
    }
    write_json(json_path, [{**result, "passed": passed}])
    sys.exit(0 if passed else 1)


def _write_text(path: Path, corpora: Path, tokens: int) -> int:
    """Write at least so many tokens; how many they are."""
    written = 0
    with path.open("w", encoding="utf-8") as stream:
        for words in _sentences(corpora):
            stream.write(" ".join(words) + "\n")
            written += len(words)
            if written >= tokens:
                break
    return written


def _sentences(corpora: Path) -> Iterator[list[str]]:
    """The sentences of the corpora without end; in each round other words have other forms."""
    found = [
        words for name in _CORPORA for document in documents(corpora, name, "train")
        for words in document.sentence_words()
    ]  # fmt: skip
    types = sorted({word for words in found for word in words})
    for number in count():
        random.Random(number).shuffle(found)
        changed = random.Random(number).sample(types, round(_NEW * len(types))) if number else []
        new = {word: f"{word}{_letters(number)}" for word in changed if word.isalpha()}
        yield from ([new.get(word, word) for word in words] for words in found)


def _letters(number: int) -> str:
    """A number in letters, as digits would be counted as one."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


if __name__ == "__main__":
    main()
