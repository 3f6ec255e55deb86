"""Errors in their sentences: which are shown, how they are grouped, and how long sentences are cut."""

from small_comparison import GOLD, TEXTS, clinic, document, documents, of

from crfner.document import Document, Span
from crfner.report.errors import cases, excerpt, select
from crfner.report.highlight import errors_section


def shown(case):
    return case.text[slice(*case.place)]


def test_each_sentence_with_an_error_is_a_case_and_no_other():
    found = cases(clinic())
    assert [shown(case) for case in found] == [
        TEXTS[0],
        "Amal Haddad has a stomach ulcer.",
        "She lost her hearing aid.",
        TEXTS[3],
        TEXTS[4],
    ]


def test_a_case_has_every_systems_reading_and_errors():
    case = cases(clinic())[1]
    assert [span.label for span in case.gold] == ["PERSON", "CONDITION"]
    assert [[case.text[span.start : span.end] for span in reading] for reading in case.readings] == [
        ["ulcer"],
        ["Amal Haddad", "ulcer"],
        ["Amal Haddad", "stomach ulcer"],
        ["Amal Haddad", "ulcer"],
    ]
    assert [(slip.system, slip.kind) for slip in case.slips] == [
        (0, "boundary"),
        (0, "missed"),
        (1, "boundary"),
        (3, "boundary"),
    ]
    assert case.kind == "boundary"
    assert case.disputed


def test_the_errors_of_all_cases_are_those_that_the_evaluation_counts():
    comparison = clinic()
    slips = [slip for case in cases(comparison) for slip in case.slips]
    for number, system in enumerate(comparison.systems):
        for kind, group in system.evaluation.errors.items():
            assert sum(slip.system == number and slip.kind == kind for slip in slips) == group.count


def test_an_entity_that_crosses_sentences_is_shown_whole():
    text = "She saw Dr. Who today. He went home."
    gold = document(text, [("Who today. He", "PERSON")])
    (case,) = cases(of([gold], a=[gold.with_spans([])]))
    assert shown(case) == text


def test_documents_without_tokens_and_entities_of_white_space_are_shown_too():
    gold = Document("Amal slept.\n\n  Omar left.", spans=(Span(0, 4, "PERSON"), Span(12, 14, "PERSON")))
    (case,) = cases(of([gold], a=[gold.with_spans([])]))
    assert case.gold == gold.spans
    assert shown(case) == "Amal slept.\n\n "


def test_at_most_so_many_are_shown_and_disagreements_come_first():
    texts = [f"Amal number {number} slept." for number in range(10)]
    gold = documents([[("Amal", "PERSON")]] * 10, texts)
    none = documents([[]] * 10, texts)
    half = documents([[("Amal", "PERSON")] if number % 2 else [] for number in range(10)], texts)
    found = cases(of(gold, none=none, half=half))
    assert len(found) == 10
    chosen = select(found, 3)
    assert all(case.disputed for case in chosen)
    assert [case.name for case in chosen] == ["note-2", "note-4", "note-8"]
    assert select(found, 100) == found
    section = errors_section(of(gold, none=none, half=half), limit=7)
    assert section.count("<article") == 7
    assert "3 more of this kind." in section


def test_a_very_long_sentence_is_cut_around_its_errors_for_all_systems_alike():
    filler = "and then nothing happened at all " * 60
    text = f"{filler}until Amal came {filler}and Omar left {filler}."
    gold = document(text, [("Amal", "PERSON"), ("Omar", "PERSON")])
    (case,) = cases(of([gold], a=[gold.with_spans([])]))
    pieces = [text[start:end] for start, end in excerpt(case)]
    assert len(pieces) == 2
    assert "until Amal came" in pieces[0] and "and Omar left" in pieces[1]
    assert sum(map(len, pieces)) < 400
    section = errors_section(of([gold], a=[gold.with_spans([])]))
    assert section.count("… ") == 4
    assert len(section) < 5000


def test_an_entity_of_thousands_of_characters_is_cut_within():
    text = "Name: " + "x" * 20_000
    gold = document(text, [("x" * 20_000, "ID")])
    (case,) = cases(of([gold], a=[gold.with_spans([])]))
    assert sum(end - start for start, end in excerpt(case)) < 400
    assert len(errors_section(of([gold], a=[gold.with_spans([])]))) < 5000


def test_overlapping_entities_are_all_shown():
    gold = document("New York City slept.", [("New York City", "LOC")])
    both = gold.with_spans([Span(0, 13, "LOC"), Span(4, 8, "COUNTY")])
    section = errors_section(of([gold], a=[both]))
    assert '(also <mark class="l0 wrong">York<bdi class="chip">COUNTY\u00a0✗</bdi></mark>)' in section


def test_systems_that_read_a_sentence_alike_share_a_line():
    section = errors_section(clinic())
    assert '<dt><bdi>crf default</bdi>, <bdi>same as crf</bdi><span class="kinds">type</span></dt>' in section
    assert "<dt><b>gold</b>, <bdi>hybrid union</bdi></dt>" in section


def test_a_missed_entity_and_a_wrong_one_are_told_apart_in_words():
    section = errors_section(clinic())
    assert '<span class="missed">Lindqvist<bdi class="chip">PERSON\u00a0missed</bdi></span>' in section
    assert '<mark class="l4 wrong">Ventolin<bdi class="chip">PERSON\u00a0✗</bdi></mark>' in section
    assert '<mark class="l3">Ventolin<bdi class="chip">MEDICINE</bdi></mark>' in section


def test_without_errors_there_is_a_sentence():
    gold = documents(GOLD)
    assert errors_section(of(gold, perfect=gold)) == "<p>No system made an error.</p>"
