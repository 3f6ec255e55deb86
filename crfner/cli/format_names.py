"""The names of formats as option values: those of plugins too, which are looked for when a name is given or listed.

Public names: `FormatName`.
"""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from crfner import formats, plugins
from crfner.errors import CrfnerError


class FormatName(click.ParamType):  # type: ignore[type-arg]  # click before 8.2 has none
    """The name of a format that can be read (action "read") or written ("write").

    `click.Choice` would have to know all names when the command is imported, and looking for plugins takes time.
    """

    name = "format"

    def __init__(self, action: str) -> None:
        self.action = action

    def get_metavar(self, *_: Any, **__: Any) -> str:
        return f"[{'|'.join(formats.names(self.action))}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known = formats.names(self.action)
        if value not in known:
            self.fail(f"{value!r} is not one of {', '.join(map(repr, known))}", param, ctx)
        plugin = plugins.named(formats.PLUGINS).get(value)
        if plugin is not None and value in formats.FORMATS:
            raise plugin.refusal("has the name of a format that crfner has itself")
        if plugin is not None and getattr(formats.find(value, ""), self.action) is None:
            raise CrfnerError(f"{' and '.join(plugin.packages)}: the format {value!r} cannot be {_DONE[self.action]}")
        return value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in formats.names(self.action) if name.startswith(incomplete)]


_DONE = {"read": "read; leave out --from", "write": "written; name another with --to"}
