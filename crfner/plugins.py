"""What other installed packages add to crfner, found by their entry points and imported only when it is asked for.

A package names what it offers in its metadata, under a group such as `crfner.formats`:

    [project.entry-points."crfner.formats"]
    myformat = "my_package.formats:myformat"

Looking for plugins reads metadata and imports none of them, so that one that is broken troubles nobody who does not
ask for it.

Public names: `named`, `Plugin`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crfner.errors import CrfnerError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@dataclass(frozen=True, slots=True)
class Plugin:
    """Something that a package offers under a name; `load` imports it.

    name      the name that it is asked for by
    group     the group of entry points, such as "crfner.formats"
    packages  the packages that offer it, as "name version"; more than one is a mistake that `load` tells
    """

    name: str
    group: str
    packages: tuple[str, ...]
    _entry: EntryPoint

    def load(self, expected: type | None = None) -> Any:
        """The object that the package offers.

        expected  the type that it has to be of

        Raises CrfnerError, naming the package, when several packages offer the name, when it cannot be imported, or
        when it is of another type.
        """
        if len(self.packages) > 1:
            raise CrfnerError(
                f"the packages {' and '.join(self.packages)} both offer {self.name!r} to {self.group}; uninstall one"
            )
        try:
            found = self._entry.load()
        except Exception as error:  # whatever a stranger's package raises
            raise self.refusal(f"cannot be imported ({type(error).__name__}: {error})") from error
        if expected is not None and not isinstance(found, expected):
            raise self.refusal(
                f"should be a {expected.__module__}.{expected.__qualname__}, not a {type(found).__name__}"
            )
        return found

    def refusal(self, problem: str) -> CrfnerError:
        """The error that says what is wrong with this plugin, where it comes from, and what to do."""
        package = " and ".join(self.packages)
        return CrfnerError(
            f"{self.name!r} of the package {package} ({self.group}: {self._entry.value}) {problem}; "
            "mend, update or uninstall that package"
        )


def named(group: str) -> Mapping[str, Plugin]:
    """All that installed packages offer to a group, by name, in the order of their names; nothing is imported."""
    from importlib.metadata import entry_points  # slow to import, and seldom needed

    found: dict[str, Plugin] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        package = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
        others = found[entry.name].packages if entry.name in found else ()
        if package not in others:
            found[entry.name] = Plugin(entry.name, group, (*others, package), entry)
    return found
