"""Regular-expression rules: hits anywhere in the text, groups, time limits, and what is refused."""

import warnings

import pytest

from crfner.document import Document
from crfner.errors import SettingError
from crfner.rules.matching.regexes import RegexMatcher, check_regex
from crfner.rules.values import RegexRule

CATASTROPHIC = r"^(?:a|aa)+$(?<=b)|^(a|a?)+\1$"
ENDLESS = "a" * 60 + "c"


def rule(pattern, group=0, name="r", **options):
    return RegexRule(name, "X", pattern=pattern, group=group, **options)


def matched(pattern, text, group=0):
    return [text[hit.start : hit.end] for hit in RegexMatcher([rule(pattern, group)]).hits(Document(text))]


def test_hits_carry_label_name_and_precision_and_need_no_tokens():
    (hit,) = RegexMatcher([rule(r"\d+", name="digits", precision=0.9)]).hits(Document("take 500mg"))
    assert (hit.start, hit.end, hit.label, hit.score, hit.source) == (5, 8, "X", 0.9, "digits")


def test_anchors_and_look_behind_see_the_whole_text():
    text = "Dr Okoye saw Ms Bello\nDr Ade left"
    assert matched(r"(?<=Dr )\w+", text) == ["Okoye", "Ade"]
    assert matched(r"^Dr \w+", text) == ["Dr Okoye"]
    assert matched(r"(?m)^Dr \w+", text) == ["Dr Okoye", "Dr Ade"]


def test_a_group_by_number_or_name_is_the_entity():
    text = "dose: 5 mg; dose: none"
    assert matched(r"dose: (\d+ mg|)", text, 1) == ["5 mg"]
    assert matched(r"dose: (?P<amount>\d+)?", text, "amount") == ["5"]


def test_empty_matches_are_passed_over():
    assert matched(r"a*", "baab") == ["aa"]


def test_white_space_at_the_borders_is_kept():
    assert matched(r" \d+ ", "a 5 b") == [" 5 "]


def test_unicode_properties_and_fuzzy_matching_of_the_regex_package_work():
    assert matched(r"\p{Lu}\p{Ll}+", "in Łódź") == ["Łódź"]
    assert matched(r"\b(?:ibuprofen){e<=1}\b", "ibuprofn") == ["ibuprofn"]


def test_rules_may_overlap_each_other():
    hits = RegexMatcher([rule("ab", name="1"), rule("bc", name="2")]).hits(Document("abc"))
    assert [(hit.start, hit.end, hit.source) for hit in hits] == [(0, 2, "1"), (1, 3, "2")]


def test_a_catastrophic_expression_is_left_off_counted_and_told_once():
    matcher = RegexMatcher([rule(CATASTROPHIC, name="slow"), rule("c", name="quick")], timeout=0.05)
    with pytest.warns(RuntimeWarning, match="rule 'slow': .* over 0.05 s .* possessive") as caught:
        assert [hit.source for hit in matcher.hits(Document(ENDLESS))] == ["quick"]
        assert [hit.source for hit in matcher.hits(Document(ENDLESS))] == ["quick"]
    assert len(caught) == 1
    assert matcher.timeouts == {"slow": 2}


def test_an_expression_that_runs_away_again_and_again_is_left_off_for_good():
    matcher = RegexMatcher([rule(CATASTROPHIC, name="slow")], timeout=0.05)
    with pytest.warns(RuntimeWarning) as caught:
        for _ in range(9):
            assert not list(matcher.hits(Document(ENDLESS)))
    assert matcher.timeouts == {"slow": 3} and len(caught) == 2
    assert "rule 'slow' ran out of time on 3 documents and is left off from now on" in str(caught[1].message)


def test_hits_before_the_time_ran_out_stay():
    matcher = RegexMatcher([rule(r"ok|(?:a|a?)+(?=b)", name="slow")], timeout=0.05)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert [hit.start for hit in matcher.hits(Document("ok " + ENDLESS * 500))][:1] == [0]


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*$", r"(.*a){20}$", r"(?:a?){30}a{30}$", r"(?R)", r"(?<!a*c)b"])
def test_patterns_known_to_explode_end_within_the_limit(pattern):
    matcher = RegexMatcher([rule(pattern)], timeout=0.2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        list(matcher.hits(Document("a" * 20_000 + "b")))


@pytest.mark.parametrize(
    ("pattern", "group", "message"),
    [
        ("(a", 0, "the regular expression '(a' is wrong at column 3: missing )"),
        ("a**", 0, "is wrong at column 3: multiple repeat"),
        ("a{3,1}", 0, "min repeat greater than max repeat"),
        (r"\p{Nonsense}", 0, "unknown property"),
        ("", 0, "a regular expression is a text that is not empty"),
        (5, 0, "a regular expression is a text that is not empty, not 5"),
        ("(a)(?P<dose>b)", 3, "has no group 3; its groups are 0, 1, 2, 'dose'"),
        ("(a)", "dose", "has no group 'dose'; its groups are 0, 1"),
        ("(a)", True, "has no group True"),
        ("(a)", -1, "has no group -1"),
        ("(" * 20_000 + ")" * 20_000, 0, "is nested too deeply"),
        ("((a{1000}){1000}){1000}", 0, "ask for more than 100,000 characters"),
        (r"(?:[ab)]\({2}){99999}", 0, "ask for more than 100,000 characters"),
        ("[" * 50_000, 0, "unterminated character set"),
        ("a{" + "9" * 5000 + "}", 0, "ask for more than 100,000 characters"),
        ("a{99999999}", 0, "ask for more than 100,000 characters"),
    ],
)
def test_an_expression_that_cannot_be_used_is_refused(pattern, group, message):
    with pytest.raises(SettingError) as caught:
        check_regex(pattern, group)
    assert message in str(caught.value)
    with pytest.raises(SettingError, match="rule 'r': "):
        RegexMatcher([rule(pattern, group)])


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}){0,1}",
        r"(?:\d{1,3}\.){3}\d{1,3}",
        r"[\]\[(]{3}\{[^]]{2}",
        r"(?:x{0,60000}y){0,60000}",
        r"(?:a{0}){99999}",
        "|".join(f"word{number}" for number in range(15_000)),
    ],
)
def test_usual_counts_are_no_trouble(pattern):
    check_regex(pattern)


def test_a_time_limit_that_is_not_positive_is_refused():
    with pytest.raises(SettingError, match="above 0"):
        RegexMatcher([], timeout=0)
