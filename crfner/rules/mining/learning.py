"""Rules learnt from labelled text: a dictionary and token patterns that a person can read and edit.

How far a rule can be trusted is measured on text that it was not learnt from: rules are mined from all folds but one
and tried on that one, in turn. A rule of the final set has the precision and coverage that its namesakes had there;
what had fewer than two hits there, or lowers the F1 of the whole, is left out.

Public names: `mine`, `crossfit`, `Crossfit`, `deal`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from tqdm import tqdm

from crfner.document import Document, Span, align, sentence_chunks
from crfner.errors import CrfnerError
from crfner.rules.checking.estimates import Tally, rescored
from crfner.rules.mining.patterns import mine_patterns
from crfner.rules.mining.terms import Sentence, mine_terms
from crfner.rules.recognizer import RuleRecognizer
from crfner.rules.values import Rule, RuleSet
from crfner.tokenize import tokenized


def mine(
    documents: Iterable[Document], *, folds: int = 5, seed: int = 0, progress: bool = False, tokenizer: str = "default"
) -> RuleSet:
    """Rules from documents with gold spans, the most precise first.

    folds     how many parts the documents are dealt into for the estimates
    seed      of the dealing
    progress  show progress on standard error when that is a terminal

    The precision of a rule is (right + 1) / (hits + 2) over held-out documents (Laplace's rule of succession), its
    coverage the share of its label's entities that it finds there. Raises CrfnerError when there are fewer documents
    than two or no labelled span.
    """
    return crossfit(documents, folds=folds, seed=seed, progress=progress, tokenizer=tokenizer).rules


@dataclass(frozen=True, slots=True)
class Crossfit:
    """Mined rules, and what rules that had not seen a document said of it.

    rules      the final set, mined from all documents, with estimates from the folds
    documents  the documents, tokenised, in their order
    hits       all hits in each document of the rules that were mined without it; only those of rules in the final set
    """

    rules: RuleSet
    documents: list[Document]
    hits: list[list[Span]]


def crossfit(
    documents: Iterable[Document], *, folds: int = 5, seed: int = 0, progress: bool = False, tokenizer: str = "default"
) -> Crossfit:
    """As `mine`, with the held-out hits that the estimates rest on."""
    given = [tokenized(document, tokenizer) for document in documents]
    if len(given) < 2:
        raise CrfnerError("rules are mined from two documents or more, so that they can be tried on others; give more")
    if not any(document.spans for document in given):
        raise CrfnerError("the data holds no labelled span to mine rules from; annotate some entities first")
    sentences = [list(_aligned_sentences(document)) for document in given]
    hits: list[list[Span]] = [[] for _ in given]
    tally = Tally()
    bar = tqdm(total=folds + 1, desc="mining", unit=" folds", disable=None if progress else True)
    for held_out in deal(len(given), folds, seed):
        recognizer = RuleRecognizer(_learn(of for number, of in enumerate(sentences) if number not in held_out))
        for number in sorted(held_out):
            hits[number] = recognizer.hits(given[number].with_spans(()))
            tally.add(given[number].spans, hits[number])
        bar.update()
    rules = tally.chosen(_learn(sentences))
    bar.update()
    bar.close()
    return Crossfit(rules, given, rescored(hits, rules))


def deal(count: int, folds: int, seed: int) -> list[frozenset[int]]:
    """The numbers below `count`, dealt at random into parts of nearly equal size; none is empty."""
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return [frozenset(order[fold::folds]) for fold in range(min(folds, count))]


def _learn(documents: Iterable[list[Sentence]]) -> RuleSet:
    """Rules from the sentences of all of the documents, without any estimate."""
    sentences = list(chain.from_iterable(documents))
    rules: list[Rule] = [*mine_terms(sentences), *mine_patterns(sentences)]
    return RuleSet(tuple(rules))


def _aligned_sentences(document: Document) -> Iterator[Sentence]:
    """Each sentence; tokens are split where an entity begins or ends within."""
    aligned, _ = align(document)
    return map(Sentence, aligned.sentence_words(), sentence_chunks(aligned))
