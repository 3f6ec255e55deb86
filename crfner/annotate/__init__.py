"""Labelling text on a page in the browser, by mouse, by touch or by keyboard alone.

`session` holds what is known and what was decided, `log` the file of answers; `proposals` and `seen` say what is
proposed, `findings` what may be wrong, `training` learns meanwhile; `adjudication` is for two versions of one text.
`application`, `security` and `server` are all that knows of HTTP, and `static/` is the page.

Public names: `Session`, `Setup`; `AnswerLog`, `read_log`, `last_decisions`, `accepted`; `examples_of`, `shuffled`;
`Example`, `Decision`.
"""

from __future__ import annotations

from crfner.annotate.log import AnswerLog, accepted, last_decisions, read_log
from crfner.annotate.session import Session, Setup
from crfner.annotate.units import examples_of, shuffled
from crfner.annotate.values import Decision, Example

__all__ = [
    "AnswerLog",
    "Decision",
    "Example",
    "Session",
    "Setup",
    "accepted",
    "examples_of",
    "last_decisions",
    "read_log",
    "shuffled",
]
