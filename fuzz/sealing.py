"""Model files laid open, so that a fuzzer can change what is in them: every change would break a checksum otherwise.

An open model is its parts one after the other, each after a line of `=====` and its name; a part that is a model file
itself is laid open too, its parts' names after the part's own and an exclamation mark. `sealed` makes an archive of it
whose checksums are right.

Public names: `opened`, `sealed`, `both_ways`, `archived`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable

_MANIFEST = "manifest.json"
_PART = re.compile(rb"\n=====([^\n]{1,100})\n")


def opened(archive: bytes, prefix: str = "") -> bytes:
    """The open form of a model file."""
    laid = b""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        for name in file.namelist():
            content = file.read(name)
            if content.startswith(b"PK\3\4") and not name.endswith(".encoder"):
                laid += opened(content, f"{prefix}{name}!")
            else:
                laid += b"\n=====" + f"{prefix}{name}".encode() + b"\n" + content
    return laid


def sealed(laid: bytes) -> bytes:
    """The model file that an open form stands for, however odd it is."""
    pieces = _PART.split(laid)
    return _sealed(dict(zip(pieces[1::2], pieces[2::2], strict=True)))


def _sealed(parts: dict[bytes, bytes]) -> bytes:
    whole: dict[str, bytes] = {}
    within: dict[bytes, dict[bytes, bytes]] = {}
    for name, content in parts.items():
        outer, mark, inner = name.partition(b"!")
        if mark:
            within.setdefault(outer, {})[inner] = content
        else:
            whole[name.decode("latin-1")] = content
    whole |= {name.decode("latin-1"): _sealed(inside) for name, inside in within.items()}
    manifest = whole.pop(_MANIFEST, None)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        if manifest is not None:
            file.writestr(_MANIFEST, _listing(manifest, whole))
        for name, content in whole.items():
            file.writestr(zipfile.ZipInfo(name or "x"), content)
    return packed.getvalue()


def _listing(manifest: bytes, parts: dict[str, bytes]) -> bytes:
    """The manifest with the right checksums, where it is an object at all."""
    try:
        content = json.loads(manifest)
        if isinstance(content, dict) and isinstance(content.get("parts", {}), dict):
            content["parts"] = {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in parts.items()}
            return json.dumps(content).encode()
    except (ValueError, RecursionError):
        pass
    return manifest


def both_ways(archives: Iterable[bytes]) -> list[bytes]:
    """Each model as an archive and laid open: what an input's first byte says of the rest."""
    kept = list(archives)
    return [*(b"\0" + archive for archive in kept), *(b"\1" + opened(archive) for archive in kept)]


def archived(data: bytes) -> bytes:
    """The archive that an input, which is not empty, stands for."""
    return sealed(data[1:]) if data[0] else data[1:]
