"""From the bytes of a request to a checked value, or a refusal that says what to mend.

The shape is the one that `crfner.serve.openapi` publishes. It is checked by hand, as a general validator would take
longer than tagging a short text; a test holds the two together.

Public names: `Asked`, `asked`, `OFFSETS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from crfner.serve.refusals import Refusal
from crfner.serve.settings import Limits

OFFSETS = ("characters", "utf16")
"""What offsets can count: Unicode characters, or UTF-16 code units as JavaScript, Java and C# do."""

_FIELDS = frozenset({"text", "texts", "documents", "model", "min_score", "offsets"})
_CONTENTS = ("text", "texts", "documents")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client wants.

    texts      what to tag
    ids        a name for each text, where documents were sent
    single     whether one bare text was sent, and the answer is not a list
    model      a model's name; None for the first one
    min_score  entities of a lower score are left out, 0 to 1
    offsets    one of `OFFSETS`
    """

    texts: list[str]
    ids: list[str] | None = None
    single: bool = False
    model: str | None = None
    min_score: float = 0.0
    offsets: str = "characters"


def asked(body: bytes | bytearray, limits: Limits) -> Asked:
    """The request in the body. Raises Refusal, "bad_json" or "invalid", when there is none."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"  # its own message may quote what was sent
        raise Refusal("bad_json", f"the body is not JSON in UTF-8 ({where})") from None
    if type(data) is not dict:
        raise _invalid('the body should be an object, such as {"text": "..."}')
    for name in data:
        if name not in _FIELDS:
            raise _invalid(f"there is an unknown field; known are {', '.join(sorted(_FIELDS))}")
    given = [name for name in _CONTENTS if name in data]
    if len(given) != 1:
        raise _invalid('give exactly one of "text", "texts" and "documents"')
    texts, ids = _contents(given[0], data[given[0]], limits)
    model = data.get("model")
    if "model" in data and type(model) is not str:
        raise _invalid("a model's name should be a string", "model")
    offsets = data.get("offsets", "characters")
    if offsets not in OFFSETS:
        raise _invalid(f"offsets should be one of {', '.join(OFFSETS)}", "offsets")
    return Asked(texts, ids, given[0] == "text", model, _score(data.get("min_score", 0.0)), offsets)


def _contents(name: str, value: Any, limits: Limits) -> tuple[list[str], list[str] | None]:
    if name == "text":
        return [_text(value, name, limits)], None
    if type(value) is not list:
        raise _invalid("this should be a list", name)
    if len(value) > limits.texts:
        raise _invalid(f"there are {len(value)} texts, and at most {limits.texts} are allowed; send several", name)
    if name == "texts":
        return [_text(text, f"texts[{number}]", limits) for number, text in enumerate(value)], None
    texts, ids = [], []
    for number, document in enumerate(value):
        place = f"documents[{number}]"
        if type(document) is not dict or document.keys() != {"id", "text"}:
            raise _invalid('a document should be an object with "id" and "text"', place)
        if type(document["id"]) is not str:
            raise _invalid("an id should be a string", f"{place}.id")
        ids.append(document["id"])
        texts.append(_text(document["text"], f"{place}.text", limits))
    return texts, ids


def _text(value: Any, place: str, limits: Limits) -> str:
    if type(value) is not str:
        raise _invalid("a text should be a string", place)
    if len(value) > limits.characters:
        raise _invalid(
            f"the text has {len(value)} characters, and at most {limits.characters} are allowed; cut it", place
        )
    return value


def _score(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:  # bool is an int, and NaN is not within
        raise _invalid("a score should be a number from 0 to 1", "min_score")
    return float(value)


def _invalid(message: str, field: str | None = None) -> Refusal:
    return Refusal("invalid", message, field)
