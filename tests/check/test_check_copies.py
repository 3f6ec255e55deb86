"""Documents and sentences that are there twice, in one set of data or in two."""

from __future__ import annotations

from marked import marked

from crfner.check.duplicates import duplicates
from crfner.check.leaks import leaks, near_duplicates

SENTENCE = "The [Bank ORG] of this town was closed all day."
OTHER = "Nobody knew of any reason why that might be so."


def test_a_second_document_with_the_same_entities_is_safe_to_remove() -> None:
    (finding,) = duplicates([marked(SENTENCE), marked(OTHER), marked(SENTENCE)])
    assert (finding.severity, finding.safe, finding.suggestion) == ("info", True, None)
    assert finding.message == "the document is the same as document 1, entities and all"
    assert finding.place and finding.place.document == 2


def test_a_copy_that_lacks_an_entity_is_an_error_at_that_place() -> None:
    (finding,) = duplicates([marked(SENTENCE), marked("The Bank of this town was closed all day.")])
    assert (finding.severity, finding.score, finding.safe) == ("error", 0.5, False)
    assert finding.message == "'Bank' is not marked here, but is ORG in 1 of 1 other copies of this document"
    assert finding.place and (finding.place.document, finding.place.text) == (1, "Bank")
    assert finding.suggestion and finding.suggestion[0].label == "ORG"


def test_a_copy_with_other_borders_is_one_finding_and_the_majority_is_right() -> None:
    other = marked("[The Bank ORG] of this town was closed all day.")
    disputed = [finding for finding in duplicates([marked(SENTENCE), other, marked(SENTENCE)]) if not finding.safe]
    assert [(finding.message, round(finding.score, 2)) for finding in disputed] == [
        ("'The Bank' is ORG here, but 'Bank' is ORG in 2 of 2 other copies of this document", 0.67)
    ]
    assert disputed[0].suggestion and (disputed[0].suggestion[0].start, disputed[0].suggestion[0].end) == (4, 8)


def test_a_sentence_in_two_documents_may_mean_something_else_and_is_a_warning() -> None:
    (finding,) = duplicates([marked(f"{SENTENCE} {OTHER}"), marked(f"Yes. {SENTENCE.replace('ORG', 'LOC')}")])
    assert finding.severity == "warning"
    assert finding.message == "'Bank' is LOC here, but 'Bank' is ORG in 1 of 1 other copies of this sentence"


def test_short_sentences_come_again_by_themselves() -> None:
    assert list(duplicates([marked("See above. One."), marked("See above. Two.")])) == []


# Two sets


def test_a_sentence_of_the_other_set_is_a_leak_whatever_its_case() -> None:
    (finding,) = leaks([marked(OTHER), marked(SENTENCE)], [marked(SENTENCE.upper().replace(" ORG]", " ORG]"))])
    assert finding.message == "the sentence is in both sets"
    assert finding.place and (finding.place.document, finding.place.other) == (1, False)
    assert [(place.document, place.other) for place in finding.evidence] == [(0, True)]


def test_a_leak_with_other_entities_says_so() -> None:
    (finding,) = leaks([marked(SENTENCE)], [marked(SENTENCE.replace("ORG", "LOC"))])
    assert finding.message == "the sentence is in both sets, with other entities there"


def test_a_sentence_with_one_word_changed_is_a_near_copy_and_no_leak() -> None:
    text = "On Monday the [Bank ORG] of this town was closed all day and nobody knew why it was so."
    changed, different = text.replace("Monday", "Friday"), f"{OTHER[:-1]} and yet the town was open."
    (finding,) = near_duplicates([marked(different), marked(text)], [marked(OTHER), marked(changed)])
    assert finding.message == "the sentence has 80% of its pairs of words in common with one of the other set"
    assert finding.place and finding.place.document == 1
    assert finding.evidence[0].document == 1 and finding.evidence[0].other
    assert list(near_duplicates([marked(text)], [marked(text)])) == []
    assert list(leaks([marked(text)], [marked(changed)])) == []
