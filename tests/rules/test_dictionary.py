"""What dictionary rules find: each option, borders and offsets, and agreement with trying every range of tokens."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.rules.matching.dictionary import DictionaryMatcher
from crfner.rules.matching.edits import distance
from crfner.rules.matching.variants import Form, form_of, pieces
from crfner.rules.values import DictionaryRule
from crfner.tokenize import tokenized

TOKENIZERS = ["default", "wordpunct", "whitespace"]


def rule(*terms: str, name: str = "r", **options: Any) -> DictionaryRule:
    return DictionaryRule(name, "X", terms=terms, **options)


def found(text: str, *rules: DictionaryRule, tokenizer: str = "default") -> list[str]:
    document = tokenized(Document(text), tokenizer)
    return [text[span.start : span.end] for span in DictionaryMatcher(rules).hits(document)]


def test_a_hit_has_the_rules_label_name_and_precision() -> None:
    document = tokenized(Document("He took aspirin."))
    (span,) = DictionaryMatcher([DictionaryRule("drugs", "DRUG", precision=0.9, terms=("Aspirin",))]).hits(document)
    assert (span.start, span.end, span.label, span.score, span.source) == (8, 15, "DRUG", 0.9, "drugs")


def test_the_longest_term_wins_and_matching_goes_on_after_it() -> None:
    terms = rule("heart", "heart failure", "failure clinic", "clinic")
    assert found("heart failure clinic", terms) == ["heart failure", "clinic"]


def test_a_shorter_term_is_found_where_a_longer_one_breaks_off() -> None:
    assert found("acute heart failing", rule("heart", "acute heart failure")) == ["heart"]


def test_hits_of_different_rules_may_overlap() -> None:
    one, two = rule("heart failure", name="one"), rule("failure", "heart", name="two")
    assert found("heart failure", one, two) == ["heart failure", "heart", "failure"]


def test_rules_that_share_a_term_both_find_it_in_their_order() -> None:
    document = tokenized(Document("aspirin"))
    rules = [rule("aspirin", name="b"), rule("Aspirin", "aspirin", name="a"), rule("aspirin", name="c", case="match")]
    assert [span.source for span in DictionaryMatcher(rules).hits(document)] == ["b", "a", "c"]


def test_no_hit_crosses_a_sentence_border() -> None:
    text = "It is new. York is old."
    document = Document(text, ((0, 2), (3, 5), (6, 9), (11, 15)), ((0, 3), (3, 4)))
    assert list(DictionaryMatcher([rule("new York")]).hits(document)) == []
    joined = Document(text, document.tokens, ((0, 4),))
    assert list(DictionaryMatcher([rule("new York")]).hits(joined)) == [Span(6, 15, "X")]


def test_a_document_without_sentences_is_a_single_one() -> None:
    document = Document("in New York", ((0, 2), (3, 6), (7, 11)))
    assert list(DictionaryMatcher([rule("New York")]).hits(document)) == [Span(3, 11, "X")]


def test_a_document_without_tokens_has_no_hits() -> None:
    assert list(DictionaryMatcher([rule("a")]).hits(Document(""))) == []


def test_offsets_are_those_of_the_text_whatever_white_space_is_in_it() -> None:
    text = "  in\tNew \n York"
    tokens = ((2, 4), (5, 8), (11, 15))
    assert list(DictionaryMatcher([rule("new  york")]).hits(Document(text, tokens, ((0, 3),)))) == [Span(5, 15, "X")]


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("term", ["U.S. Army", "AT&T", "drug-eluting stent", "don't", "b.i.d.", "(+)-catechin", "C++"])
def test_terms_are_found_however_the_text_is_tokenised(term: str, tokenizer: str) -> None:
    assert found(f"so {term} is", rule(term), tokenizer=tokenizer) == [term]


def test_terms_are_found_where_every_character_is_a_token() -> None:
    assert found("我在東京都。", rule("東京")) == ["東京"]


def test_a_term_starts_and_ends_with_a_token() -> None:
    assert found("painkiller 5mg 10 mg", rule("pain", "mg", "killer")) == ["mg"]


@pytest.mark.parametrize("term", ["Acme Inc", "Acme Inc."])
def test_the_point_that_ends_a_token_may_be_in_the_term_or_not(term: str) -> None:
    assert found("at Acme Inc. today", rule(term), tokenizer="whitespace") == ["Acme Inc."]


def test_a_point_that_is_a_token_is_left_out() -> None:
    assert found("at Acme Inc .", rule("Acme Inc"), tokenizer="whitespace") == ["Acme Inc"]


@pytest.mark.parametrize("term", ["", " ", "\u200b"])
def test_an_empty_term_finds_nothing(term: str) -> None:
    assert found("a \u200b b", rule(term)) == []


def test_terms_may_be_punctuation() -> None:
    assert found("a & b ... c", rule("&", "...")) == ["&", "..."]


def test_no_rules_find_nothing() -> None:
    assert found("a b") == []


@pytest.mark.parametrize(
    ("case", "expected"),
    [("ignore", ["aids", "AIDS", "ASPIRIN"]), ("match", ["AIDS"]), ("smart", ["AIDS", "ASPIRIN"])],
)
def test_case_is_ignored_or_matched_or_matched_for_acronyms(case: str, expected: list[str]) -> None:
    assert found("aids AIDS ASPIRIN", rule("AIDS", "aspirin", case=case)) == expected


def test_smart_case_keeps_the_longest_of_both_kinds_of_terms() -> None:
    assert found("AIDS related", rule("AIDS", "aids related", case="smart")) == ["AIDS related"]
    assert found("MS related MS", rule("MS related", "MS", case="smart")) == ["MS related", "MS"]


def test_case_folding_is_that_of_unicode() -> None:
    assert found("STRASSE Straße strasse", rule("straße")) == ["STRASSE", "Straße", "strasse"]


def test_turkish_letters_are_told_apart_unless_diacritics_are_ignored() -> None:
    text = "İzmir izmir IZMIR ızmir"
    assert found(text, rule("izmir")) == ["izmir", "IZMIR"]
    assert found(text, rule("İzmir")) == ["İzmir"]
    assert found(text, rule("İzmir", diacritics="ignore")) == ["İzmir", "izmir", "IZMIR"]


@pytest.mark.parametrize("term", ["Müller", "Mu\u0308ller"])
@pytest.mark.parametrize("text", ["Müller", "Mu\u0308ller"])
def test_composed_and_decomposed_letters_are_the_same(term: str, text: str) -> None:
    assert found(f"von {text} hier", rule(term, case="match")) == [text]


def test_diacritics_are_matched_or_ignored_both_ways() -> None:
    text = "Muller Müller Mu\u0308ller"
    assert found(text, rule("Muller")) == ["Muller"]
    assert found(text, rule("Muller", diacritics="ignore")) == text.split()
    assert found(text, rule("Müller", diacritics="ignore")) == text.split()


def test_apostrophes_are_the_same() -> None:
    assert found("Crohn’s disease, Crohn's disease", rule("Crohn's disease")) == ["Crohn’s disease", "Crohn's disease"]


def test_plurals_and_singulars_are_found_when_asked_for() -> None:
    text = "artery arteries stents stent"
    assert found(text, rule("artery", "stents")) == ["artery", "stents"]
    assert found(text, rule("artery", "stents", plural=True)) == text.split()


def test_the_plural_of_an_acronym_keeps_to_its_case() -> None:
    assert found("AID AIDs AIDS", rule("AID", plural=True, case="smart")) == ["AID", "AIDs"]


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
@pytest.mark.parametrize("term", ["drug-eluting stent", "drug eluting stent"])
def test_a_hyphen_is_a_blank_when_asked_for(term: str, tokenizer: str) -> None:
    texts = ["drug-eluting stent", "drug eluting stent", "drug – eluting stent", "drug\u2010eluting-stent"]
    for text in texts:
        assert found(f"a {text} in", rule(term, hyphen=True), tokenizer=tokenizer) == [text]
    assert found("a drugeluting stent", rule(term, hyphen=True), tokenizer=tokenizer) == []


def test_a_hyphen_stays_one_at_the_edge_of_a_term() -> None:
    assert found("blood O- and O", rule("O-", hyphen=True), tokenizer="whitespace") == ["O-"]
    assert found("blood O -.", rule("O-", hyphen=True)) == ["O -"]
    assert found("pre- and post", rule("pre and", hyphen=True)) == []


@pytest.mark.parametrize(
    ("word", "edits"), [("asprin", 1), ("aspirrin", 1), ("aspiren", 1), ("sapirin", 1), ("xspirin", 1), ("espirine", 2)]
)
def test_misspelt_terms_are_found_within_the_edits(word: str, edits: int) -> None:
    assert found(f"took {word} daily", rule("aspirin", edits=edits)) == [word]
    assert found(f"took {word} daily", rule("aspirin", edits=edits - 1)) == []


def test_edits_are_counted_over_all_words_of_a_term() -> None:
    text = "diabets melitus"
    assert found(text, rule("diabetes mellitus", edits=1)) == []
    assert found(text, rule("diabetes mellitus", edits=2)) == [text]


def test_short_terms_numbers_and_marks_are_not_misspelt() -> None:
    assert found("gout goat", rule("gout", edits=2)) == ["gout"]
    assert found("vitamin B6 vitamin; D", rule("vitamin B12", "vitamin D", edits=2)) == []


def test_a_well_spelt_term_wins_over_misspelt_ones() -> None:
    assert found("chronic heart failure", rule("chronic hearts", "heart failure", edits=1)) == ["heart failure"]


def test_a_rule_has_only_its_own_edits() -> None:
    strict, loose = rule("aspirin", name="strict"), rule("aspirin", name="loose", edits=1)
    document = tokenized(Document("asprin aspirin"))
    assert [span.source for span in DictionaryMatcher([strict, loose]).hits(document)] == ["loose", "strict", "loose"]


@pytest.mark.parametrize("options", [{"case": "upper"}, {"diacritics": "drop"}, {"edits": 3}])
def test_an_unknown_option_is_refused_with_the_known_ones(options: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=r"rule 'r' has .* should be one of"):
        DictionaryMatcher([rule("a", **options)])


def test_half_characters_and_nul_do_no_harm() -> None:
    assert found("a \ud800 b\0c d", rule("d", "\ud801", "\0")) == ["\ud800", "\0", "d"]


def test_a_matcher_can_be_pickled() -> None:
    matcher = DictionaryMatcher([rule("heart failure", "aspirin", edits=1, case="smart")])
    document = tokenized(Document("asprin for heart failure"))
    expected = list(matcher.hits(document))
    assert list(pickle.loads(pickle.dumps(matcher)).hits(document)) == expected != []


WORDS = ["a", "ab", "A", "AB", "b", "é", "e\u0301", "ß", "ss", "İ", "i", "1", "&", ".", "a.", "u.s.", "’", "'", "東"]
SOME_TEXT = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " "])), max_size=10).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)
SOME_TERMS = st.lists(
    st.lists(st.sampled_from([*WORDS, "a-b", "a b", "é-1"]), min_size=1, max_size=3).map(" ".join), max_size=6
)
SOME_OPTIONS = st.fixed_dictionaries(
    {
        "case": st.sampled_from(["ignore", "match", "smart"]),
        "diacritics": st.sampled_from(["match", "ignore"]),
        "hyphen": st.booleans(),
    }
)
SOME_HYPHENS = st.sampled_from(["", "-", " - "])


def tried(document: Document, one: DictionaryRule) -> Iterator[tuple[int, int]]:
    """The hits of a rule, by comparing every range of tokens with every term, the longest first."""
    terms = [(form_of(one, term), form_of(one, term).key(term)) for term in one.terms]

    def is_term(start: int, end: int) -> bool:
        texts = [document.text[start:end]]
        token = next(document.text[first:last] for first, last in document.tokens if last == end)
        if len(token) > 1 and token[-1] == "." != token[-2]:
            texts.append(texts[0][:-1])
        return any(form.key(text) == key for text in texts for form, key in terms)

    for first, last in document.sentences:
        position = first
        while position < last:
            start = document.tokens[position][0]
            for end in range(last, position, -1):
                if is_term(start, document.tokens[end - 1][1]):
                    yield start, document.tokens[end - 1][1]
                    position = end
                    break
            else:
                position += 1


@given(st.lists(SOME_TEXT, max_size=3), SOME_HYPHENS, SOME_TERMS, SOME_TERMS, SOME_OPTIONS, st.sampled_from(TOKENIZERS))
@settings(max_examples=400, deadline=None)
def test_hits_are_those_of_trying_every_range(
    texts: list[str], between: str, terms: list[str], others: list[str], options: dict[str, Any], tokenizer: str
) -> None:
    document = tokenized(Document(between.join(texts)), tokenizer)
    rules = [rule(*terms, **options), rule(*others, name="other")]
    for together in (rules, rules[:1]):  # a rule alone takes a shorter way
        hits = list(DictionaryMatcher(together).hits(document))
        for one in together:
            assert [(span.start, span.end) for span in hits if span.source == one.name] == list(tried(document, one))


def alignment(left: str, right: str) -> int:
    """Optimal string alignment as it is defined."""
    if not left or not right:
        return len(left) + len(right)
    costs = [
        alignment(left[1:], right) + 1,
        alignment(left, right[1:]) + 1,
        alignment(left[1:], right[1:]) + (left[0] != right[0]),
    ]
    if left[:2] == right[:2][::-1] and len(left) > 1:
        costs.append(alignment(left[2:], right[2:]) + 1)
    return min(costs)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 2))
def test_the_distance_is_that_of_optimal_string_alignment(left: str, right: str, limit: int) -> None:
    assert distance(left, right, limit) == min(alignment(left, right), limit + 1)


LONG_WORDS = st.text("abcd", min_size=1, max_size=14)


@given(st.data(), st.lists(st.lists(LONG_WORDS, min_size=1, max_size=2), min_size=1, max_size=4), st.integers(1, 2))
@settings(max_examples=200, deadline=None)
def test_misspelt_hits_are_those_of_trying_every_range(data: st.DataObject, terms: list[list[str]], edits: int) -> None:
    words = [data.draw(misspelt(word)) for term in data.draw(st.permutations(terms)) for word in term]
    document = tokenized(Document(" ".join(words)))
    one = rule(*(" ".join(term) for term in terms), edits=edits)
    exact = list(tried(document, one))
    expected = sorted([*exact, *tried_misspelt(document, one, exact)])
    assert [(span.start, span.end) for span in DictionaryMatcher([one]).hits(document)] == expected


@st.composite
def misspelt(draw: st.DrawFn, word: str) -> str:
    """The word after up to three edits."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(word)))
        letter = draw(st.sampled_from(["", "a", "x", word[max(at - 1, 0) : at]]))
        word = word[:at] + letter + word[at + draw(st.integers(0, 1)) :]
    return word or "a"


def tried_misspelt(document: Document, one: DictionaryRule, exact: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The hits with edits beside the exact ones, by measuring every range of tokens against every term."""
    terms = [[piece for _, piece in pieces(Form().key(term))] for term in one.terms if sum(map(str.isalpha, term)) >= 5]
    words, tokens = document.words(), document.tokens

    def is_term(first: int, last: int) -> bool:
        there = words[first:last]
        return any(
            len(term) == len(there) and sum(distance(*pair, 2) for pair in zip(term, there, strict=True)) <= one.edits
            for term in terms
        )

    position = 0
    while position < len(tokens):
        for last in range(len(tokens), position, -1):
            start, end = tokens[position][0], tokens[last - 1][1]
            free = all(end <= other_start or other_end <= start for other_start, other_end in exact)
            if free and is_term(position, last):
                yield start, end
                position = last
                break
        else:
            position += 1
