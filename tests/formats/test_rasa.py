"""Rasa's training data: read as Rasa reads it, and written only where Rasa would read the same."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_round_trips import documents

from crfner import formats
from crfner.document import Document, Span
from crfner.errors import CrfnerError, InputError

GOLDEN = Path(__file__).parent / "golden"
HEAD = "nlu:\n- intent: x\n  examples: |\n"


def refusal(tmp_path: Path, content: str) -> str:
    path = tmp_path / "nlu.yml"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        list(formats.read(path))
    return str(caught.value).removeprefix(str(path))


def test_examples_of_both_forms_are_read_and_what_is_no_example_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    documents = list(formats.read(GOLDEN / "rasa.yml", notes=notes))
    assert documents == [
        Document("a table in Köln", spans=(Span(11, 15, "city"),), meta={"intent": "book"}),
        Document(
            "fly from Rome to NYC",
            spans=(Span(9, 13, "city"), Span(17, 20, "city")),
            meta={
                "intent": "book",
                "attributes": [[9, 13, "city", {"role": "from"}], [17, 20, "city", {"value": "New York"}]],
            },
        ),
        Document("hello Ann", spans=(Span(6, 9, "person"),), meta={"intent": "greet"}),
        Document("hey", meta={"intent": "greet"}),
    ]
    assert notes == {
        "lookup tables left out": 1,
        "metadata left out": 2,
        "regular expressions left out": 1,
        "sections other than nlu left out ('responses')": 1,
        "synonyms left out": 1,
    }


def test_intents_roles_and_values_are_written_again(tmp_path: Path) -> None:
    golden = GOLDEN / "restaurant.yml"
    formats.write(formats.read(golden), tmp_path / "x.yml")
    assert (tmp_path / "x.yml").read_text() == golden.read_text()
    formats.write(formats.read(golden), tmp_path / "x.jsonl")
    formats.write(formats.read(tmp_path / "x.jsonl"), tmp_path / "y.yml")
    assert (tmp_path / "y.yml").read_text() == golden.read_text()


def test_the_format_is_known_by_its_content(tmp_path: Path) -> None:
    for name in ("rasa.yml", "restaurant.yml"):
        (tmp_path / "x.txt").write_bytes((GOLDEN / name).read_bytes())
        assert formats.sniff(tmp_path / "x.txt") == "rasa"


def test_an_open_bracket_before_an_entity_belongs_to_it_as_in_rasa(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(HEAD + "    - see [1 [Apple](ORG) [x] (y)\n")
    (document,) = formats.read(tmp_path / "x.yml")
    assert document.text == "see 1 [Apple [x] (y)"
    assert document.spans == (Span(4, 12, "ORG"),)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("stories: []\n", ":1: there is no 'nlu' at the top"),
        ("a: 1\nnlu: x\n", ":2: under 'nlu' there should be a list of intents, not 'x'"),
        ("nlu:\n- x\n", ":2: a part of 'nlu' should be a mapping"),
        ("nlu:\n- name: x\n", ":2: a part of 'nlu' has 'name', but none of intent, synonym, lookup, regex"),
        ("nlu:\n- intent: no\n", ":2: the intent should be a name, not no; put it in quotes"),
        ("nlu:\n- intent: x\n", ":2: the intent has no examples; write 'examples: |'"),
        ("nlu:\n- intent: x\n  examples:\n  - y\n", ":4: an example in a list should be 'text: ...', not 'y'"),
        (
            HEAD + "\n    - fine\n    hello\n",
            ":6: an example should begin with a hyphen, not 'hello'; write -",
        ),
        (HEAD + "    - fine\n    - [a]{'entity': 'b'}\n", ":5: \"{'entity': 'b'}\" is not JSON; write"),
        (HEAD + '    - [a]{"role": "b"}\n', ':4: \'{"role": "b"}\' has no "entity"; name what \'a\' is'),
        (HEAD + '    - [a]{"entity": 3}\n', ":4: the label of span 1 (0..1) should be a string, not 3"),
        (HEAD + "    - [ ](city)\n", ":4: span 1 (0..1, city) covers only white space"),
        (HEAD + "    - a\n  examples: b\n", ":5: the key 'examples' is there twice (first in line 3)"),
        ("nlu: &a\n- *a\n", ":1: anchors and aliases (&a) are not read"),
        ("nlu: !!python/name:os.abort\n", ":1: tags ("),
        ("nlu:\n- intent: [\n", ":3: invalid YAML"),
        ("nlu: []\n", ": the file holds no example"),
    ],
)
def test_a_mistake_is_refused_with_its_line(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content).startswith(complaint)


def test_what_rasa_cannot_hold_is_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    made = [
        Document(" a\nb ", spans=(Span(3, 4, "a:b"),), id="7", meta={"k": 1}),
        Document(" \n"),
    ]
    formats.write(made, tmp_path / "x.yml", notes=notes)
    assert (tmp_path / "x.yml").read_text().endswith('    - a [b]{"entity": "a:b"}\n')
    assert notes == {
        "documents whose meta is left out, but for the intent and what entities have": 1,
        "documents without an intent written under the intent 'inform'": 2,
        "documents without text left out": 1,
        "ids left out (Rasa holds none)": 1,
        "texts of which white space at the ends is left out": 1,
        "texts whose line breaks are written as spaces": 2,
    }


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (Document("see [1](2)"), r"document 1: 'see \[1\]\(2\)' cannot be written, as Rasa would find other entities"),
        (Document("see [1 Apple", spans=(Span(7, 12, "ORG"),)), "as Rasa would find other entities"),
        (Document("a]b", spans=(Span(0, 3, "X"),)), "as Rasa would find other entities"),
        (Document("a\x07"), r"document 1: YAML cannot hold '\\x07'; remove it from the text"),
        (Document("ab", spans=(Span(0, 2, "X"), Span(1, 2, "Y"))), "overlaps the one before it, which Rasa cannot"),
    ],
)
def test_a_text_that_rasa_would_read_as_another_is_refused(tmp_path: Path, document: Document, complaint: str) -> None:
    with pytest.raises(CrfnerError, match=complaint):
        formats.write([document], tmp_path / "x.yml")
    assert not (tmp_path / "x.yml").exists()


intents = st.none() | st.sampled_from(["greet", "yes", "a: b", "faq/ask", "1", "é🎉", "#", "a 'b' \"c\""])


@settings(deadline=None, max_examples=80)
@given(documents(), intents)
@example(Document("# a"), None)
@example(Document("| > '\"", spans=(Span(0, 1, "}"),)), "x")
def test_what_is_written_is_read_as_it_was_but_for_breaks_and_blanks(made: Document, intent: str | None) -> None:
    given = Document(made.text, spans=made.spans, meta={} if intent is None else {"intent": intent})
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.yml")
        try:
            formats.write([given], path)
        except CrfnerError:
            return
        read = list(formats.read(path)) if made.text.strip(" \r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029") else []
        for document in read:
            assert document.text.split() == made.text.split()
            assert [span.label for span in document.spans] == [span.label for span in made.spans]
            assert [document.text[span.start : span.end].split() for span in document.spans] == [
                made.text[span.start : span.end].split() for span in made.spans
            ]
            assert document.meta["intent"] == (intent or "inform")
