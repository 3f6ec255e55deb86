"""What a client is told when it does not get what it asked for: always `{"error": {...}}`, with a code for programs.

    status  code                when
    400     bad_request         what came is not HTTP
    400     bad_json            the body is not JSON in UTF-8
    401     unauthorized        the token is missing or wrong
    404     not_found           there is nothing at this path
    404     unknown_model       there is no model of this name
    405     method_not_allowed  the path is right, the method is not
    408     too_slow            headers or body did not arrive in time
    413     too_large           the body has more bytes than is allowed
    415     not_json            the content type, or an encoding such as gzip, is not read here
    422     invalid             JSON of the wrong shape: types, names, values, too many or too long texts
    431     headers_too_large   the headers have more bytes than is allowed
    500     internal            a fault of the program; the log has more under the request's id
    503     overloaded          the queue is full, or there are too many connections; see Retry-After
    504     timed_out           tagging took longer than is allowed

Public names: `Refusal`, `body_of`, `CODES`.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

CODES = {
    "bad_request": 400,
    "bad_json": 400,
    "unauthorized": 401,
    "not_found": 404,
    "unknown_model": 404,
    "method_not_allowed": 405,
    "too_slow": 408,
    "too_large": 413,
    "not_json": 415,
    "invalid": 422,
    "headers_too_large": 431,
    "internal": 500,
    "overloaded": 503,
    "timed_out": 504,
}
"""The status of each code."""


class Refusal(Exception):
    """A request that is not answered with what it asked for.

    code     one of `CODES`
    message  one sentence with the remedy; never a part of the text that was sent
    field    the part of the request that is meant, such as "texts[3]"; None for all of it
    headers  what else the answer's head has to say
    """

    def __init__(
        self, code: str, message: str, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The status of the answer."""
        return CODES[self.code]


def body_of(refusal: Refusal, request_id: str | None = None) -> bytes:
    """The body of the answer, as JSON."""
    error = {"code": refusal.code, "message": refusal.message}
    if refusal.field is not None:
        error["field"] = refusal.field
    if request_id is not None:
        error["request_id"] = request_id
    return orjson.dumps({"error": error})
