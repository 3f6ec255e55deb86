"""How the tags of one document come about: everything that decoding used, in place of only what it decided.

The numbers are those of tagging itself (same emissions, same chain, same decoder); the attributes of every token stand
beside them, so that each score can be taken apart into the weights it is a sum of.

Public names: `Trace`, `trace`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from crfner.crf.decode import Bools, Chain, Floats, Ints, lattice, viterbi
from crfner.crf.estimator import CRFRecognizer
from crfner.crf.layout import laid_out
from crfner.crf.weights import Weights
from crfner.document import Document


@dataclass(frozen=True, slots=True)
class Trace:
    """The T tokens of a document under a model of L tags.

    document    the document as the model saw it, cut into tokens and sentences
    attributes  the attribute strings of each token; the model need not know them
    weights     what the model knows of attributes
    chain       what holds between tags
    emissions   (T, L) scores of tags: the sums of the weights of each token's attributes
    node        (T, L) P(tag) of each token
    path        (T,) the numbers of the best tags
    starts      (T,) whether a sentence starts at the token
    """

    document: Document
    attributes: list[list[str]]
    weights: Weights
    chain: Chain
    emissions: Floats
    node: Floats
    path: Ints
    starts: Bools


def trace(recognizer: CRFRecognizer, document: Document) -> Trace:
    """Tag a document and keep what was computed on the way: the best tags, whatever thresholds and consistency.

    Raises NotFittedError before `fit`.
    """
    tagger = recognizer.tagger()
    prepared = recognizer.prepared(document.with_spans(()))
    emissions, lengths = tagger.emissions([prepared])
    (document,) = recognizer.hinted([prepared])
    found = lattice(emissions, lengths, tagger.chain)
    fitted = recognizer.fitted_
    return Trace(
        document=document,
        attributes=list(chain.from_iterable(fitted.features.lists(*laid_out(document)))),
        weights=fitted.weights,
        chain=tagger.chain,
        emissions=emissions,
        node=found.node,
        path=viterbi(emissions, lengths, tagger.chain),
        starts=found.starts,
    )
