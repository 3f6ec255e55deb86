"""Features that other installed packages bring: functions that their entry points name in the group `crfner.features`.

    [project.entry-points."crfner.features"]
    soundex = "my_package:soundex"

Such a feature is used by its name, like those in `features.words`, wherever a feature set is configured. Packages are
looked through only for a name that is known nowhere else, and only what is asked for is imported.

Public names: `GROUP`, `Brought`, `brought`, `offered`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "crfner.features"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a package brings: a function, or one that is marked as of a sentence or document; and the package's name."""

    function: Any
    package: str


def offered() -> dict[str, list[EntryPoint]]:
    """The entry points by the name of their feature, in order; nothing is imported."""
    from importlib.metadata import entry_points  # slow to import, and seldom needed

    found: dict[str, list[EntryPoint]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        found.setdefault(entry.name, []).append(entry)
    return found


def brought(names: Iterable[str], kinds: Sequence[type]) -> dict[str, Brought]:
    """The features of these names that installed packages bring; those that none does are left out.

    kinds  what a feature may be, beside a function

    Raises ValueError, naming the package, for a name that several packages bring, and for what cannot be imported or is
    no feature.
    """
    wanted = list(names)
    every = offered() if wanted else {}
    return {name: _loaded(name, every[name], kinds) for name in wanted if name in every}


def _loaded(name: str, entries: Sequence[EntryPoint], kinds: Sequence[type]) -> Brought:
    packages = list(dict.fromkeys(_package(entry) for entry in entries))
    if len(entries) > 1:
        raise ValueError(f"the feature {name!r} is brought more than once, by {' and '.join(packages)}; uninstall one")
    try:
        function = entries[0].load()
    except Exception as error:  # whatever a stranger's package raises
        message = f"cannot be imported ({type(error).__name__}: {error}); mend, update or uninstall that package"
        raise ValueError(f"the feature {name!r} of the package {packages[0]} {message}") from error
    if not callable(function) and not isinstance(function, tuple(kinds)):
        message = f"should be a function from a word to a list of values, not {function!r}; mend that package"
        raise ValueError(f"the feature {name!r} of the package {packages[0]} {message}")
    return Brought(function, packages[0])


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
