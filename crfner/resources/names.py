"""First names of English, from NLTK's corpus `names` (Kantrowitz), when it has been downloaded.

Public names: `first_names`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from features import Gazetteer


def first_names() -> Gazetteer:
    """About 8,000 first names. Raises LookupError when NLTK does not find its corpus."""
    from nltk.corpus import names

    return Gazetteer.from_lines(names.words())


def present() -> bool:
    """Whether the corpus is in one of the folders that NLTK looks in, found out without the seconds of importing it."""
    folders = [*os.environ.get("NLTK_DATA", "").split(os.pathsep), os.path.expanduser("~/nltk_data")]
    folders += [os.path.join(sys.prefix, *below, "nltk_data") for below in ((), ("share",), ("lib",))]
    folders += [f"/usr/{below}/nltk_data" for below in ("share", "local/share", "lib", "local/lib")]
    corpora = [Path(folder) / "corpora" for folder in folders if folder]
    return any((corpus / "names").is_dir() or (corpus / "names.zip").is_file() for corpus in corpora)
