"""From gold documents to what a CRF has learnt: hints that it learns first, features, weights, manifest.

Public names: `learn`, `learn_hints`, `lexicons_within`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tqdm import tqdm

from crfner.crf import model_file
from crfner.crf.corpus import Corpus
from crfner.crf.engines import train
from crfner.crf.hinting import hinted
from crfner.crf.packed import pruned
from crfner.document import Document
from crfner.hints import Hinter
from features import Lexicon

if TYPE_CHECKING:
    from crfner.crf.estimator import CRFRecognizer

_FEWEST = 10  # documents from which one can be told what the others show; fewer are cut into stretches


def learn(crf: CRFRecognizer, documents: Iterable[Document]) -> model_file.Fitted:
    """What a CRF with these parameters learns from documents with gold spans, which are read once, as a stream.

    Raises what `CRFRecognizer.fit` raises.
    """
    settings, features = crf.settings(), crf.feature_set()
    documents, learnt = learn_hints(crf, documents)
    settings["features"] = features.config  # complete: a model must not change when a preset does
    declared = None if crf.declared_labels is None else frozenset(crf.declared_labels)
    stream = tqdm(documents, "reading", unit=" documents", disable=None if crf.progress else True)
    corpus = Corpus(_training(crf, stream), features, lambda one: _laid(crf, one), settings["scheme"], declared)
    found = train(corpus, settings, crf.engine, crf.progress)
    training = {
        **corpus.counts,
        "entities": dict(sorted(corpus.entities.items())),
        "fingerprint": corpus.fingerprint,
        "engine": found.engine,
        "iterations": found.iterations,
        "loss": found.loss,
        "interrupted": found.interrupted,
    }
    manifest = model_file.make_manifest(sorted(corpus.entities), settings, training, features.packages)
    weights = found.weights
    if settings["prune"]:
        weights = pruned(weights, settings["prune"])
    return model_file.Fitted(features, weights, manifest, {**(crf.hinters or {}), **learnt})


def learn_hints(crf: CRFRecognizer, documents: Iterable[Document]) -> tuple[Iterable[Document], dict[str, Hinter]]:
    """The documents with what `stages` and `seen` want them to be told, and the hinters that tell it of new text.

    What a document is told has been learnt from the others. Raises what `crfner.stages.first_stage` raises.
    """
    learnt: dict[str, Hinter] = {}
    if crf.seen:
        from crfner.hints.seen import SEEN, seen_elsewhere
        from crfner.parts import apart

        prepared = [crf.prepared(document) for document in documents]
        documents, learnt[SEEN] = seen_elsewhere(apart(prepared, _FEWEST))
    if crf.stages > 1:
        from crfner.stages import FIRST, first_stage

        documents, learnt[FIRST] = first_stage(crf, documents)
    return documents, learnt


def lexicons_within(lexicons: Mapping[str, Lexicon], documents: Iterable[Document]) -> dict[str, Lexicon]:
    """The lexicons without what cannot match in these tokenised documents: as good for them, and smaller to send."""
    words = {word for document in documents for word in document.words()} if lexicons else set()
    return {name: lexicon.within(words) for name, lexicon in lexicons.items()}


def _training(crf: CRFRecognizer, documents: Iterable[Document]) -> Iterable[Document]:
    """What is learnt from: the documents, and those made of them where that is asked for."""
    if crf.augment is None:
        return documents
    from crfner.augment import augmented

    return augmented([crf.prepared(document) for document in documents], crf.augment, seed=crf.seed)


def _laid(crf: CRFRecognizer, document: Document) -> Document:
    """A gold document as the model sees it."""
    prepared = crf.prepared(document)
    if not crf.hinters:
        return prepared
    (document,) = hinted([prepared.with_spans(())], crf.hinters)
    return replace(document, spans=prepared.spans)
