"""Consistency: a name that is clear in one sentence decides what it is in the document's others."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import stories

from crfner import CRFRecognizer, Document, Span
from crfner.crf.consistency import ANALYSES, Candidates, consistent, voters
from crfner.errors import CrfnerError, SettingError

PLAIN = {"word": {"window": 1}, "shape": {}}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Few examples are enough here."""
    with warnings.catch_warnings(action="ignore"):
        yield


# The choice


@st.composite
def sentences(draw: st.DrawFn) -> list[Candidates]:
    """Sentences of a few words that recur, with a few analyses each."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        words = draw(st.lists(st.sampled_from(["Ann", "Bo", "Cy"]), max_size=3))
        every = list(itertools.product(("", "PER", "LOC"), repeat=len(words)))
        labels = draw(st.permutations(every))[: draw(st.integers(1, 5))]
        scores = sorted((draw(st.floats(-6, 0)) for _ in labels), reverse=True)
        found.append(Candidates(words, labels, scores))
    return found


@given(sentences())
def test_without_weight_the_most_probable_analyses_are_chosen(given: list[Candidates]) -> None:
    assert consistent(given, 0.0).chosen == [0] * len(given)


@given(sentences(), st.floats(0, 3))
def test_what_is_left_out_until_it_is_wanted_changes_nothing(given: list[Candidates], weight: float) -> None:

    def beyond(one: Candidates, number: int, label: str) -> float:
        others = zip(one.labels[1:], one.scores[1:], strict=True)
        return max((score for labels, score in others if labels[number] == label), default=-math.inf)

    known = [Candidates(one.words, one.labels[:1], one.scores[:1], partial(beyond, one)) for one in given]
    while (choice := consistent(known, weight)).wanting:
        assert all(known[number] is not given[number] for number in choice.wanting)
        known = [given[number] if number in choice.wanting else one for number, one in enumerate(known)]
    assert choice == consistent(given, weight)


def test_a_sentence_does_not_vote_for_itself() -> None:
    twice = Candidates(["Ann", "Ann"], [["PER", "LOC"], ["PER", "PER"]], [-0.5, -0.6])
    assert consistent([twice], 5.0).chosen == [0]
    assert consistent([twice, Candidates(["Ann"], [["PER"]], [0.0])], 5.0).chosen == [1, 0]


# The recogniser


TEST = stories(40, 1)


@pytest.fixture(scope="module", params=["IOB2", "BIOES"])
def crf(request: pytest.FixtureRequest) -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"):
        return CRFRecognizer(PLAIN, iterations=40, scheme=request.param).fit(stories(60, 0))


def agreeing(crf: CRFRecognizer, consistency: float = 0.6, temperature: float = 1.0) -> CRFRecognizer:
    """The same model with other parameters of tagging."""
    other = CRFRecognizer(PLAIN, scheme=crf.scheme, consistency=consistency, temperature=temperature)
    other._set(crf.fitted_)
    return other


def scores(documents: list[tuple[Span, ...]]) -> list[float | None]:
    return [span.score for spans in documents for span in spans]


def bare(documents: list[tuple[Span, ...]]) -> list[list[tuple[int, int, str]]]:
    return [[(span.start, span.end, span.label) for span in spans] for spans in documents]


def test_a_name_that_is_clear_in_one_sentence_decides_another(crf: CRFRecognizer) -> None:
    assert crf.score(TEST) < 0.85
    assert agreeing(crf).score(TEST) > 0.95


def test_scores_are_still_the_probabilities_of_the_spans(crf: CRFRecognizer) -> None:
    found = list(agreeing(crf).recognize(TEST))
    assert bare([document.spans for document in found]) != bare(crf.predict(TEST))
    weighed = crf.weigh((document, document.spans) for document in found)
    for document, (_, probabilities) in zip(found, weighed, strict=True):
        assert [span.score for span in document.spans] == pytest.approx(probabilities, abs=1e-4)


@pytest.mark.parametrize("weight", [0.2, 0.6, 4.0])
def test_what_is_found_is_as_if_all_sentences_had_all_their_analyses(crf: CRFRecognizer, weight: float) -> None:
    mixed = [Document(f"{one.text} {other.text}") for one, other in itertools.pairwise(TEST)]
    wanted = []
    for found in crf.nbest(mixed, ANALYSES):
        document = found.document
        candidates = []
        for (first, last), analyses in zip(document.sentences, found.sentences, strict=True):
            tokens = [document.tokens[first + place] for place in voters(document.words()[first:last])]
            labels = [
                [next((s.label for s in one.spans if s.start < end and start < s.end), "") for start, end in tokens]
                for one in analyses
            ]
            words = [document.text[start:end] for start, end in tokens]
            candidates.append(Candidates(words, labels, [math.log(one.probability) for one in analyses]))
        chosen = consistent(candidates, weight).chosen
        wanted.append([span for number, one in zip(chosen, found.sentences, strict=True) for span in one[number].spans])
    assert bare(agreeing(crf, weight).predict(mixed)) == bare([tuple(spans) for spans in wanted])


def test_a_temperature_changes_scores_and_not_what_is_found(crf: CRFRecognizer) -> None:
    plain, hot = (agreeing(crf, temperature=temperature).predict(TEST) for temperature in (1.0, 2.5))
    assert bare(plain) == bare(hot) and scores(plain) != scores(hot)


def test_without_weight_and_in_single_sentences_nothing_changes(crf: CRFRecognizer) -> None:
    single = [Document(document.text.split(".")[1]) for document in TEST]
    assert all(len(crf.prepared(document).sentences) == 1 for document in single)
    for other, some in ((agreeing(crf, 0.0), TEST), (agreeing(crf), [*single, Document(""), Document(" ")])):
        found, wanted = other.predict(some), crf.predict(some)
        assert bare(found) == bare(wanted) and scores(found) == scores(wanted)


def test_a_document_does_not_depend_on_its_batch(crf: CRFRecognizer) -> None:
    other = agreeing(crf)
    together = other.predict([*TEST, *stories(300, 2)])
    alone = [spans for document in TEST for spans in other.predict([document])]
    assert bare(together[: len(TEST)]) == bare(alone)
    assert scores(together[: len(TEST)]) == pytest.approx(scores(alone), abs=1e-4)


def test_it_is_kept_in_the_file_and_older_files_have_none(crf: CRFRecognizer, tmp_path: Path) -> None:
    trained = CRFRecognizer(PLAIN, iterations=10, consistency=0.6).fit(stories(60, 0))
    trained.save(tmp_path / "model")
    loaded = CRFRecognizer.load(tmp_path / "model")
    assert loaded.consistency == 0.6 and loaded.predict(TEST) == trained.predict(TEST)
    manifest = {**crf.manifest, "settings": {**crf.manifest["settings"]}}
    del manifest["settings"]["consistency"]
    old = agreeing(crf)
    old._set(replace(crf.fitted_, manifest=manifest))
    old.save(tmp_path / "old")
    assert CRFRecognizer.load(tmp_path / "old").consistency == 0.0


@pytest.mark.parametrize("value", [-0.1, math.inf, math.nan, "0.6", True, None])
def test_a_weight_that_is_no_number_from_0_on_is_refused(value: object) -> None:
    with pytest.raises(SettingError, match=r"consistency must be a number, 0 or more, such as 0\.6, not"):
        CRFRecognizer(consistency=value).check()  # type: ignore[arg-type]


def test_thresholds_do_not_go_with_it(crf: CRFRecognizer) -> None:
    both = CRFRecognizer(PLAIN, consistency=0.6, thresholds={"PER": 0.3})
    for refused in (both.check, lambda: agreeing(crf).set_thresholds({"PER": 0.3})):
        with pytest.raises(CrfnerError, match="do not go together"):
            refused()
    both._set(crf.fitted_)
    with pytest.raises(SettingError, match="do not go together"):
        both.predict(TEST)
