"""What strategies are told of a text is exact: how probable its best and second best readings are, and each tag."""

from __future__ import annotations

import itertools
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from crfner import CRFRecognizer, Document, EnsembleRecognizer, HybridRecognizer, Recognizer, Span, read, tokenized
from crfner.errors import SettingError
from crfner.rules import DictionaryRule, RuleRecognizer, RuleSet
from crfner.suggest import STRATEGIES, suggest, uncertainties
from crfner.suggest.reading import reader_for
from crfner.suggest.strategies import strategy_named
from crfner.suggest.values import Reading
from crfner.transfer import ExtendedRecognizer

MENU = Path(__file__).parents[2] / "data" / "menu"
TRAIN = list(read(MENU / "train.jsonl"))[:60]
TEXTS = [Document("Mint tea, please."), Document("A pie. Two teas."), Document("No kimchi pie.")]
RULES = RuleRecognizer(RuleSet((DictionaryRule("dishes", "FOOD", terms=("kimchi pie", "pie")),)))


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(action="ignore"):  # of labels that are rare in little text
        yield


@pytest.fixture(scope="module")
def crf() -> CRFRecognizer:
    return CRFRecognizer("minimal", iterations=30, temperature=1.3).fit(TRAIN)


def every_reading(crf: CRFRecognizer, text: Document) -> list[tuple[tuple[tuple[int, ...], ...], float]]:
    """Every tag sequence of all sentences of the text together, and its probability, the most probable first."""
    tagger = crf.tagger()
    emissions, lengths = tagger.emissions([crf.prepared(text)])
    chain, start, sentences = tagger.chain, 0, []
    for length in lengths:
        rows = emissions[start : start + length]
        start += length
        sentences.append(
            {
                path: chain.initial[path[0]]
                + chain.final[path[-1]]
                + sum(row[tag] for row, tag in zip(rows, path, strict=True))
                + sum(chain.transitions[pair] for pair in itertools.pairwise(path))
                for path in itertools.product(range(len(tagger.tags)), repeat=length)
            }
        )
    readings = [
        (paths, math.exp(sum(found[path] for found, path in zip(sentences, paths, strict=True)) / tagger.temperature))
        for paths in itertools.product(*sentences)
    ]
    whole = sum(weight for _, weight in readings)
    return sorted(((paths, weight / whole) for paths, weight in readings), key=lambda pair: -pair[1])


@pytest.mark.parametrize("text", ["Mint tea.", "A pie.", "Tea. Pie."])
def test_the_best_readings_and_the_tags_are_as_probable_as_counting_all_readings_says(
    crf: CRFRecognizer, text: str
) -> None:
    (found,) = reader_for(crf)([Document(text)])
    reading = found.of((0, len(found.document.sentences)))
    every = every_reading(crf, Document(text))
    best, second = every[0][1], every[1][1]
    assert math.exp(-reading.surprise) == pytest.approx(best)
    assert reading.runner_up == pytest.approx(second / best)
    assert strategy_named("confidence").measure(reading) == pytest.approx(1 - best)
    assert strategy_named("margin").measure(reading) == pytest.approx(1 - (best - second))
    assert strategy_named("sequence").measure(reading) == pytest.approx(-math.log(best) / reading.tokens)
    for token, doubt in enumerate(reading.doubts):
        shares: dict[int, float] = {}
        for paths, probability in every:
            tag = [tag for path in paths for tag in path][token]
            shares[tag] = shares.get(tag, 0.0) + probability
        assert doubt == pytest.approx(-sum(share * math.log(share) for share in shares.values() if share))


def test_strategies_are_what_their_definitions_say() -> None:
    reading = Reading(4, 2.0, 0.5, (0.1, 0.2, 0.3, 0.4), (True, False, False, False), (0.0, 0.4, 0.4, 0.0))
    expected = {
        "sequence": 0.5,
        "entropy": 0.25,
        "total": 1.0,
        "confidence": 1 - math.exp(-2),
        "margin": 1 - 0.5 * math.exp(-2),
        "disagreement": 0.25,
        "votes": 0.2,
        "random": 0.0,
    }
    assert {name: strategy.measure(reading) for name, strategy in STRATEGIES.items()} == pytest.approx(expected)


def test_a_document_is_read_the_same_alone_and_among_others(crf: CRFRecognizer) -> None:
    together = uncertainties(crf, TEXTS)
    assert together == pytest.approx([uncertainties(crf, [text])[0] for text in TEXTS])
    assert len(set(together)) == len(TEXTS)


def test_what_was_learnt_is_less_uncertain_than_what_was_not(crf: CRFRecognizer) -> None:
    new = list(read(MENU / "test.jsonl"))
    assert np.mean(uncertainties(crf, TRAIN)) < np.mean(uncertainties(crf, new))


def test_spans_are_those_that_the_recogniser_gives(crf: CRFRecognizer) -> None:
    for recognizer in (crf, HybridRecognizer(crf, RULES.rules)):
        found = [one.document.spans for one in reader_for(recognizer)(TRAIN)]
        given = [one.spans for one in recognizer.recognize(TRAIN)]
        assert found == given
        assert [[span.score for span in spans] for spans in found] == [[s.score for s in spans] for spans in given]


class Known:
    """Finds words, without a CRF, and is sure of them by so much."""

    labels = ("FOOD",)

    def __init__(self, score: float | None) -> None:
        self.score = score

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            found = re.finditer("pie|tea", document.text)
            yield tokenized(document).with_spans(Span(*match.span(), "FOOD", self.score) for match in found)


def test_what_has_no_crf_is_judged_by_the_scores_of_its_spans() -> None:
    texts = [Document("A pie and tea."), Document("A pie again."), Document("Nothing."), Document("")]
    both, one, none, empty = uncertainties(Known(0.8), texts)
    assert both == pytest.approx(-2 * math.log(0.8) / 5)
    assert one == pytest.approx(-math.log(0.8) / 4)
    assert none == empty == 0
    assert uncertainties(Known(None), texts) == [0, 0, 0, 0]
    assert uncertainties(Known(0.8), texts, "margin")[1] == pytest.approx(1 - (0.8 - 0.2))


def ensemble_of(*members: CRFRecognizer) -> EnsembleRecognizer:
    """An ensemble of CRFs that are trained already; `fit` would train each in a process of its own."""
    recognizer = EnsembleRecognizer(CRFRecognizer("minimal"), len(members))
    recognizer.members_, recognizer.threshold_ = members, 0.5
    return recognizer


def every_kind(crf: CRFRecognizer) -> dict[str, Recognizer]:
    small = CRFRecognizer("minimal", iterations=5)
    return {
        "crf": crf,
        "union": HybridRecognizer(crf, RULES.rules),
        "features": HybridRecognizer(small, RULES.rules, "features").fit(TRAIN, TRAIN[:9]),
        "extended": ExtendedRecognizer(crf, small).fit(TRAIN),
        "ensemble": ensemble_of(crf, CRFRecognizer("minimal", scheme="BIOES", iterations=5).fit(TRAIN)),
        "other": Known(0.7),
    }


def test_every_kind_of_recogniser_suggests_texts_of_any_shape(crf: CRFRecognizer) -> None:
    odd = ["", " ", "\n\n", "\ud800 pie", "🙂 pie\r\ntea", "e\u0301" * 50, "pie " * 300, "...", "Two teas. One pie."]
    documents = [Document(text) for text in odd]
    for kind, recognizer in every_kind(crf).items():
        found = suggest(recognizer, documents, 100)
        assert len(found) == 8, kind
        assert [one.rank for one in found] == list(range(1, 9))
        for one in found:
            given = documents[int((one.document.id or "").partition(":")[0]) - 1].text
            start = one.document.meta["from"]["start"]
            assert given[start:].startswith(one.document.text)
            assert one.score >= 0 and math.isfinite(one.score)


def test_votes_are_apart_where_members_of_an_ensemble_are(crf: CRFRecognizer) -> None:
    alike = ensemble_of(crf, crf)
    assert uncertainties(alike, TEXTS) == pytest.approx([0.0] * len(TEXTS), abs=1e-9)
    assert uncertainties(alike, TEXTS, "sequence") == pytest.approx(uncertainties(crf, TEXTS))
    other = CRFRecognizer("minimal", scheme="BIOES", iterations=3).fit(TRAIN)
    assert min(uncertainties(ensemble_of(crf, other), TEXTS)) > 0


def test_disagreement_counts_the_tokens_of_spans_that_only_one_of_both_has() -> None:
    texts = [Document("No kimchi pie."), Document("A pie."), Document("Nothing.")]
    assert uncertainties(Known(0.9), texts, "disagreement", rules=RULES) == pytest.approx([2 / 4, 0, 0])
    assert uncertainties(RULES, texts, rules=Known(1.0)) == pytest.approx([2 / 4, 0, 0])


def test_a_hybrid_disagrees_with_its_own_rules_where_its_crf_alone_finds_something_else(crf: CRFRecognizer) -> None:
    alone = uncertainties(crf, TEXTS, "disagreement", rules=RULES)
    assert uncertainties(HybridRecognizer(crf, RULES.rules), TEXTS, "disagreement") == pytest.approx(alone)


@pytest.mark.parametrize(
    ("strategy", "rules", "message"),
    [
        ("sequenz", None, "unknown strategy 'sequenz'; known are sequence, "),
        ("disagreement", None, "give rules, or a hybrid model"),
        ("votes", None, "is for ensembles"),
    ],
)
def test_a_strategy_that_a_crf_cannot_serve_is_refused(
    crf: CRFRecognizer, strategy: str, rules: RuleRecognizer | None, message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        uncertainties(crf, TEXTS, strategy, rules=rules)


def test_rules_alone_are_refused() -> None:
    with pytest.raises(SettingError, match="rules alone do not say"):
        uncertainties(RULES, TEXTS)
    with pytest.raises(SettingError, match="rules alone are never unsure"):
        uncertainties(RULES, TEXTS, "entropy", rules=RULES)
