"""What every recogniser keeps to, whatever is inside: rules, CRF and mixtures are interchangeable because of it."""

import itertools
import re
import warnings
from collections.abc import Iterable, Iterator
from copy import copy
from functools import cache
from pathlib import Path

import pytest
from processes import one_process

from crfner import (
    CRFRecognizer,
    EnsembleRecognizer,
    HybridRecognizer,
    Recognizer,
    evaluate,
    load_model,
    read,
    tokenized,
)
from crfner.document import Document, Span
from crfner.hybrid import POLICIES
from crfner.rules import Context, DictionaryRule, RegexRule, RuleRecognizer, RuleSet, TokenRule
from crfner.transfer import ExtendedRecognizer

CLINIC = Path(__file__).parents[1] / "data" / "clinic"
TRAIN, DEV = list(read(CLINIC / "train.jsonl"))[:100], list(read(CLINIC / "dev.jsonl"))

ODD_TEXTS = ("", " ", "\n\n", "\0", "\ud800", "300 mg", "😀 50 mg\r\n\u200b80 mg", "e\u0301" * 50, "50 mg" * 300, "...")


class Doses:
    """The least that is a recogniser: one regular expression."""

    labels = ("DOSE",)

    def recognize(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            found = re.finditer(r"\d+ mg", document.text)
            yield tokenized(document).with_spans(Span(*match.span(), "DOSE", 1.0, "rule") for match in found)


@cache  # the same is wanted as it is and from a file
def trained(scheme: str) -> CRFRecognizer:
    with warnings.catch_warnings(action="ignore"):
        return CRFRecognizer("minimal", scheme=scheme, iterations=20).fit(TRAIN)


def loaded(folder: Path) -> CRFRecognizer:
    trained("IOB2").save(folder / "model.crfner")
    return CRFRecognizer.load(folder / "model.crfner")


RULES = RuleSet(
    (
        DictionaryRule("drugs", "DRUG", terms=("paracetamol", "ibuprofen", "mg"), precision=0.9, edits=1, plural=True),
        RegexRule("dose", "DOSE", pattern=r"\d+ ?mg", priority=1),
        TokenRule("odd", "ODD", alternatives=(({"TEXT": {"REGEX": r"\W"}, "OP": "+"}, {"OP": "?"}),)),
        TokenRule("any", "DRUG", alternatives=(({"IS_ALPHA": True},),), context=Context(right=({"LIKE_NUM": True},))),
    )
)
"""All kinds of rules, some of which overlap."""


def loaded_rules(folder: Path) -> RuleRecognizer:
    RuleRecognizer(RULES).save(folder / "rules.crfner")
    return RuleRecognizer.load(folder / "rules.crfner")


@cache
def hybrid(policy: str) -> HybridRecognizer:
    with warnings.catch_warnings(action="ignore"):
        crf = CRFRecognizer("minimal", iterations=20)
        return HybridRecognizer(crf, RULES, policy, mine=True, folds=3).fit(TRAIN)


def loaded_hybrid(folder: Path) -> Recognizer:
    hybrid("union").save(folder / "hybrid.crfner")
    return load_model(folder / "hybrid.crfner")


def generous() -> CRFRecognizer:
    recognizer = copy(trained("IOB2"))
    recognizer.set_thresholds({"DOSE": 0.1, "MEDICINE": 0.05})
    return recognizer


@cache
def extended() -> ExtendedRecognizer:
    doses = [document.with_spans(s for s in document.spans if s.label == "DOSE") for document in TRAIN[50:]]
    with warnings.catch_warnings(action="ignore"):
        base = CRFRecognizer("minimal", iterations=20).fit(TRAIN[:50])
        return ExtendedRecognizer(base, CRFRecognizer("minimal", iterations=20)).fit(doses)


def loaded_extended(folder: Path) -> Recognizer:
    extended().save(folder / "extended.crfner")
    return load_model(folder / "extended.crfner")


@cache
def ensemble() -> EnsembleRecognizer:
    with warnings.catch_warnings(action="ignore"), one_process():
        return EnsembleRecognizer(CRFRecognizer("minimal", iterations=20), 2).fit(TRAIN)


def loaded_ensemble(folder: Path) -> Recognizer:
    ensemble().save(folder / "ensemble.crfner")
    return load_model(folder / "ensemble.crfner")


MAKERS = {
    "rule": lambda folder: Doses(),
    "rules": lambda folder: RuleRecognizer(RULES),
    "rules from a file": loaded_rules,
    "crf": lambda folder: trained("IOB2"),
    "crf with BIOES": lambda folder: trained("BIOES"),
    "crf from a file": loaded,
    "crf with thresholds": lambda folder: generous(),
    "ensemble": lambda folder: ensemble(),
    "ensemble from a file": loaded_ensemble,
    "extended": lambda folder: extended(),
    "extended from a file": loaded_extended,
    **{f"hybrid, {policy}": lambda folder, policy=policy: hybrid(policy) for policy in POLICIES},
    "hybrid from a file": loaded_hybrid,
}


@pytest.fixture(scope="module", params=MAKERS)
def recognizer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recognizer:
    return MAKERS[request.param](tmp_path_factory.mktemp("model"))


def essence(documents: Iterable[Document]) -> list[tuple[tuple[int, int, str, float | None, str | None], ...]]:
    """The spans with all that they hold; comparing spans passes over score and source."""
    return [tuple((s.start, s.end, s.label, s.score, s.source) for s in document.spans) for document in documents]


def inputs() -> list[Document]:
    """Real documents, odd texts, and one that is tokenised already, none with gold spans."""
    odd = [Document(text, id=f"odd-{number}") for number, text in enumerate(ODD_TEXTS)]
    return [*(document.with_spans(()) for document in DEV[:30]), *odd, tokenized(Document("50 mg", meta={"ward": 3}))]


def test_it_is_a_recogniser_by_the_protocol(recognizer: Recognizer) -> None:
    assert isinstance(recognizer, Recognizer)


def test_its_labels_are_sorted_and_it_gives_no_others(recognizer: Recognizer) -> None:
    assert list(recognizer.labels) == sorted(set(recognizer.labels))
    given = {span.label for document in recognizer.recognize(inputs()) for span in document.spans}
    assert given and given <= set(recognizer.labels)


def test_every_document_comes_back_in_its_place_with_its_text_id_and_meta(recognizer: Recognizer) -> None:
    found = list(recognizer.recognize(inputs()))
    assert [(d.text, d.id, d.meta) for d in found] == [(d.text, d.id, d.meta) for d in inputs()]


def test_tokens_and_sentences_that_a_document_has_are_kept(recognizer: Recognizer) -> None:
    cut = [tokenized(document) for document in inputs()]
    found = list(recognizer.recognize(cut))
    assert [(d.tokens, d.sentences) for d in found] == [(d.tokens, d.sentences) for d in cut]


def test_spans_lie_within_the_text_in_order_and_apart(recognizer: Recognizer) -> None:
    for document in recognizer.recognize(inputs()):
        assert all(0 <= span.start < span.end <= len(document.text) for span in document.spans)
        assert list(document.spans) == sorted(document.spans)
        assert not any(one.overlaps(other) for one, other in itertools.pairwise(document.spans))


def test_scores_are_probabilities_and_spans_tell_their_source(recognizer: Recognizer) -> None:
    for span in itertools.chain.from_iterable(d.spans for d in recognizer.recognize(inputs())):
        assert span.score is None or 0 <= span.score <= 1
        assert span.source


def test_the_same_input_gives_the_same_spans_and_scores(recognizer: Recognizer) -> None:
    assert essence(recognizer.recognize(inputs())) == essence(recognizer.recognize(inputs()))


def test_no_input_gives_no_output(recognizer: Recognizer) -> None:
    assert list(recognizer.recognize([])) == []


def test_what_was_read_before_does_not_matter(recognizer: Recognizer) -> None:
    together = list(recognizer.recognize(inputs()))
    alone = [next(iter(recognizer.recognize([document]))) for document in inputs()]
    assert [d.spans for d in alone] == [d.spans for d in together]
    backwards = list(recognizer.recognize(reversed(inputs())))[::-1]
    assert [d.spans for d in backwards] == [d.spans for d in together]


def test_spans_that_come_in_are_replaced_and_never_looked_at(recognizer: Recognizer) -> None:
    expected = essence(recognizer.recognize(inputs()))
    marked = [d.with_spans([Span(0, len(d.text), "WRONG", 0.5, "someone")] if d.text else ()) for d in inputs()]
    assert essence(recognizer.recognize(marked)) == expected


def test_what_comes_in_is_not_changed(recognizer: Recognizer) -> None:
    given = inputs()
    list(recognizer.recognize(given))
    assert given == inputs()


def test_a_stream_without_end_is_answered_while_it_runs(recognizer: Recognizer) -> None:
    found = itertools.islice(recognizer.recognize(itertools.cycle(inputs())), 300)
    assert sum(1 for _ in found) == 300


def test_an_error_of_the_stream_comes_through(recognizer: Recognizer) -> None:
    def stream() -> Iterator[Document]:
        yield Document("50 mg")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(recognizer.recognize(stream()))


def test_it_can_be_evaluated(recognizer: Recognizer) -> None:
    assert evaluate(DEV, recognizer.recognize(DEV), samples=1).micro.f1 > 0.02
