"""Vectors: read as their programs write them, kept as signs, and given as the numbers that lie apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import FeatureSet, Vectors

GLOVE = ["the 1.0 -2.0 0.5\n", "cat 3.0 2.0 0.5\n", "dog 2.0 0.0 .5\n"]
SIGNS = {"the": "--.", "cat": "++.", "dog": "..."}

WORDS = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1, max_size=8)


def test_a_number_clearly_above_or_below_its_mean_has_a_sign() -> None:
    assert Vectors.from_lines(GLOVE).signs == SIGNS


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["3 3\n", *GLOVE], id="with how many there are"),
        pytest.param([line.replace("\n", " \r\n") for line in GLOVE], id="blanks and another end of line"),
        pytest.param([line.replace(" ", "\t") for line in GLOVE], id="tabs"),
        pytest.param(["\n", *GLOVE, " \n"], id="blank lines"),
        pytest.param([*GLOVE, "\xa0 1 2 3\n"], id="a word of blanks"),
    ],
)
def test_what_programs_write_is_read_alike(lines: list[str]) -> None:
    found = Vectors.from_lines(lines).signs
    assert found.keys() == SIGNS.keys() and found["dog"][2] == "."


def test_a_word_may_hold_blanks() -> None:
    assert "New York" in Vectors.from_lines([*GLOVE, "New York 1 2 3"]).signs


def test_a_word_that_is_there_twice_has_its_first_vector() -> None:
    assert Vectors.from_lines(["a\t+\n", "a\t-\n"]).signs == {"a": "+"}
    assert Vectors.from_lines(["a 1", "b 2", "a 2"]).signs["a"] == "-"


@pytest.mark.parametrize("line", ["word 1 2", "word 1 2 x", "word 1 2 nan", "word 1 2 1e60", "word"])
def test_a_line_of_another_form_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 4 of the vectors should be a word and 3 numbers, parted by blanks: 'w"):
        Vectors.from_lines([*GLOVE, line])


@pytest.mark.parametrize("line", ["word", "New York 1 2", "0110\tmonday\t17"])
def test_a_first_line_of_another_form_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 1 of the vectors should be a word and"):
        Vectors.from_lines([line])


@pytest.mark.parametrize("line", ["dog\t+", "dog\t+.0", "dog 1 2 3", "\t+.-"])
def test_signs_of_another_form_are_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 of the vectors should be a word, a tab and 3 signs"):
        Vectors.from_lines(["cat\t+.-\n", line])


def test_signs_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="as many signs"):
        Vectors({"a": "+", "b": "+-"})


@given(signs=st.dictionaries(WORDS, st.text("+-.", min_size=3, max_size=3), max_size=6))
def test_vectors_survive_their_lines(signs: dict[str, str]) -> None:
    vectors = Vectors(signs)
    assert Vectors.from_lines([f"{line}\n" for line in vectors.to_lines()]) == vectors


@given(st.dictionaries(WORDS.filter(str.strip), st.lists(st.floats(-9, 9), min_size=2, max_size=2), max_size=6))
def test_vectors_of_a_file_are_those_that_were_written(rows: dict[str, list[float]]) -> None:
    words = {word.strip(): values for word, values in rows.items()}
    lines = [f"{len(words)} 2\n", *(f"{word} {first!r} {second!r}\n" for word, (first, second) in words.items())]
    assert Vectors.from_lines(lines) == Vectors.quantised(words, words.values())


def test_the_word_as_written_comes_before_its_lower_case() -> None:
    vectors = Vectors({"May": "+.", "may": "-+"})
    assert [vectors.apart(word) for word in ("May", "MAY", "June")] == [["0+"], ["0-", "1+"], []]
    assert vectors.within(["MAY"]) == Vectors({"may": "-+"})


def test_vectors_give_their_name_and_what_lies_apart_over_their_window() -> None:
    features = FeatureSet({"vectors": {"window": [0, 1]}}, {"glove": Vectors({"on": "+.-"})})
    assert features.lists([["Go", "on"]]) == [
        [["vector.glove[1]=0+", "vector.glove[1]=2-"], ["vector.glove[0]=0+", "vector.glove[0]=2-", "border[1]"]]
    ]
