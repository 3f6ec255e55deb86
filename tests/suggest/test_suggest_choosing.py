"""What is suggested is the best there is, no text twice, in one order, and not the same doubt over and over."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import CRFRecognizer, Document, Span, read
from crfner.errors import SettingError
from crfner.suggest import key_of, suggest
from crfner.suggest.choosing import Taken, best_of, novelty, spread, take
from crfner.suggest.values import Candidate

ROOT = Path(__file__).parents[2]
MENU = ROOT / "data" / "menu"


@pytest.fixture(scope="module")
def crf() -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"):  # of labels that are rare in little text
        return CRFRecognizer("minimal", iterations=10).fit(list(read(MENU / "train.jsonl"))[:60])


def candidate(text: str, score: float, shares: dict[str, float], tie: int = 0) -> Candidate:
    return Candidate(Document(text), max(1, len(text.split())), score, shares, key_of(text), tie)


@st.composite
def several(draw: st.DrawFn) -> list[Candidate]:
    """Candidates over few words and scores, so that texts come twice and scores are equal."""
    found = []
    for number, (words, score) in enumerate(
        draw(st.lists(st.tuples(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3), st.integers(0, 4))))
    ):
        counts = Counter(words)
        shares = {word: count / len(words) for word, count in counts.items()}
        found.append(candidate(" ".join(words), score / 4, shares, draw(st.integers(0, 3)) * 1000 + number))
    return found


@settings(deadline=None)
@given(several(), st.integers(1, 6))
def test_the_best_of_a_stream_are_the_first_of_all_when_they_are_sorted(found: list[Candidate], most: int) -> None:
    by_key: dict[bytes, Candidate] = {}
    for one in sorted(found, key=lambda one: (-one.score, -one.tie)):
        by_key.setdefault(one.key, one)
    kept = best_of(found, most)
    assert kept == list(by_key.values())[:most]
    known = {one.key for one in kept[:1]}
    assert best_of(found, most, known) == [one for one in by_key.values() if one.key not in known][:most]


@settings(deadline=None)
@given(several(), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_lazy_greedy_choice_is_greedy_choice(found: list[Candidate], diversity: float) -> None:
    left, naive = list(found), []
    taken: Taken = defaultdict(float)
    while left:
        best = max(left, key=lambda one: (one.score * novelty(one, taken, diversity), one.tie))
        left.remove(best)
        take(best, taken)
        naive.append(best)
    assert list(spread(found, diversity)) == naive


def test_a_doubt_that_was_taken_counts_less() -> None:
    found = [candidate("a b", 1.0, {"a": 1.0}), candidate("a c", 0.9, {"a": 1.0}), candidate("d", 0.5, {"d": 1.0})]
    assert [one.document.text for one in spread(found, 0.0)] == ["a b", "a c", "d"]
    assert [one.document.text for one in spread(found, 0.6)] == ["a b", "d", "a c"]
    found[0] = candidate("a b", 1.0, {"a": 0.1, "b": 0.9})  # it owes little to the word that is doubted in the next
    assert [one.document.text for one in spread(found, 0.6)] == ["a b", "a c", "d"]


def test_no_more_candidates_are_held_than_the_bound_says() -> None:
    most = 20
    counts: list[int] = []

    def stream() -> Iterator[Candidate]:
        for number in range(3000):
            if number % 300 == 299:
                counts.append(sum(isinstance(one, Candidate) for one in gc.get_objects()))
            yield candidate(f"{chr(97 + number % 26)}{'x' * (number // 26)}", number % 997, {})

    gc.collect()
    before = sum(isinstance(one, Candidate) for one in gc.get_objects())
    assert len(best_of(stream(), most)) == most
    assert max(counts) - before <= most + 2


def test_no_text_is_suggested_twice_whatever_its_case_digits_or_space(crf: CRFRecognizer) -> None:
    texts = ["Two pies for table 4.", "two  pies for TABLE 5.", "Two pies for table 4. Two pies for table 4.", "A tea."]
    found = suggest(crf, [Document(text) for text in texts], 10)
    assert sorted(one.document.text.casefold()[:3] for one in found) == ["a t", "two"]


def test_the_order_is_the_same_in_every_process(crf: CRFRecognizer, tmp_path: Path) -> None:
    crf.save(tmp_path / "menu.crfner")
    orders = set()
    for seed in ("1", "77"):
        command = [sys.executable, "-m", "crfner", "suggest", tmp_path / "menu.crfner", MENU / "dev.jsonl", "-n", "30"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        orders.add(subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout)
    assert len(orders) == 1
    assert orders.pop().count(b"\n") == 30


def test_the_seed_decides_a_random_sample_whatever_the_order_of_the_documents(crf: CRFRecognizer) -> None:
    documents = list(read(MENU / "dev.jsonl"))

    def drawn(documents: list[Document], seed: int) -> list[str]:
        return [one.document.text for one in suggest(crf, documents, 10, strategy="random", seed=seed)]

    assert drawn(documents, 1) == drawn(documents[::-1], 1) != drawn(documents, 2)


def test_a_sentence_says_where_it_is_from_and_a_document_stays_as_it_came(crf: CRFRecognizer) -> None:
    text = "  We are closed. One mint tea and a pork pie, please!  "
    document = Document(text, id="note", meta={"shop": "North"}, spans=(Span(2, 4, "FOOD"),))
    found = suggest(crf, [document], 5)
    assert {one.document.text for one in found} == {"We are closed.", "One mint tea and a pork pie, please!"}
    for one in found:
        start = text.index(one.document.text)
        assert one.document.id == f"note:{start}"
        assert one.document.meta["from"] == {"document": "note", "start": start}
        assert one.document.meta["shop"] == "North"
        assert one.document.tokens == ()
        in_place = [(span.start + start, span.end + start, span.label, span.score) for span in one.document.spans]
        (whole,) = crf.recognize([document])
        inside = [span for span in whole.spans if start <= span.start < start + len(one.document.text)]
        assert in_place == [(span.start, span.end, span.label, span.score) for span in inside]
    (whole_one,) = suggest(crf, [document], 5, unit="document")
    assert (whole_one.document.text, whole_one.document.id, whole_one.document.tokens) == (text, "note", ())
    assert whole_one.document.meta["suggest"]["rank"] == 1


def test_tokens_and_columns_that_were_given_are_cut_with_the_sentence(crf: CRFRecognizer) -> None:
    tokens, columns = ((0, 3), (3, 4), (5, 9), (9, 10)), {"columns": (("N", ".", "V", "."),), "comments": ((0, "# x"),)}
    found = suggest(crf, [Document("Tea. Stop.", tokens, ((0, 2), (2, 4)), meta=columns)], 5)
    by_text = {one.document.text: one.document for one in found}
    assert by_text["Stop."].tokens == ((0, 4), (4, 5))
    assert by_text["Stop."].meta["columns"] == (("V", "."),)
    assert "comments" not in by_text["Stop."].meta


def test_lengths_are_kept_to_and_what_is_known_is_left_out(crf: CRFRecognizer) -> None:
    documents = [Document("Tea."), Document("A pork pie."), Document("A pot of mint tea and two samosas, please.")]
    assert [one.document.text for one in suggest(crf, documents, 5, min_tokens=3, max_tokens=6)] == ["A pork pie."]
    found = suggest(crf, documents, 5, known={key_of("a PORK pie.")})
    assert {one.document.text for one in found} == {documents[0].text, documents[2].text}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"n": 0}, "n, how many texts are suggested, must be 1 or more, not 0"),
        ({"unit": "page"}, "unknown unit 'page'; known are sentence, document"),
        ({"diversity": 1.5}, "diversity must be from 0 to 1, not 1.5"),
        ({"min_tokens": 5, "max_tokens": 4}, "no text has 5 tokens or more and 4 or fewer"),
    ],
)
def test_settings_without_sense_are_refused(crf: CRFRecognizer, setting: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        suggest(crf, [], **{"n": 3, **setting})  # type: ignore[arg-type]
