"""Token patterns: what the attributes and operators mean, what is refused, and that no pattern can take forever."""

import pickle
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner.document import Document
from crfner.errors import SettingError
from crfner.rules.matching.patterns import TokenMatcher, check_pattern
from crfner.rules.values import TokenRule


def document(*sentences, **meta):
    """Tokens between spaces; one sentence an argument."""
    words = [sentence.split() for sentence in sentences]
    text, tokens, ranges = "", [], []
    for sentence in words:
        ranges.append((len(tokens), len(tokens) + len(sentence)))
        for word in sentence:
            tokens.append((len(text), len(text) + len(word)))
            text += word + " "
    return Document(text, tokens=tuple(tokens), sentences=tuple(ranges), meta=meta)


def rule(*alternatives, name="r", **options):
    return TokenRule(name, "X", alternatives=tuple(tuple(pattern) for pattern in alternatives), **options)


def matched(pattern, *sentences, **meta):
    """The text of what one pattern matches."""
    doc = document(*sentences, **meta)
    return [doc.text[hit.start : hit.end] for hit in TokenMatcher([rule(pattern)]).hits(doc)]


# Attributes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "yes", "no"),
    [
        ({"ORTH": "Dr"}, "Dr", "dr DR"),
        ({"TEXT": "Dr"}, "Dr", "dr DR"),
        ({"LOWER": "dr"}, "Dr dr DR", "Drs"),
        ({"lower": "dr"}, "Dr", "Drs"),
        ({"NORM": "d'or"}, "d’Or D'OR", "dor"),
        ({"LENGTH": 3}, "abc", "ab abcd"),
        ({"LENGTH": {">=": 3, "<": 5}}, "abc abcd", "ab abcde"),
        ({"LENGTH": {"IN": [1, 3]}}, "a abc", "ab"),
        ({"LENGTH": {"!=": 2}}, "a abc", "ab"),
        ({"SHAPE": "Xxxxx"}, "Paris Philadelphia", "Rome"),
        ({"SHAPE": "Xxxx"}, "Rome", "Paris"),
        ({"SHAPE": "dd-Xx"}, "12-Ab", "123-Ab"),
        ({"PREFIX": "β"}, "β-blocker", "beta-blocker"),
        ({"SUFFIX": "mab"}, "rituximab mab", "mabs"),
        ({"IS_ALPHA": True}, "naïve 東京", "a1 a-b"),
        ({"IS_ALPHA": False}, "a1 a-b", "naïve"),
        ({"IS_ASCII": False}, "naïve", "naive"),
        ({"IS_DIGIT": True}, "12", "1.2"),
        ({"IS_LOWER": True}, "mg", "Mg 5"),
        ({"IS_UPPER": True}, "AIDS HIV-1", "Aids 5"),
        ({"IS_TITLE": True}, "Aids", "AIDS aids"),
        ({"IS_PUNCT": True}, ", ... ¿", "$ a,"),
        ({"IS_CURRENCY": True}, "$ €", "USD ,"),
        ({"IS_BRACKET": True}, "( ]", "«"),
        ({"IS_QUOTE": True}, "“ ” '", "("),
        ({"IS_LEFT_PUNCT": True}, "( “", ") ”"),
        ({"IS_RIGHT_PUNCT": True}, ") ”", "( “"),
        ({"LIKE_NUM": True}, "5 1,000.5 -3 1/2 ten Tenth 21st twenty-one", "mg 1/2/3 stone"),
        ({"LIKE_URL": True}, "http://a.b www.who.int example.org example.co.uk/x?y", "e.g. 3.5 a@example.org"),
        ({"LIKE_EMAIL": True}, "a.b@example.org", "@user example.org"),
        ({"LOWER": {"IN": ["dr", "prof"]}}, "Dr PROF", "mr"),
        ({"LOWER": {"NOT_IN": ["dr", "prof"]}}, "mr", "Dr"),
        ({"TEXT": {"REGEX": "^[Dd]eca"}}, "Decathlon", "a-decathlon"),
        ({"LOWER": {"REGEX": "mab|nib"}}, "Rituximabs IMATINIB", "aspirin"),
        ({"REGEX": r"^\d+mg$"}, "50mg", "50mgs"),
        ({"TEXT": {"REGEX": {"IN": ["^a", "z$"]}}}, "ab yz", "zb"),
        ({"TEXT": {"REGEX": {"NOT_IN": ["^a", "z$"]}}}, "zb", "ab yz"),
        ({"LOWER": {"FUZZY1": "ibuprofen"}}, "Ibuprofen ibuprofn ibuprofin", "ibprfen"),
        ({"LOWER": {"FUZZY": "ibuprofen"}}, "ibprfen bprofn", "iprfn"),
        ({"LOWER": {"FUZZY1": {"IN": ["mitosis", "meiosis"]}}}, "mytosis meiosi", "meyosi"),
        ({"IS_TITLE": True, "LENGTH": {">": 3}, "TEXT": {"NOT_IN": ["Ward"]}}, "Clinic", "Ann Ward clinic"),
    ],
)
def test_an_attribute_holds_for_some_words_and_not_for_others(test, yes, no):
    assert matched([test], yes) == yes.split()
    assert matched([test], no) == []


def test_a_token_without_a_test_is_any_token():
    assert matched([{"LOWER": "dr"}, {}], "dr . x , dr x") == ["dr .", "dr x"]


def test_the_place_in_the_sentence_can_be_asked_for():
    assert matched([{"IS_SENT_START": True}], "a b", "c d") == ["a", "c"]
    assert matched([{"SENT_START": False}], "a b", "c d") == ["b", "d"]


def test_tags_are_read_from_the_first_further_column():
    columns = (("NNP", "VBZ"), ("B-NP", "B-VP"))
    assert matched([{"TAG": "NNP"}], "Amal walks", columns=columns) == ["Amal"]
    assert matched([{"POS": {"NOT_IN": ["NNP"]}}], "Amal walks", columns=columns) == ["walks"]


def test_no_test_of_a_tag_holds_where_there_are_none():
    assert matched([{"TAG": "NNP"}], "Amal walks") == []
    assert matched([{"TAG": {"NOT_IN": ["NNP"]}}], "Amal walks") == []


# Operators ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign", "expected"),
    [
        (None, ["a b"]),
        ("?", ["a b", "b", "b"]),
        ("*", ["a b", "b", "a a a b"]),
        ("+", ["a b", "a a a b"]),
        ("!", ["x b"]),
        ("{2}", ["a a b"]),
        ("{2,3}", ["a a a b"]),
        ("{2,}", ["a a a b"]),
        ("{,2}", ["a b", "b", "a a b"]),
    ],
)
def test_an_operator_says_how_often_a_token_comes(sign, expected):
    test = {"LOWER": "a"} if sign is None else {"LOWER": "a", "OP": sign}
    expected = {None: ["a b", "a b"], "?": ["a b", "b", "a b"]}.get(sign, expected)
    assert matched([test, {"LOWER": "b"}], "a b x b a a a b") == expected


def test_a_rule_takes_the_leftmost_match_there_the_longest_and_goes_on_after_it():
    titles = [{"IS_TITLE": True, "OP": "+"}]
    assert matched(titles, "the Royal Free Hospital in London") == ["Royal Free Hospital", "London"]
    assert matched([{"OP": "{2}"}], "a b c d e") == ["a b", "c d"]


def test_the_longest_of_all_alternatives_counts():
    doc = document("New York City Hall")
    matcher = TokenMatcher([rule([{"LOWER": "new"}, {"LOWER": "york"}], [{"LOWER": "new"}, {"OP": "{1,2}"}])])
    assert [doc.text[h.start : h.end] for h in matcher.hits(doc)] == ["New York City"]


def test_an_alternative_that_was_covered_may_still_match_after_the_first_hit():
    doc = document("a a a a")
    matcher = TokenMatcher([rule([{"IS_SENT_START": True}], [{"LOWER": "a", "OP": "{2}"}, {"OP": "!", "LOWER": "b"}])])
    assert [doc.text[h.start : h.end] for h in matcher.hits(doc)] == ["a a a"]


def test_hits_of_different_rules_may_overlap_and_carry_name_and_precision():
    doc = document("Dr Amal Okoye")
    rules = [rule([{"IS_TITLE": True, "OP": "+"}], name="titles", precision=0.5), rule([{"LOWER": "dr"}], name="dr")]
    hits = list(TokenMatcher(rules).hits(doc))
    assert [(h.start, h.end, h.label, h.score, h.source) for h in hits] == [
        (0, 13, "X", 0.5, "titles"),
        (0, 2, "X", None, "dr"),
    ]


def test_a_match_stays_within_its_sentence():
    assert matched([{"IS_TITLE": True, "OP": "+"}], "He saw Amal", "Okoye left") == ["He", "Amal", "Okoye"]


def test_an_empty_match_is_none():
    assert matched([{"LOWER": "a", "OP": "*"}, {"LOWER": "b", "OP": "?"}], "c d a") == ["a"]


def test_documents_without_tokens_or_sentences_are_no_trouble():
    matcher = TokenMatcher([rule([{"LOWER": "a"}, {"LOWER": "b"}])])
    assert list(matcher.hits(Document(""))) == []
    assert len(list(matcher.hits(Document("a b", tokens=((0, 1), (2, 3)))))) == 1


LETTERS = "abc"
SIGNS = ["", "?", "*", "+", "!", "{2}", "{1,3}", "{2,}", "{,2}"]
tokens = st.tuples(st.sampled_from(["a", "b", "c", "ab", "bc", "."]), st.sampled_from(SIGNS)).filter(
    lambda token: token != (".", "!")
)
patterns = st.lists(tokens, min_size=1, max_size=5)


def as_test(token):
    letters, sign = token
    test = {} if letters == "." else {"LOWER": {"IN": list(letters)}}
    return {**test, "OP": sign} if sign else test


def as_regex(pattern):
    """The same pattern over a text with one letter a token."""
    parts = []
    for letters, sign in pattern:
        one = "." if letters == "." else f"[{'^' if sign == '!' else ''}{letters}]"
        parts.append(one + {"!": "", "{,2}": "{0,2}"}.get(sign, sign))
    return "".join(parts)


def leftmost_longest(regexes, text):
    """By trying every stretch of the text."""
    found, start = [], 0
    while start < len(text):
        ends = [e for e in range(start + 1, len(text) + 1) if any(re.fullmatch(r, text[start:e]) for r in regexes)]
        if ends:
            found.append((start, ends[-1]))
        start = ends[-1] if ends else start + 1
    return found


@given(st.lists(patterns, min_size=1, max_size=3), st.text(LETTERS, min_size=1, max_size=12))
def test_operators_mean_what_they_mean_in_regular_expressions(alternatives, text):
    doc = document(" ".join(text))
    matcher = TokenMatcher([rule(*([as_test(token) for token in pattern] for pattern in alternatives))])
    hits = [(hit.start // 2, (hit.end + 1) // 2) for hit in matcher.hits(doc)]
    assert hits == leftmost_longest([as_regex(pattern) for pattern in alternatives], text)


# spaCy as an oracle ---------------------------------------------------------------------------------------------------

MARKS = "+ , . ; ( ) [ ] “ ” ' \" « » $ € %"
PLAIN = "a b the The AIDS Aids iPhone McKay Philadelphia naïve HIV-1 beta-blocker é É 東京"
NUMBERS_AND_ADDRESSES = (
    "12 1,000 1234567 1/2 ten first 3rd -5 x@example.org http://example.org www.example.org example.com"
)
WORDS = f"{MARKS} {PLAIN} {NUMBERS_AND_ADDRESSES}".split()
FLAGS = "ALPHA ASCII DIGIT LOWER UPPER TITLE PUNCT CURRENCY BRACKET QUOTE LEFT_PUNCT RIGHT_PUNCT"


def random_test(rng):
    def value(function):
        return function(rng.choice(WORDS))

    kind = rng.randrange(8)
    if kind == 0:
        return {}
    if kind == 1:
        return {"LOWER": value(str.lower)}
    if kind == 2:
        return {"TEXT": {rng.choice(["IN", "NOT_IN"]): rng.sample(WORDS, 8)}}
    if kind == 3:
        return {"LENGTH": {rng.choice(["==", "!=", ">=", "<=", ">", "<"]): rng.randrange(1, 6)}}
    if kind == 4:
        return {rng.choice(["TEXT", "LOWER"]): {"REGEX": rng.choice(["^a", "[0-9]", "x|e", "s$", "É"])}}
    if kind == 5:
        return {"LOWER": {rng.choice(["FUZZY", "FUZZY1", "FUZZY3"]): value(str.lower)}}
    if kind == 6:
        return {"SHAPE": rng.choice(["Xxxxx", "XXXX", "dddd", "xxx", "d,ddd", "xx"])}
    names = [*(f"IS_{flag}" for flag in FLAGS.split()), "LIKE_NUM", "LIKE_URL", "LIKE_EMAIL"]
    return {rng.choice(names): rng.random() < 0.8}


def random_pattern(rng):
    pattern = []
    for _ in range(rng.randint(1, 4)):
        test = random_test(rng)
        sign = rng.choice([None, None, "?", "*", "+", "!", "{2}", "{1,3}", "{2,}", "{,2}"])
        if sign and (test or sign != "!"):
            test = {**test, "OP": sign}
        pattern.append(test)
    return pattern


def test_spacy_finds_the_same():
    spacy = pytest.importorskip("spacy")
    from spacy.matcher import Matcher

    vocab = spacy.blank("en").vocab
    rng = random.Random(7)
    for _ in range(400):
        pattern = random_pattern(rng)
        words = rng.choices(WORDS, k=rng.randint(1, 15))
        theirs = Matcher(vocab)
        theirs.add("r", [pattern], greedy="FIRST")
        expected = sorted((s, e) for _, s, e in theirs(spacy.tokens.Doc(vocab, words=words)))
        doc = document(" ".join(words))
        begins = {start: number for number, (start, _) in enumerate(doc.tokens)}
        ends = {end: number for number, (_, end) in enumerate(doc.tokens, 1)}
        hits = [(begins[h.start], ends[h.end]) for h in TokenMatcher([rule(pattern)]).hits(doc)]
        assert hits == expected, (pattern, words)


# Bounds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pattern",
    [
        [{"LOWER": "a", "OP": "*"}] * 12 + [{"LOWER": "z"}],
        [{"OP": "*"}] * 12 + [{"LOWER": "z"}],
        [{"LOWER": "a", "OP": "?"}] * 30 + [{"LOWER": "a"}] * 30 + [{"LOWER": "z"}],
        [{"LOWER": "a", "OP": "{0,1000}"}, {"LOWER": "b"}],
        [{"LOWER": "a"}, {"LOWER": "a", "OP": "*"}, {"LOWER": "b", "OP": "?"}],
    ],
)
def test_no_pattern_takes_more_than_a_moment_on_a_sentence_without_end(pattern):
    assert len(matched(pattern, "a " * 10_000)) in (0, 1)


SLOW = r"^(?:a|aa)+$(?<=b)|^(a|a?)+\1$"


def test_a_slow_regular_expression_costs_its_hits_and_not_the_document():
    rules = [rule([{"REGEX": SLOW}], name="slow"), rule([{"LOWER": "ok"}], name="quick")]
    matcher = TokenMatcher(rules, timeout=0.05)
    doc = document("a" * 60 + "c ok", "a" * 50 + "d")
    with pytest.warns(RuntimeWarning, match="rule 'slow'.*possessive") as caught:
        assert [hit.source for hit in matcher.hits(doc)] == ["quick"]
        assert [hit.source for hit in matcher.hits(doc)] == ["quick"]
    assert len(caught) == 1  # it is told only once


def test_a_slow_regular_expression_is_tried_again_in_the_next_document():
    matcher = TokenMatcher([rule([{"REGEX": SLOW}])], timeout=0.05)
    with pytest.warns(RuntimeWarning):
        assert list(matcher.hits(document("a" * 60 + "c aa"))) == []
    assert len(list(matcher.hits(document("aa")))) == 1


def test_the_opposite_of_a_test_that_ran_out_of_time_does_not_hold_either():
    matcher = TokenMatcher([rule([{"REGEX": SLOW, "OP": "!"}])], timeout=0.05)
    with pytest.warns(RuntimeWarning):
        assert list(matcher.hits(document("a" * 60 + "c"))) == []


def test_matchers_can_be_sent_to_other_processes():
    matcher = TokenMatcher([rule([{"REGEX": "^a"}, {"LENGTH": {">": 1}}, {"LOWER": {"FUZZY": "c"}}])])
    doc = document("ab bc c")
    assert list(pickle.loads(pickle.dumps(matcher)).hits(doc)) == list(matcher.hits(doc))


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("dr", "a token pattern is a list of mappings"),
        ({"LOWER": "dr"}, "a token pattern is a list of mappings"),
        ([], "needs a token at least"),
        (["dr"], "token 1: a token is a mapping such as {LOWER: dr}, not 'dr'"),
        ([{}, {"LOWWER": "x"}], "token 2: there is no attribute 'LOWWER'; did you mean LOWER?"),
        ([{"COLOUR": "x"}], "there is no attribute 'COLOUR'; known are TEXT, LOWER"),
        ([{"LEMMA": "be"}], "LEMMA needs a parser, which crfner does not have"),
        ([{"ENT_TYPE": "PER"}], "ENT_TYPE needs entities"),
        ([{"IS_STOP": True}], "IS_STOP needs a list of stop words"),
        ([{"_": {"x": 1}}], "extension attributes"),
        ([{"LOWER": "a", "lower": "b"}], "LOWER is there twice"),
        ([{"LOWER": False}], "LOWER takes a text, not False; put it in quotes"),
        ([{"LOWER": {"IN": ["a", 5]}}], "LOWER IN takes a text, not 5"),
        ([{"LOWER": {"IN": "dr"}}], "LOWER IN takes a list, such as [dr, prof], not 'dr'"),
        ([{"LOWER": {"INN": ["a"]}}], "LOWER has no comparison 'INN'; did you mean IN?"),
        ([{"LOWER": {}}], "LOWER is compared with nothing"),
        ([{"TEXT": {"REGEX": "(a"}}], "TEXT REGEX: the regular expression '(a' is wrong at column 3"),
        ([{"REGEX": {"ANY": ["a"]}}], "REGEX takes a text, or a mapping of IN or NOT_IN to a list"),
        ([{"LENGTH": "5"}], "LENGTH takes a number, not '5'"),
        ([{"LENGTH": True}], "LENGTH takes a number, not True"),
        ([{"LENGTH": {"REGEX": "5"}}], "LENGTH has no comparison 'REGEX'; known are IN, NOT_IN, =="),
        ([{"IS_TITLE": "yes"}], "IS_TITLE is true or false, not 'yes'"),
        ([{"LOWER": "a", "OP": "**"}], "OP is one of ?, *, +, !, {n}, {n,m}, {n,} or {,m}, not '**'"),
        ([{"LOWER": "a", "OP": "{,}"}], "OP is one of"),
        ([{"LOWER": "a", "OP": 2}], "OP is one of"),
        ([{"LOWER": "a", "OP": "{3,2}"}], "OP {3,2} asks for at most 2 tokens"),
        ([{"LOWER": "a", "OP": "{0}"}], "OP {0} asks for at most 0 tokens"),
        ([{"LOWER": "a", "OP": "{1,100000}"}], "OP {1,100000} goes beyond 1000"),
        ([{"LOWER": "a", "OP": "{" + "9" * 5000 + "}"}], "OP is one of"),
        ([{"OP": "!"}], "! without a test is for no token at all"),
    ],
)
def test_a_pattern_that_makes_no_sense_is_refused_with_its_token(pattern, message):
    with pytest.raises(SettingError) as caught:
        check_pattern(pattern, "rule 'x'")
    assert message in str(caught.value)
    assert str(caught.value).startswith("rule 'x'")


def test_a_checked_pattern_has_its_names_in_capitals_and_is_a_fixed_point():
    pattern = [{"lower": {"in": ["a"]}, "op": "?"}, {"regex": "^b"}, {"length": {">=": 2}}, {}]
    checked = check_pattern(pattern)
    assert checked == ({"LOWER": {"IN": ["a"]}, "OP": "?"}, {"REGEX": "^b"}, {"LENGTH": {">=": 2}}, {})
    assert check_pattern(checked) == checked
