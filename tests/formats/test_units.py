"""Offsets in other units come back as the characters that were meant, and no unit is taken that does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import documents, texts

from crfner import formats
from crfner.document import Document
from crfner.errors import InputError
from crfner.formats.checks import Entity, Place
from crfner.formats.units import BYTES, ONE_BREAK, UTF16, fitted, to_characters, to_utf16

PLACE = Place("file", 1)
COUNTED = {
    UTF16: lambda text: len(text.encode("utf-16-le")) // 2,
    BYTES: lambda text: len(text.encode()),
    ONE_BREAK: lambda text: len(text.replace("\r\n", "\n")),
}


@given(texts, st.sampled_from([UTF16, BYTES]))
def test_every_border_of_a_character_has_one_place_in_the_unit(text: str, unit: str) -> None:
    places = {COUNTED[unit](text[:index]): index for index in range(len(text) + 1)}
    assert to_characters(text, unit) == places
    if unit == UTF16:
        assert {to_utf16(text)(index): index for index in range(len(text) + 1)} == places


@given(documents(), st.sampled_from([UTF16, BYTES, ONE_BREAK]))
def test_quoted_text_finds_the_characters_whatever_was_counted(document: Document, unit: str) -> None:
    text, counted = document.text, COUNTED[unit]
    entities = [
        Entity(counted(text[: span.start]), counted(text[: span.end]), span.label, text=text[span.start : span.end])
        for span in document.spans
    ]
    if any(entity.start == entity.end for entity in entities):  # half of a line break that counts as one
        return
    found = fitted(text, entities, PLACE, formats.Notes(), (unit,))
    assert [" ".join(text[one.start : one.end].split()) for one in found] == [
        " ".join(text[span.start : span.end].split()) for span in document.spans
    ]


def test_characters_are_kept_where_both_would_fit() -> None:
    notes = formats.Notes()
    (entity,) = fitted("🎉 aa", [Entity(2, 3, "X", text="a")], PLACE, notes, (UTF16,))
    assert (entity.start, entity.end, notes) == (2, 3, {})


def test_one_unit_fits_all_spans_of_a_text_or_none_is_taken() -> None:
    mixed = [Entity(2, 4, "X", text="Bo"), Entity(6, 8, "X", text="Cy")]  # characters, and then UTF-16 units
    with pytest.raises(
        InputError, match=r"file:1: span 2 \(6\.\.8\) should be 'Cy' but the text has 'y\.' there, and no"
    ):
        fitted("🎉 Bo Cy.", mixed, PLACE, formats.Notes(), (UTF16, BYTES))
