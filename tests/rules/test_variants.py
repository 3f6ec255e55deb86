"""Which spellings of a term are the same, and what its plurals are."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner.rules.matching.variants import Form, form_of, is_acronym, numbers, pieces, plurals, singulars
from crfner.rules.values import DictionaryRule

EXACT = Form(case=False)
FOLDED = Form()
PLAIN = Form(diacritics=True)
HYPHEN = Form(hyphen=True)


@pytest.mark.parametrize(
    ("form", "left", "right"),
    [
        (EXACT, "AT & T", "AT&T"),
        (EXACT, "heart\n failure", "heart failure"),
        (EXACT, "caf\u00e9", "cafe\u0301"),
        (EXACT, "Crohn’s", "Crohn's"),
        (EXACT, "COVID\u201119", "COVID-19"),
        (EXACT, "hyper\u00adtension", "hypertension"),
        (EXACT, "New\u200bYork", "New York"),
        (FOLDED, "ÉCOLE", "école"),
        (FOLDED, "STRASSE", "Straße"),
        (FOLDED, "ΟΔΟΣ", "οδός".replace("ό", "ο")),
        (FOLDED, "İzmir", "i̇zmir"),
        (PLAIN, "Müller", "MULLER"),
        (PLAIN, "İzmir", "izmir"),
        (PLAIN, "Sa\u0304o", "Sāo"),
        (PLAIN, "קָפֶה", "קפה"),
        (HYPHEN, "drug-eluting", "drug eluting"),
        (HYPHEN, "drug — eluting", "drug-eluting"),
        (HYPHEN, "beta–blocker", "beta blocker"),
    ],
)
def test_these_spellings_have_one_key(form: Form, left: str, right: str) -> None:
    assert form.key(left) == form.key(right) != ""


@pytest.mark.parametrize(
    ("form", "left", "right"),
    [
        (EXACT, "Aids", "AIDS"),
        (EXACT, "drug-eluting", "drug eluting"),
        (EXACT, "beta–blocker", "beta-blocker"),
        (FOLDED, "resume", "résumé"),
        (FOLDED, "ısı", "ISI"),
        (FOLDED, "İzmir", "izmir"),
        (PLAIN, "が", "か"),
        (PLAIN, "की", "क"),
        (HYPHEN, "drugeluting", "drug-eluting"),
        (HYPHEN, "O-", "O"),
        (HYPHEN, "a -- b", "a b"),
        (HYPHEN, "pre- and", "pre and"),
    ],
)
def test_these_spellings_have_different_keys(form: Form, left: str, right: str) -> None:
    assert form.key(left) != form.key(right)


@pytest.mark.parametrize("nothing", ["", "  ", "\n", "\u00ad", "\u200b"])
def test_nothing_has_an_empty_key(nothing: str) -> None:
    assert FOLDED.key(nothing) == ""


@given(st.text(), st.sampled_from([EXACT, FOLDED, PLAIN, HYPHEN]))
def test_a_key_does_not_depend_on_how_letters_are_composed(text: str, form: Form) -> None:
    assert (
        form.key(unicodedata.normalize("NFD", text)) == form.key(text) == form.key(unicodedata.normalize("NFC", text))
    )


@given(st.text(alphabet="aé .-&’_\u0301\t", max_size=12), st.sampled_from([EXACT, FOLDED, PLAIN]))
def test_a_key_is_its_own_key(text: str, form: Form) -> None:
    key = form.key(text)
    assert form.key(key) == key


@given(st.text(alphabet="ab .-é\u0928\u0947&_", max_size=12))
def test_pieces_are_all_of_a_key_but_its_blanks(text: str) -> None:
    key = FOLDED.key(text)
    found = list(pieces(key))
    assert "".join(piece for _, piece in found) == key.replace(" ", "")
    assert all(key.startswith(piece, start) for start, piece in found)


def test_a_letter_and_its_mark_are_in_one_piece() -> None:
    assert [piece for _, piece in pieces(FOLDED.key("हिन्दी भाषा!"))] == ["हिन्दी", "भाषा", "!"]


@pytest.mark.parametrize(
    ("term", "acronym"),
    [("AIDS", True), ("U.S.", True), ("H1N1", True), ("STROKE", False), ("Aids", False), ("12", False)],
)
def test_an_acronym_is_in_capitals_and_short(term: str, acronym: bool) -> None:
    assert is_acronym(term) == acronym


def test_smart_case_looks_at_the_case_of_acronyms_alone() -> None:
    rule = DictionaryRule("r", "X", case="smart", diacritics="ignore")
    assert form_of(rule, "AIDS") == Form(case=False, diacritics=True)
    assert form_of(rule, "Aspirin") == Form(case=True, diacritics=True)


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("stent", "stents"),
        ("abscess", "abscesses"),
        ("box", "boxes"),
        ("virus", "viruses"),
        ("stitch", "stitches"),
        ("artery", "arteries"),
        ("assay", "assays"),
        ("leaf", "leaves"),
        ("knife", "knives"),
        ("cliff", "cliffs"),
        ("tomato", "tomatoes"),
        ("piano", "pianos"),
        ("disease", "diseases"),
        ("valve", "valves"),
        ("Kidney", "Kidneys"),
        ("ARTERY", "ARTERIES"),
        ("MRI", "MRIs"),
        ("CT", "CTs"),
        ("école", "écoles"),
    ],
)
def test_regular_plurals_are_made_and_undone(singular: str, plural: str) -> None:
    assert plural in plurals(singular)
    assert singular in singulars(plural)


@pytest.mark.parametrize("word", ["virus", "abscess", "arthritis", "AIDS", "gas", "stent"])
def test_these_words_are_no_plurals(word: str) -> None:
    assert singulars(word) == ()


def test_only_the_last_word_of_a_term_has_a_plural() -> None:
    assert numbers("eyes and ear") == ["eyes and ear", "eyes and ears"]


@pytest.mark.parametrize("term", ["COVID-19", "Yahoo!", "patient's", "500mg", "vitamin B", ""])
def test_a_term_that_ends_with_no_word_has_no_plural(term: str) -> None:
    assert numbers(term) == [term]


@given(st.text(alphabet="aefhosvxyz", min_size=2, max_size=8))
def test_every_singular_has_the_word_as_its_plural(word: str) -> None:
    assert all(word in plurals(singular) for singular in singulars(word))
