"""What is known of a resource before it is loaded: what it says of words, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """A lexicon that another package brings.

    name        the lexicon's name among features, such as brown_en
    collection  the language or domain that it belongs to
    holds       what it says of words, in a few words
    package     the package it comes from
    install     the command that brings the package
    present     whether it can be loaded here
    """

    name: str
    collection: str
    holds: str
    package: str
    install: str
    present: bool
