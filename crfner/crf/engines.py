"""The two engines that train: our own kernel, where it is compiled, and CRFsuite.

Both minimise the same function; the kernel does so in a fraction of the time and memory, and knows L-BFGS only.

Public names: `ENGINES`, `check_engine`, `train`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crfner.crf import crfsuite, kernel
from crfner.crf.corpus import Corpus, keeper, thinned
from crfner.crf.learnt import Learnt
from crfner.crf.settings import for_crfsuite
from crfner.crf.weights import read_weights
from crfner.errors import SettingError

ENGINES = ("kernel", "crfsuite")

_LARGEST = 1 << 30  # bytes of the kernel's tables, which grow with the number of tags, where nobody asks for it by name


def check_engine(engine: str | None, algorithm: str) -> None:
    """Raise SettingError for an engine that there is not, or that does not know the algorithm."""
    if engine is not None and engine not in ENGINES:
        raise SettingError(f"unknown engine {engine!r}; known are {', '.join(ENGINES)}")
    if engine == "kernel" and algorithm != "lbfgs":
        raise SettingError(f"the kernel trains by lbfgs, not by {algorithm}; use the engine crfsuite for that")
    if engine == "kernel" and not kernel.installed():
        raise SettingError(
            "the kernel was not compiled when crfner was installed; install a C compiler and crfner again, or use the "
            "engine crfsuite"
        )


def train(corpus: Corpus, settings: Mapping[str, Any], engine: str | None, progress: bool) -> Learnt:
    """Learn from the corpus with these settings (see `crfner.crf.settings`).

    engine  which one; None for the kernel where it is compiled, the algorithm is its own and it has the memory

    Raises what `Corpus.labelled` raises, SettingError as `check_engine` does, and KeyboardInterrupt when interrupted
    before the first iteration has ended.
    """
    check_engine(engine, settings["algorithm"])
    if engine is None and (settings["algorithm"] != "lbfgs" or not kernel.installed()):
        engine = "crfsuite"
    share, seed = settings["left_out"], settings["seed"]
    if engine == "crfsuite":
        sentences = corpus.sentences()
        return _by_crfsuite(thinned(sentences, share, seed) if share else sentences, settings, progress)

    from crfner.crf.kernel.objective import table_bytes
    from crfner.crf.kernel.rows import read
    from crfner.crf.kernel.training import train as by_kernel

    text = read(corpus.labelled(), corpus.features, keeper(share, seed) if share else None)
    if engine is None and table_bytes(text) > _LARGEST:
        return _by_crfsuite(text.sentences(), settings, progress)
    return by_kernel(text, settings, settings["iterations"], progress)


def _by_crfsuite(sentences: crfsuite.Sentences, settings: Mapping[str, Any], progress: bool) -> Learnt:
    trained = crfsuite.train(sentences, for_crfsuite(settings), settings["iterations"], settings["seed"], progress)
    weights = read_weights(trained.model)
    return Learnt(weights, trained.iterations, trained.loss, trained.interrupted, "crfsuite")
