"""Lexicons: gazetteers match the longest entry from the left, clusters give prefixes of bit paths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import Clusters, FeatureSet, Gazetteer


def places(entries: list[str], words: str) -> str:
    """The places of blank-separated words, "-" outside."""
    return "".join(place or "-" for place in Gazetteer.from_lines(entries).match(words.split(" ")))


@pytest.mark.parametrize(
    ("entries", "words", "expected"),
    [
        (["Rome"], "in Rome today", "-S-"),
        (["New York"], "in New York", "-BE"),
        (["New York City"], "New York City", "BIE"),
        (["Bank of New York City"], "the Bank of New York City", "-BIIIE"),
        (["New York", "New York City"], "New York City and New York", "BIE-BE"),
        (["New York", "York City Hall"], "New York City Hall", "BE--"),
        (["a b c", "a"], "a b", "S-"),
        (["a b", "b c d"], "a b c d", "BE--"),
        (["Rome"], "Rome Rome", "SS"),
        (["NEW york"], "new YORK", "BE"),
        (["New York"], "New Yorker", "--"),
        ([], "New York", "--"),
    ],
    ids=str,
)
def test_the_longest_match_that_starts_leftmost_wins(entries: list[str], words: str, expected: str) -> None:
    assert places(entries, words) == expected


@pytest.mark.parametrize(
    ("entry", "words", "expected"),
    [
        ("St. Ives", "St. Ives", "BE"),
        ("St. Ives", "St . Ives", "BIE"),
        ("AT&T", "AT&T", "S"),
        ("AT&T", "AT & T", "BIE"),
        ("AT & T", "AT&T", "S"),
        ("U.S.", "U.S.", "S"),
        ("U.S. Army", "the U.S. Army", "-BE"),
        ("O'Neill", "O ' Neill", "BIE"),
        ("O'Neill", "O'Neill", "S"),
        ("beta-blocker", "beta - blocker", "BIE"),
        ("Hoek van Holland", "Hoek-van-Holland", "-"),
    ],
    ids=str,
)
def test_it_does_not_matter_how_the_tokeniser_cuts_a_name(entry: str, words: str, expected: str) -> None:
    assert places([entry], words) == expected


@pytest.mark.parametrize(
    ("entries", "words", "expected"),
    [
        (["Acme Inc"], "Acme Inc.", "BE"),
        (["Acme Inc."], "Acme Inc.", "BE"),
        (["Acme Inc"], "Acme Inc .", "BE-"),
        (["Acme Inc", "Acme Inc of Ohio"], "Acme Inc .", "BE-"),
        (["Rome"], "Rome.", "S"),
        (["Rome"], ".", "-"),
    ],
    ids=str,
)
def test_a_final_point_within_a_token_may_be_missing_from_the_entry(
    entries: list[str], words: str, expected: str
) -> None:
    assert places(entries, words) == expected


def test_composed_and_decomposed_letters_match() -> None:
    assert places(["Bàbá"], "Ba\u0300ba\u0301") == "S"
    assert places(["Ba\u0300ba\u0301"], "Bàbá") == "S"


def test_tokens_without_any_character_that_counts_end_no_match() -> None:
    assert Gazetteer.from_lines(["Rome", "Rome is old"]).match(["Rome", "\xa0", "is"]) == ["S", "", ""]
    assert Gazetteer.from_lines(["Rome"]).match(["\xa0"]) == [""]


def test_blank_lines_are_passed_over() -> None:
    assert Gazetteer.from_lines(["", "Rome\n", "  \n"]) == Gazetteer.from_lines(["Rome"])


def test_an_entry_without_pieces_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one piece"):
        Gazetteer(frozenset([()]))


@given(lines=st.lists(st.text(max_size=12)))
def test_a_gazetteer_survives_its_lines(lines: list[str]) -> None:
    gazetteer = Gazetteer.from_lines(lines)
    assert Gazetteer.from_lines(gazetteer.to_lines()) == gazetteer


@given(entries=st.lists(st.text("ab. ", max_size=6)), words=st.lists(st.text("ab.", min_size=1, max_size=2)))
def test_places_are_well_formed(entries: list[str], words: list[str]) -> None:
    found = Gazetteer.from_lines(entries).match(words)
    assert len(found) == len(words)
    assert not "".join(place or "-" for place in found).replace("I", "").replace("BE", "").replace("S", "").strip("-")


def test_a_gazetteer_gives_its_name_and_the_place_over_its_window() -> None:
    features = FeatureSet({"gazetteers": {"window": 1}}, {"city": Gazetteer.from_lines(["New York"])})
    assert features.lists([["New", "York", "grows"]]) == [
        [
            ["gazetteer.city[0]=B", "gazetteer.city[1]=E"],
            ["gazetteer.city[-1]=B", "gazetteer.city[0]=E"],
            ["gazetteer.city[-1]=E"],
        ]
    ]


def test_gazetteers_do_not_match_across_sentences() -> None:
    features = FeatureSet({"gazetteers": {}}, {"city": Gazetteer.from_lines(["New York"])})
    assert features.lists([["New"], ["York"]]) == [[[]], [[]]]


def test_prefixes_of_a_path() -> None:
    clusters = Clusters({"monday": "0110101110"})
    assert clusters.prefixes("monday") == ["0110", "011010", "0110101110"]
    assert clusters.prefixes("monday", [1, 2]) == ["0", "01"]


def test_a_short_path_is_given_once() -> None:
    assert Clusters({"monday": "011"}).prefixes("monday") == ["011"]


def test_the_word_as_written_comes_before_its_lower_case() -> None:
    clusters = Clusters({"May": "00", "may": "11"})
    assert [clusters.prefixes(word) for word in ("May", "may", "MAY", "June")] == [["00"], ["11"], ["11"], []]


def test_clusters_are_read_with_further_columns_and_any_line_end() -> None:
    lines = ["0110\tmonday\t17\r\n", "\n", "0111\ttuesday"]
    assert Clusters.from_lines(lines).paths == {"monday": "0110", "tuesday": "0111"}


@pytest.mark.parametrize("line", ["0110 monday", "monday\t0110", "\tmonday", "0110", "0110\t", "01x\tmonday"])
def test_a_line_of_another_form_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 of the clusters should be a path of 0 and 1, a tab and a word"):
        Clusters.from_lines(["0110\tmonday", line])


def test_clusters_survive_their_lines() -> None:
    clusters = Clusters({"monday": "0110", "Œuvre": "1", "a b": "00"})
    assert Clusters.from_lines(clusters.to_lines()) == clusters


def test_clusters_give_their_name_and_the_prefixes_over_their_window() -> None:
    features = FeatureSet({"clusters": {"window": [0, 1], "lengths": [1, 2]}}, {"brown": Clusters({"on": "10"})})
    assert features.lists([["Go", "on"]]) == [
        [["cluster.brown[1]=1", "cluster.brown[1]=10"], ["cluster.brown[0]=1", "cluster.brown[0]=10", "border[1]"]]
    ]


def test_clusters_can_be_part_of_a_conjunction() -> None:
    config = {"clusters": {"lengths": [2]}, "conjunctions": [["cluster.brown[0]", "case[0]"]]}
    (token,) = FeatureSet(config, {"brown": Clusters({"on": "101"})}).lists([["On"]])[0]
    assert "cluster.brown[0]&case[0]=10|title" in token


@given(
    entries=st.lists(st.sampled_from(["a", "a b", "b c d", "a.", "c", "b.c", "d d"]), max_size=5),
    words=st.lists(st.sampled_from(["a", "A", "b", "c", "d", "b.c", "a.", "x"]), max_size=8),
)
def test_what_lies_within_the_words_matches_them_alike(entries: list[str], words: list[str]) -> None:
    gazetteer = Gazetteer.from_lines(entries)
    smaller = gazetteer.within(words)
    assert smaller.entries <= gazetteer.entries
    assert smaller.match(words) == gazetteer.match(words)


def test_clusters_within_words_are_those_of_their_capitals_and_lower_case() -> None:
    clusters = Clusters({"monday": "01", "Monday": "10", "tuesday": "11"})
    assert clusters.within(["Monday"]).paths == {"monday": "01", "Monday": "10"}
    assert clusters.within(["TUESDAY"]).prefixes("TUESDAY") == ["11"]
