"""The context of a rule: what must or must not stand beside a hit, or elsewhere in its sentence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.errors import SettingError
from crfner.rules.matching.contexts import Contexts
from crfner.rules.values import Context, DictionaryRule, RegexRule
from crfner.tokenize import tokenized


def holds(text, hit, document=None, **parts):
    """Whether a rule with this context may have its hit, the first place of `hit` in the text."""
    document = document or tokenized(Document(text))
    rule = RegexRule("r", "X", pattern="x", context=Context(**{name: tuple(p) for name, p in parts.items()}))
    start = text.index(hit)
    return Contexts([rule]).holds(rule, Span(start, start + len(hit), "X"), document)


DR = [{"LOWER": {"IN": ["dr", "dr."]}}]
MG = [{"LOWER": "mg"}]


def test_a_rule_without_context_always_holds():
    rule = DictionaryRule("d", "X", terms=("a",))
    assert Contexts([rule]).holds(rule, Span(0, 1, "X"), tokenized(Document("a b")))


def test_an_empty_context_asks_for_nothing():
    assert holds("a b", "a")


def test_left_must_be_right_before_the_hit():
    assert holds("saw Dr Okoye today", "Okoye", left=DR)
    assert not holds("saw Dr Ade Okoye today", "Okoye", left=DR)
    assert not holds("Okoye saw Dr Ade", "Okoye", left=DR)


def test_right_must_be_right_after_the_hit():
    assert holds("take 5 mg now", "5", right=MG)
    assert not holds("take 5 or 6 mg now", "5", right=MG)
    assert not holds("take mg 5", "5", right=MG)


def test_what_must_not_be_beside_the_hit():
    assert not holds("saw Dr Okoye", "Okoye", not_left=DR)
    assert holds("saw Ms Okoye", "Okoye", not_left=DR)
    assert holds("Okoye", "Okoye", not_left=DR, not_right=MG)
    assert not holds("take 5 mg", "5", not_right=MG)


def test_all_parts_must_hold():
    assert holds("dose 5 mg", "5", left=[{"LOWER": "dose"}], right=MG)
    assert not holds("dose 5 ml", "5", left=[{"LOWER": "dose"}], right=MG)


def test_operators_work_beside_the_hit():
    words = [{"LOWER": "allergic"}, {"LOWER": "to"}, {"IS_ALPHA": True, "OP": "*"}, {"IS_PUNCT": True, "OP": "?"}]
    assert holds("allergic to penicillin", "penicillin", left=words)
    assert holds("allergic to old cheap penicillin", "penicillin", left=words)
    assert holds('allergic to the " penicillin', "penicillin", left=words)
    assert not holds("allergic to 5 penicillin", "penicillin", left=words)


def test_an_empty_match_is_none_on_either_side():
    maybe = [{"LOWER": "dr", "OP": "?"}]
    assert not holds("saw Okoye", "Okoye", left=maybe)
    assert holds("saw Okoye", "Okoye", not_left=maybe)


def test_beside_means_within_the_sentence():
    text = "He is a dr . Okoye left ."
    two = Document(text, tokens=tokenized(Document(text)).tokens, sentences=((0, 5), (5, 8)))
    stop = [{"LOWER": "."}]
    assert not holds(text, "Okoye", two, left=stop)
    assert holds(text, "Okoye", two, not_left=stop)
    assert not holds(text, ". O"[:1], two, right=[{"LOWER": "okoye"}])


def test_sentence_may_match_anywhere_in_it_but_not_within_the_hit():
    word = [{"LOWER": "ward"}]
    assert holds("the ward has room 5", "5", sentence=word)
    assert holds("5 is on that ward", "5", sentence=word)
    assert not holds("see Ward B", "Ward B", sentence=word)
    assert not holds("the sick ward today", "ward", sentence=[{"LOWER": "sick"}, {"LOWER": "ward"}])
    assert holds("the Ward B ward", "Ward B", sentence=word)


def test_not_sentence_looks_at_the_same_place():
    word = [{"LOWER": "ward"}]
    assert not holds("the ward has room 5", "5", not_sentence=word)
    assert holds("see Ward B", "Ward B", not_sentence=word)
    text = "On the ward . Room 5 ."
    two = Document(text, tokens=tokenized(Document(text)).tokens, sentences=((0, 4), (4, 7)))
    assert holds(text, "5", two, not_sentence=word)


def test_a_hit_that_spans_sentences_has_both():
    text = "ward a b . c bed"
    doc = Document(text, tokens=tokenized(Document(text)).tokens, sentences=((0, 4), (4, 6)))
    assert holds(text, "b . c", doc, left=[{"LOWER": "a"}], right=[{"LOWER": "bed"}])
    assert holds(text, "b . c", doc, sentence=[{"LOWER": "ward"}])
    assert holds(text, "b . c", doc, sentence=[{"LOWER": "bed"}])
    assert not holds(text, "b . c", doc, sentence=[{"LOWER": "c"}])


def test_a_hit_inside_a_token_counts_as_the_token():
    assert holds("dose 500mg daily", "500", left=[{"LOWER": "dose"}], right=[{"LOWER": "daily"}])


def test_a_hit_between_tokens_has_those_beside_it():
    assert holds("a  b", "  ", left=[{"LOWER": "a"}], right=[{"LOWER": "b"}])
    assert holds("a  ", "  ", left=[{"LOWER": "a"}])


def test_a_document_without_tokens_has_no_context():
    assert not holds("  ", " ", left=DR)
    assert holds("  ", " ", not_left=DR, not_sentence=DR)


def test_one_object_serves_many_documents_and_rules():
    left = RegexRule("left", "X", pattern="x", context=Context(left=({"LOWER": "dr"},)))
    plain = RegexRule("plain", "X", pattern="x")
    contexts = Contexts([left, plain])
    for text, expected in [("Dr Ade", True), ("Ms Ade", False), ("Dr Ade", True)]:
        document = tokenized(Document(text))
        assert contexts.holds(left, Span(3, 6, "X"), document) is expected
        assert contexts.holds(plain, Span(3, 6, "X"), document)


def test_a_context_that_makes_no_sense_is_refused_with_its_place():
    rule = RegexRule("r", "X", pattern="x", context=Context(not_left=({"LOWWER": "dr"},)))
    with pytest.raises(SettingError, match="rule 'r', context, not_left, token 1: there is no attribute 'LOWWER'"):
        Contexts([rule])


SIGNS = ["", "?", "*", "+", "!", "{2}", "{1,3}", "{,2}"]
patterns = st.lists(st.tuples(st.sampled_from(["a", "b", "ab"]), st.sampled_from(SIGNS)), min_size=1, max_size=4)


@given(patterns, st.text("abc", min_size=1, max_size=10), st.data())
def test_contexts_agree_with_regular_expressions_over_a_letter_a_token(pattern, text, data):
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    tests = tuple({"LOWER": {"IN": list(letters)}, **({"OP": sign} if sign else {})} for letters, sign in pattern)
    negated = {"!": "", "{,2}": "{0,2}"}
    expression = "".join(f"[{'^' * (sign == '!')}{letters}]{negated.get(sign, sign)}" for letters, sign in pattern)

    def matches(stretch):
        return stretch != "" and re.fullmatch(expression, stretch) is not None

    before, after = text[:first], text[last:]
    expected = {
        "left": any(matches(before[start:]) for start in range(len(before))),
        "right": any(matches(after[:end]) for end in range(len(after) + 1)),
        "sentence": any(
            matches(part[start:end])
            for part in (before, after)
            for start in range(len(part))
            for end in range(len(part) + 1)
        ),
    }
    spaced = " ".join(text)
    document = Document(spaced, tokens=tuple((2 * i, 2 * i + 1) for i in range(len(text))), sentences=((0, len(text)),))
    for part, truth in expected.items():
        for name, wanted in ((part, truth), (f"not_{part}", not truth)):
            rule = RegexRule("r", "X", pattern="x", context=Context(**{name: tests}))
            assert Contexts([rule]).holds(rule, Span(2 * first, 2 * last - 1, "X"), document) is wanted


def test_many_hits_in_one_long_sentence_cost_no_more_than_a_few():
    size = 20_000
    document = Document("a " * size, tokens=tuple((2 * i, 2 * i + 1) for i in range(size)), sentences=((0, size),))
    parts = Context(left=({"LOWER": "b"}, {"LOWER": "a", "OP": "*"}), not_sentence=({"OP": "*"}, {"LOWER": "b"}))
    rule = RegexRule("r", "X", pattern="a", context=parts)
    contexts = Contexts([rule])
    assert not any(contexts.holds(rule, Span(2 * i, 2 * i + 1, "X"), document) for i in range(size))
