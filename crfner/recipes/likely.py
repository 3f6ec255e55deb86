"""Which lexicons suit a text: those of the language that knows its words, and of the domain that names its mentions.

Public names: `likely_collections`, `likely_domain`, `likely_language`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crfner.document import Document
from crfner.parts import sample
from crfner.resources import DOMAINS, available, resources
from crfner.resources.frequencies import LANGUAGES, known_words
from crfner.tokenize import tokenized
from features import Gazetteer

_SENTENCES = 600  # what is looked at of a large corpus: the more text, the more of its words are rare
_KNOWN = 0.75  # of the words of a text, that a language must know to be likely: related ones know half
_NAMED = 0.1  # of the mentions, that a domain's gazetteers must name to be likely


def likely_collections(documents: Sequence[Document]) -> tuple[str, ...]:
    """The likely domain and the likely language of labelled documents, as far as there are any."""
    looked_at = sample(map(tokenized, documents), _SENTENCES)
    return tuple(found for found in (likely_domain(looked_at), likely_language(looked_at)) if found)


def likely_language(documents: Sequence[Document]) -> str | None:
    """The language that knows most of the words by wordfreq's lists; None where it lacks many, or is not installed."""
    words = {word.lower() for document in documents for word in document.words() if word.isalpha()}
    known: dict[str, float] = {}
    for language in LANGUAGES:
        if _present(language):
            known[language] = len(words & known_words(language)) / max(len(words), 1)
    likely = max(known, key=lambda language: known[language], default=None)
    return likely if likely is not None and known[likely] >= _KNOWN else None


def likely_domain(documents: Sequence[Document]) -> str | None:
    """The domain whose gazetteers name most of the labelled mentions; None where none names a tenth."""
    mentions = [words for document in documents for words in _mentions(document)]
    named = {domain: _named(mentions, domain) for domain in DOMAINS if _present(domain)}
    likely = max(named, key=lambda domain: named[domain], default=None)
    return likely if likely is not None and named[likely] >= _NAMED * len(mentions) > 0 else None


def _mentions(document: Document) -> Iterator[list[str]]:
    """The words of each mention."""
    for span in document.spans:
        yield [document.text[start:end] for start, end in document.tokens if span.start <= start and end <= span.end]


def _named(mentions: Sequence[list[str]], domain: str) -> int:
    """How many mentions a gazetteer of the domain covers from end to end."""
    gazetteers = [lexicon for lexicon in resources(domain).values() if isinstance(lexicon, Gazetteer)]
    return sum(any(words and all(one.match(words)) for one in gazetteers) for words in mentions)


def _present(collection: str) -> bool:
    return all(resource.present for resource in available(collection))
