"""`crfner resources`: the lexicons of a language or domain that can be used.

Public names: `resources`.
"""

from __future__ import annotations

import click

from crfner.columns import aligned
from crfner.resources import COLLECTIONS, available


@click.command("resources")
@click.argument("language", required=False)
def resources(language: str | None) -> None:
    """List the lexicons of LANGUAGE or domain (all when left out) that `train --resources` uses.

    They come from other packages, and nothing is downloaded: what is absent is shown with the command that brings it.

    \b
    crfner resources
    crfner resources en
    crfner resources biomedical
    """
    found = available(language)
    rows = [["lexicon", "what it holds", "from", ""]]
    rows += [[one.name, one.holds, one.package, "present" if one.present else "absent"] for one in found]
    for line in aligned(rows, len(rows[0])):
        click.echo(line)
    for install in dict.fromkeys(one.install for one in found if not one.present):
        names = ", ".join(one.name for one in found if one.install == install and not one.present)
        click.echo(f"\nto get {names}: {install}")
    usable = {one.collection for one in found} - {one.collection for one in found if not one.present}
    if usable:
        click.echo()
    for code in sorted(usable):
        click.echo(f"next ({COLLECTIONS[code]}): crfner train TRAIN -o MODEL --resources {code}")
