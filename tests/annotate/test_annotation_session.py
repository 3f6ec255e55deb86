"""What is shown while a text is labelled, in which order, and what is learnt from the answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from crfner import CRFRecognizer, Document, RuleRecognizer, Span, read, write
from crfner.annotate import AnswerLog, Example, Session, Setup, examples_of, shuffled
from crfner.annotate.findings import findings_of
from crfner.annotate.proposals import Proposal, disputed, merged
from crfner.annotate.seen import Seen
from crfner.annotate.training import Work
from crfner.errors import CrfnerError
from crfner.formats import Notes
from crfner.rules import DictionaryRule, RuleSet

DATA = Path(__file__).parents[2] / "data"
TEXTS = [Document("Mint tea, please.", id="a"), Document("Not the soup.", id="b"), Document("More mint tea!", id="c")]
TEA = {"start": 0, "end": 8, "label": "DRINK"}

Open = Callable[..., Session]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """A session over documents, with the file of answers `answers.jsonl`; asking again is starting again."""
    sessions: list[tuple[Session, AnswerLog]] = []

    def close() -> None:
        for session, log in sessions:
            session.trainer.stop()
            log.close()
        sessions.clear()

    def open_one(documents: Sequence[Document] = TEXTS, **setup: Any) -> Session:
        close()
        log = AnswerLog(tmp_path / "answers.jsonl")
        session = Session([Example(document) for document in documents], log, Setup("anna", **setup))
        sessions.append((session, log))
        return session

    yield open_one
    close()


def labelled(session: Session) -> list[Span]:
    return [span for document in session.accepted() for span in document.spans]


def test_texts_come_in_order_and_those_that_were_decided_on_come_no_more(opened: Open) -> None:
    session = opened(labels=["DRINK"])
    assert session.next() == 0
    session.answer(0, "accept", [TEA])
    assert session.next() == 1
    session.answer(1, "ignore", [])
    assert opened(labels=["DRINK"]).next() == 2  # started again, it goes on where it was


def test_when_all_are_decided_on_there_is_none(opened: Open) -> None:
    session = opened()
    for number in range(3):
        session.answer(number, "reject", [])
    assert session.next() is None
    assert session.progress()["left"] == 0


def test_going_back_goes_through_the_answers_the_latest_first(opened: Open) -> None:
    session = opened()
    for number in (1, 0):
        session.answer(number, "accept", [])
    assert (session.previous(2), session.previous(0), session.previous(1)) == (0, 1, None)
    assert session.history() == [0, 1]
    session.answer(1, "reject", [])  # a correction is the latest answer
    assert (session.history(), session.history("reject")) == ([1, 0], [1])
    assert opened().history() == [1, 0]


def test_a_new_answer_to_the_same_text_replaces_the_old_one(opened: Open) -> None:
    session = opened(labels=["DRINK"])
    session.answer(0, "accept", [TEA])
    assert session.progress()["entities"] == {"DRINK": 1}
    session.answer(0, "accept", [])
    assert labelled(session) == []
    assert session.progress()["entities"] == {"DRINK": 0}
    assert [proposal.span for proposal in session.shown(2)[0]] == []  # nor is it proposed elsewhere


def test_a_decided_text_is_shown_with_what_was_decided(opened: Open) -> None:
    session = opened(labels=["DRINK"])
    session.answer(0, "accept", [TEA])
    assert opened(labels=["DRINK"]).shown(0) == ([Proposal(Span(0, 8, "DRINK"), ())], "answer")


def test_what_was_marked_is_proposed_where_it_stands_again(opened: Open) -> None:
    session = opened(labels=["DRINK"])
    session.answer(0, "accept", [TEA])
    (proposal,), origin = session.shown(2)
    assert (proposal.span, proposal.sources, origin) == (Span(5, 13, "DRINK"), ("seen before",), "proposed")


def test_a_string_that_was_mostly_passed_over_is_not_proposed_any_more() -> None:
    seen = Seen([Document("Some chips", spans=(Span(5, 10, "FOOD"),))])
    score = [span.score for span in seen.spans(Document("Chips again"))]
    assert score == [2 / 3]
    for _ in range(2):
        seen.add(Document("My chips are down."))
    assert seen.spans(Document("Chips again")) == []


def test_counting_along_and_back_gives_what_counting_anew_gives() -> None:
    documents = list(read(DATA / "menu/train.jsonl"))[:80]
    along = Seen(documents[:40])
    for document in documents[40:]:
        along.add(document)
    found = [along.spans(document.with_spans(())) for document in documents]
    assert sum(map(len, found)) > 100
    marked = [{(span.start, span.end, span.label) for span in spans} for spans in found]
    anew = Seen(documents)
    assert marked == [{(s.start, s.end, s.label) for s in anew.spans(d.with_spans(()))} for d in documents]
    for document in documents:
        anew.discard(document)
    assert [anew.spans(document.with_spans(())) for document in documents] == [[]] * 80


def test_the_same_text_with_another_id_is_shown_as_it_was_accepted(opened: Open) -> None:
    session = opened([Document("Mint tea, please.", id="1"), Document("Mint tea, please.", id="2")], labels=["DRINK"])
    session.answer(0, "accept", [TEA])
    assert session.shown(1) == ([Proposal(Span(0, 8, "DRINK"), ("seen before",))], "same text")


def test_the_labels_of_the_data_are_shown_as_they_came(opened: Open) -> None:
    session = opened([Document("Mint tea", spans=(Span(5, 8, "DRINK"),))])
    assert session.shown(0) == ([Proposal(Span(5, 8, "DRINK"), ("data",))], "data")
    assert session.labels() == ["DRINK"]


def test_what_overlaps_goes_by_score_and_what_agrees_names_all_its_sources() -> None:
    model = [Span(0, 8, "DRINK", 0.9), Span(20, 24, "FOOD", 0.4)]
    rules = [Span(0, 8, "DRINK", 0.95, "teas"), Span(22, 30, "FOOD", None, "foods"), Span(5, 12, "FOOD", 0.2, "odd")]
    both, rule = merged({"model": model, "rule": rules})
    assert (both.span.score, both.sources) == (0.95, ("model", "rule teas"))
    assert (rule.span, rule.span.score, rule.sources) == (Span(22, 30, "FOOD"), None, ("rule foods",))


def test_model_and_rules_that_disagree_are_told_of() -> None:
    document = Document("Mint tea and soup", spans=(Span(0, 8, "DRINK"),))
    model, rules = [Span(0, 8, "DRINK")], [Span(5, 8, "DRINK", None, "teas"), Span(13, 17, "FOOD", None, "foods")]
    assert disputed(model, rules) == [(rules[0], (model[0],)), (rules[1], ())]
    border, missed = findings_of(document, [], model, rules)
    assert border.message == "the rule 'teas' finds DRINK in 'tea', the model DRINK for 'Mint tea'"
    assert (border.start, border.end, border.suggestion) == (0, 8, (rules[0],))
    assert (missed.kind, missed.suggestion) == ("disagreement", (rules[1],))
    assert len(findings_of(document, [], [], rules)) == 2  # a model that finds nothing disagrees too
    assert findings_of(document, [], None, rules) == []


def test_a_text_that_was_labelled_otherwise_before_is_told_of(opened: Open) -> None:
    texts = [Document(f"I had mint tea {number} times.", id=str(number)) for number in range(6)]
    session = opened(texts, labels=["DRINK", "FOOD"])
    for number in range(5):
        session.answer(number, "accept", [{"start": 6, "end": 14, "label": "DRINK"}])
    (finding,) = session.findings(5, [{"start": 6, "end": 14, "label": "FOOD"}])
    assert (finding.kind, finding.suggestion) == ("conflict", (Span(6, 14, "DRINK"),))
    (missing,) = session.findings(5, [])
    assert "is DRINK in 5 of 5 other places" in missing.message
    assert session.findings(5, [{"start": 6, "end": 14, "label": "DRINK"}]) == []


def test_labels_are_those_that_were_given_or_all_that_are_known(opened: Open) -> None:
    assert opened(labels=["B", "A"]).labels() == ["B", "A"]
    session = opened(known=["FOOD"], rules=RuleRecognizer(RuleSet()))
    session.add_label(" DIET ")
    session.answer(0, "accept", [{"start": 0, "end": 4, "label": "DIET"}])
    assert session.labels() == ["FOOD", "DIET"]
    assert opened(known=["FOOD"]).labels() == ["DIET", "FOOD"]  # one that was used is there at the next start


def test_with_labels_given_nothing_else_is_proposed(opened: Open) -> None:
    rules = RuleRecognizer(
        RuleSet((DictionaryRule("a", "FOOD", terms=("soup",)), DictionaryRule("b", "DRINK", terms=("tea",))))
    )
    session = opened([Document("Tea or soup")], labels=["FOOD"], rules=rules)
    assert [proposal.span.label for proposal in session.shown(0)[0]] == ["FOOD"]
    with pytest.raises(CrfnerError, match="labels are those of --labels"):
        session.add_label("DRINK")


@pytest.mark.parametrize(
    ("number", "answer", "spans", "says"),
    [
        (0, "perhaps", [], "one of accept, reject, ignore"),
        (7, "accept", [], "there is no example 7"),
        (-1, "accept", [], "there is no example -1"),
        (0, "accept", [{"start": 0, "end": 50, "label": "DRINK"}], "outside the text"),
        (0, "accept", [{"start": 0, "end": 4, "label": "OTHER"}], "there is no label 'OTHER'"),
        (0, "accept", [TEA, {"start": 5, "end": 8, "label": "DRINK"}], "overlap"),
        (0, "accept", [{"start": 4, "end": 5, "label": "DRINK"}], "only white space"),
        (0, "accept", [{"start": True, "end": 5, "label": "DRINK"}], "whole number"),
        (0, "accept", [[0, 4, "DRINK"]], "spans should be objects"),
        (0, "accept", [{}], "the start of span 1"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_not_written(
    opened: Open, tmp_path: Path, number: int, answer: str, spans: list[Any], says: str
) -> None:
    session = opened(labels=["DRINK"])
    with pytest.raises(CrfnerError, match=says):
        session.answer(number, answer, spans)
    assert (tmp_path / "answers.jsonl").read_bytes() == b""
    assert session.next() == 0


def test_answers_to_texts_that_the_data_lacks_now_are_kept_and_can_be_gone_back_to(opened: Open) -> None:
    opened(labels=["DRINK"]).answer(0, "accept", [TEA])
    session = opened(TEXTS[1:], labels=["DRINK"])
    assert [document.id for document in session.accepted()] == ["a"]
    assert session.examples[session.history()[0]].document.id == "a"
    assert session.progress() | {"training": None, "entities": None} == {
        "total": 3,
        "left": 2,
        "answers": {"accept": 1, "reject": 0, "ignore": 0},
        "entities": None,
        "training": None,
    }


def test_documents_are_shown_whole_or_by_sentence_and_each_once() -> None:
    notes: Notes = Notes()
    long = Document("He had tea. She had soup.", spans=(Span(20, 24, "FOOD"),), id="d")
    documents = [long, Document("One."), Document("  "), Document("One.")]
    assert [e.document for e in examples_of(documents, "document", notes)] == [long, documents[1]]
    assert sum(notes.values()) == 2
    first, second, third = examples_of(documents, "sentence", notes)
    assert [(e.document.id, e.document.text) for e in (first, second)] == [
        ("d:1", "He had tea."),
        ("d:2", "She had soup."),
    ]
    assert second.document.spans == (Span(8, 12, "FOOD"),)
    assert third.document == documents[1]


def test_the_order_that_a_seed_draws_is_always_the_same() -> None:
    examples = [Example(Document(str(number))) for number in range(20)]
    assert shuffled(examples, 1) == shuffled(examples, 1) != shuffled(examples, 2)
    assert sorted(shuffled(examples, 1), key=examples.index) == examples


def menu(opened: Open, count: int, **setup: Any) -> tuple[Session, list[Document]]:
    gold = list(read(DATA / "menu/train.jsonl"))[:count]
    return opened([document.with_spans(()) for document in gold], labels=["DIET", "DRINK", "FOOD"], **setup), gold


def spans_of(document: Document) -> list[dict[str, Any]]:
    return [{"start": span.start, "end": span.end, "label": span.label} for span in document.spans]


def test_a_model_is_trained_meanwhile_and_is_what_train_makes_of_the_export(opened: Open, tmp_path: Path) -> None:
    work = Work({"features": "minimal", "iterations": 20, "seed": 3}, save_path=str(tmp_path / "page.crfner"))
    session, gold = menu(opened, 60, work=work, retrain_after=30)
    for number, document in enumerate(gold[:30]):
        session.answer(number, "accept", spans_of(document))
    assert session.progress()["training"]["running"]
    assert not session.train()  # never two at once
    session.trainer.wait()
    training = session.progress()["training"]
    assert (training["error"], training["learnt"], training["times"]) == (None, 30, 1)

    write(session.accepted(), tmp_path / "export.jsonl")
    CRFRecognizer("minimal", iterations=20, seed=3).fit(read(tmp_path / "export.jsonl")).save(tmp_path / "own.crfner")
    assert (tmp_path / "page.crfner").read_bytes() == (tmp_path / "own.crfner").read_bytes()

    # what comes next is what the model is least sure of, with what it proposes
    from crfner.suggest import uncertainties

    model = CRFRecognizer.load(tmp_path / "own.crfner")
    doubts = uncertainties(model, [document.with_spans(()) for document in gold[30:]])
    order = sorted(range(30, 60), key=lambda number: -doubts[number - 30])
    assert list(session._waiting) == order != list(range(30, 60))
    found = [document.spans for document in model.recognize(gold[30:])]
    assert [session._model[number] for number in range(30, 60)] == found
    number = next(number for number in order if found[number - 30])
    assert any("model" in proposal.sources for proposal in session.shown(number)[0])


def test_with_a_model_from_the_start_what_it_is_least_sure_of_comes_first(opened: Open) -> None:
    session = opened(doubts=[0.1, 0.3, 0.2])
    assert session.next() == 1
    session.answer(1, "accept", [])
    assert session.next() == 2


def test_at_the_next_start_a_model_is_trained_at_once_where_there_are_answers_enough(opened: Open) -> None:
    session, gold = menu(opened, 12, retrain_after=0)
    for number, document in enumerate(gold[:10]):
        session.answer(number, "accept", spans_of(document))
    assert not session.progress()["training"]["running"]
    session, _ = menu(
        opened, 12, work=Work({"features": "minimal", "iterations": 5}), retrain_after=10, keep_order=True
    )
    assert session.progress()["training"]["running"]
    session.trainer.wait()
    assert session.progress()["training"]["learnt"] == 10
    assert session.next() == 10


def test_a_training_that_fails_is_told_of_and_the_next_can_go_well(opened: Open, tmp_path: Path) -> None:
    session, gold = menu(
        opened, 10, work=Work({"features": "minimal", "iterations": 5}, save_path=str(tmp_path / "no/m.crfner"))
    )
    assert not session.train()  # there is nothing to learn from
    session.answer(0, "accept", spans_of(gold[0]))
    assert session.train()
    session.trainer.wait()
    assert "no/m.crfner: cannot be written" in (session.trainer.error or "")
    (tmp_path / "no").mkdir()
    assert session.train()
    session.trainer.wait()
    assert session.trainer.error is None
    assert (tmp_path / "no/m.crfner").exists()


def test_a_model_that_is_given_is_built_on(opened: Open, tmp_path: Path) -> None:
    from crfner.recipes import Materials, Recipe
    from crfner.recipes import train as follow

    settings = {"features": "minimal", "iterations": 10}
    base = CRFRecognizer(**settings).fit(list(read(DATA / "menu/train.jsonl"))[100:140])
    base.save(tmp_path / "base.crfner")
    work = Work(settings, (tmp_path / "base.crfner").read_bytes(), str(tmp_path / "page.crfner"))
    session, gold = menu(opened, 25, work=work, retrain_after=20)
    for number, document in enumerate(gold[:20]):
        session.answer(number, "accept", spans_of(document))
    session.trainer.wait()
    assert session.trainer.error is None
    own = follow(Recipe(settings=settings), gold[:20], materials=Materials(base=base)).model
    own.save(tmp_path / "own.crfner")
    assert (tmp_path / "page.crfner").read_bytes() == (tmp_path / "own.crfner").read_bytes()


def test_ending_ends_the_training_too(opened: Open) -> None:
    session, gold = menu(opened, 60, work=Work({"features": "rich", "iterations": 500}), retrain_after=60)
    for number, document in enumerate(gold):
        session.answer(number, "accept", spans_of(document))
    session.trainer.stop()
    assert not session.trainer.is_running
    assert session.progress()["training"]["times"] == 0
