"""Tokenisers and sentence splitting with exact offsets, which need no download.

A tokeniser is one regular expression; its tokens are the spans of the matches, so that nothing can be moved or lost:
every character that is not white space is in exactly one token, and no token holds white space. This is what NLTK's
`RegexpTokenizer.span_tokenize` computes. The patterns are run here all the same, as importing any NLTK tokeniser
loads the whole of NLTK, scikit-learn and scipy (over a second), and as recent NLTK runs patterns on another engine
under a time limit, which would make a model's tokens depend on the version installed and the speed of the machine.

Public names: `TOKENIZERS`, `tokenize`, `split_sentences`, `tokenized`, `whole`.

What `default` does, beyond words and single punctuation marks:

    kept whole    don't, O'Neill, beta-blocker; 1,000.5, 12:30, 120/80, 5-10, 2024-05-01; 500mg, HbA1c; U.S., e.g.;
                  Ph.D.; URLs, e-mail addresses, domains (example.org); runs of one mark (..., --, !!!); emoji and flags
    set apart     possessive 's (and that of it's: the two look alike), brackets, quotes, slashes, currency and
                  per cent signs
    characters    each Chinese character and each hiragana is a token, with the marks on it

Combining marks, joiners and soft hyphens stay with the character before them; other invisible characters (zero-width
space, byte order mark, direction marks) are tokens of their own, so that they do not change the word they touch.
Thai, Lao, Khmer and Burmese, written without spaces, come out as long runs: bring such text tokenised.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from crfner.document import Document, Offsets
from crfner.errors import CrfnerError

try:
    from crfner import _tokens
except ImportError:  # there was no compiler
    _tokens = None  # type: ignore[assignment]

_WITH_PLAIN = ("default", "social")  # whose patterns begin with the alternatives that `_tokens.c` knows
_SURROGATE = re.compile("[\ud800-\udfff]")  # halves of pairs, which UTF-8 has not

_MARKS = ("Mn", "Mc", "Me")  # Unicode's categories of combining marks

SENTENCE_METHODS = ("rules", "punkt")


def tokenize(text: str, tokenizer: str = "default") -> list[Offsets]:
    """(start, end) of each token of `text`, in order.

    >>> text = "Amal's dose: 2.5mg b.i.d. (don't skip)"
    >>> [text[start:end] for start, end in tokenize(text)]
    ['Amal', "'s", 'dose', ':', '2.5mg', 'b.i.d.', '(', "don't", 'skip', ')']

    Raises ValueError for a name that is not in `TOKENIZERS`.
    """
    try:
        spans = TOKENIZERS[tokenizer]
    except KeyError:
        raise ValueError(f"unknown tokenizer {tokenizer!r}; known are {', '.join(TOKENIZERS)}") from None
    return spans(text)


def _by_pattern(name: str) -> Callable[[str], list[Offsets]]:
    def spans(text: str) -> list[Offsets]:
        ascii_ = text.isascii()
        if _tokens is not None and name in _WITH_PLAIN and (ascii_ or not _SURROGATE.search(text)):
            return _tokens.cut(text, _first(name, ascii_))
        return [match.span() for match in _pattern(name, ascii_).finditer(text)]

    return spans


@cache
def _first(name: str, ascii_: bool) -> Callable[[str, int], Offsets | None]:
    """The first token from a character on, by the pattern; it sees what is before that character."""
    search = _pattern(name, ascii_).search

    def first(text: str, start: int) -> Offsets | None:
        match = search(text, start)
        return match.span() if match else None

    return first


TOKENIZERS: dict[str, Callable[[str], list[Offsets]]] = {
    name: _by_pattern(name) for name in ("default", "social", "wordpunct", "whitespace")
}
"""From name to tokeniser, a function from a text to its tokens' offsets.

default     see the module's text
social      default that also keeps @mentions, #tags, cashtags ($TSLA) and emoticons
wordpunct   runs of word characters, runs of others; NLTK's WordPunctTokenizer, but marks stay with their letter
whitespace  runs of anything but white space; NLTK's WhitespaceTokenizer
"""


@cache
def _pattern(name: str, ascii_: bool = False) -> re.Pattern[str]:
    """The compiled pattern of a tokeniser; built at first use, in about 40 ms.

    ascii_  for texts in ASCII alone: the same tokens, from a pattern that is built in a quarter of the time
    """
    return re.compile(_source(name, _SOFT_HYPHEN if ascii_ else _extenders()))


def _source(name: str, extend: str) -> str:
    """The regular expression of a tokeniser.

    extend  the inside of a character class: what never stands apart from the character before it

    Every repeat that could be long is possessive or has one way to match, and those that may scan far before they fail
    start only where a run starts: the time is linear in the length of any text.
    """
    if name == "whitespace":
        return r"\S++"
    if name == "wordpunct":
        return rf"\w[\w{extend}]*+|[^\w\s]++"

    one_by_one = r"\u3005-\u3007\u3041-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    run = rf"(?:[^\W{one_by_one}]++(?:[{extend}]++)?+)++"
    letter = r"[^\W\d_]"
    url = r"(?:https?://|ftp://|www\.)(?=\w)[^\s()<>\"。，、）」]*(?:\([^\s()]*+\)[^\s()<>\"。，、）」]*)*(?<![.,;:!?'’…*_])"
    # The look-behind lets these two scan each run of address characters once, however many tokens it turns out to be.
    email = r"[\w.+-]++@(?:[\w-]++\.(?=\w))++[\w-]++"
    domain = rf"(?:[A-Za-z0-9-]++\.(?=\w))++(?:{_DOMAINS})(?:/[\w./?=&%#~-]*(?<=[\w/]))?(?!\w)"
    address = rf"(?<![\w.+@-])(?=\w)(?:{email}|{domain})"
    points = rf"(?:Ph|{letter})\.{letter}(?!\w)(?:\.{letter}(?!\w))*+(?:\.|(?!\.))"
    joint = r"(?:(?<=\d)[.,:/\u066b\u066c](?=\d)|(?<=[A-Z])&(?=[A-Z])|[-\u2010\u2011]|['’](?![sS](?!\w)))"
    word = rf"(?:{points}(?=[-\u2010\u2011]\w)|{run})(?:{joint}{run})*+"
    possessive = rf"(?<=[\w{extend}])['’][sS](?!\w)"
    marks = r"\.++|-++|!++|\?++|\*++|=++|~++|…++|。++|''"
    flag = r"[\U0001f1e6-\U0001f1ff]{2}"
    modifiers = rf"[{extend}\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*+"
    symbol = rf"[^\w\s]{modifiers}(?:(?<=\u200d)[^\w\s]{modifiers})*+"
    invisible = r"[\u200b\u200e\u200f\u202a-\u202e\u2061-\u2069\ufeff]++"
    alternatives = [url, address, rf"{points}(?![-\u2010\u2011]\w)", word, possessive, rf"[{one_by_one}]", marks, flag]
    if name == "social":
        alternatives[:0] = [rf"(?<!\w)[@#＃＠]\w[\w{extend}]*+", r"\$[A-Z]{1,6}+(?!\w)", _EMOTICON]
    # The common cases, tried first for speed alone: what follows leaves the alternatives below only the same token.
    # `_tokens.c` finds the same without the pattern, where it was built.
    letters = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0400-\u0481\u048a-\u052f\u0620-\u064a\u1e00-\u1eff"
    plain = rf"[0-9_{letters}][0-9_{letters}\u0300-\u036f]*+(?=[.,;:?!)\"]?\s)"
    mark = r"[.,;:?!()\"](?=\s)"
    # Marks that follow a token stay with it; a symbol may also take skin tones and be joined to others.
    return rf"{plain}|{mark}|(?:{'|'.join([*alternatives, invisible])})[{extend}]*+|{symbol}"


_DOMAINS = (
    "com|org|net|edu|gov|mil|int|info|io|ai|app|dev|co|uk|de|fr|es|it|nl|be|ch|at|pl|pt|ru|se|fi|dk|eu|us|ca|au|nz|jp|cn|in|br"
    "|ng|za|ke|tv|ly|me|gl"
)
_EMOTICON = (
    r"(?:(?<!\w)[<>]?(?:[:;=]['’]?[-o^*]?|[8xX]-)(?:[)\](\[|\\/{}@3*]++|[DdPpOoSsXx$]++(?!\w))"  # :-) ;P =D :'( x-(
    r"|[)\](\[][-o]?[:;=](?!\w)|<3++|</3"  # (-: <3
    r"|(?<!\w)[oO0TvV^>u;-][_.][oO0TvV^<u;-](?!\w)|\^\^)"  # o_O ^_^ T_T
)


_SOFT_HYPHEN = "\xad"

# where combining marks may be; the deserts between, such as Chinese characters, would take three quarters of the time
_BLOCKS = (
    range(0x300, 0x3100),
    range(0xA660, 0xAC00),
    range(0xFB00, 0xFE30),
    range(0x10000, 0x12000),
    range(0x13430, 0x13460),
    range(0x16100, 0x17000),
    range(0x1BC00, 0x1E970),
    range(0xE0100, 0xE01F0),
)


@cache
def _extenders() -> str:
    """A character class's inside: what never stands apart from the character before it.

    All combining marks (which hold the variation selectors), zero-width joiner and non-joiner, word joiner and soft
    hyphen. Taken from Python's own Unicode tables, so that both always know the same characters.
    """
    points = [ord(_SOFT_HYPHEN), 0x200C, 0x200D, 0x2060]
    for block in _BLOCKS:
        categories = map(unicodedata.category, map(chr, block))  # no step of it in Python: there are many
        points += [point for point, category in zip(block, categories, strict=True) if category in _MARKS]
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    # the characters themselves and no escapes, which take ten times as long to read; none of them means anything else
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def split_sentences(text: str, tokens: Sequence[Offsets], method: str = "rules") -> list[Offsets]:
    """Sentences as (first, last + 1) token ranges, in order, which together hold every token once.

    rules   A line break is a border. So is final punctuation, with the quotes and brackets that close after it, where
            white space and a token that may start a sentence follow; not after titles (Dr.), initials (J. Smith), list
            numbers at the start (1. Wash) or the like. CJK marks need no white space after them.
    punkt   NLTK's Punkt for English (Kiss and Strunk 2006). Its borders that fall inside a token are ignored.

    Raises ValueError for an unknown method, and CrfnerError for `punkt` where its data is not installed.
    """
    if method == "rules":
        borders = _rule_borders(text, tokens)
    elif method == "punkt":
        starts = [start for start, _ in tokens]
        borders = {bisect_left(starts, start) for start, _ in _punkt().span_tokenize(text)}
    else:
        raise ValueError(f"unknown sentence splitter {method!r}; known are {', '.join(SENTENCE_METHODS)}")
    edges = [0, *sorted(borders - {0, len(tokens)}), len(tokens)]
    return list(pairwise(edges)) if tokens else []


def tokenized(document: Document, tokenizer: str = "default", sentences: str = "rules") -> Document:
    """The document with tokens and sentences where it has none; those that it has are kept as they are."""
    tokens = document.tokens or tuple(tokenize(document.text, tokenizer))
    if document.sentences or not tokens:
        return document
    return replace(document, tokens=tokens, sentences=tuple(split_sentences(document.text, tokens, sentences)))


def whole(document: Document) -> Document:
    """The document with every token in a sentence: tokens between the given sentences become sentences of their own."""
    if sum(last - first for first, last in document.sentences) == len(document.tokens):
        return document
    borders = {border for sentence in document.sentences for border in sentence}
    return replace(document, sentences=tuple(pairwise(sorted({0, len(document.tokens), *borders}))))


_LINE_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
_FINAL = re.compile(
    r"(?P<mark>[.!?…։؟۔।॥።。！？｡．]++)"
    r"(?P<closers>(?:['\"’”»)\]}」』）】]|[ ][’”»)\]}])*+)"
)
_UNSPACED = frozenset("。！？｡")
_OPENERS = "'\"‘’“”„«»‹([{¿¡「『（【-–—•*#@`"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words(
    "mr mrs ms mx dr prof st sr sra hr fr rev hon gen col lt sgt capt cpl maj cmdr adm gov sen rep pres messrs "
    "mme mlle vs cf viz e.g i.e approx ca esp incl resp"
)
"""Abbreviations that do not end a sentence."""
_BEFORE_NUMBERS = _words("no nos nr fig figs eq eqs tab vol ch sec art p pp ver cap op")
"""Abbreviations where a number follows."""
_PERHAPS_FINAL = _words(
    "etc al inc ltd co corp plc bros jr dept univ assn est ave blvd rd mt ft jan feb mar apr jun jul aug sep "
    "sept oct nov dec mon tue tues wed thu thur thurs fri ed eds bzw usw"
)
"""Abbreviations that may end a sentence; as after initials and U.S., a usual first word decides."""
_FIRST_WORDS = _words(
    "The A An This That These Those There It He She They We I You His Her Their Its Our My In On At By For "
    "From With But And Or So If When While After Before As Since Although However Then What Who Why How Where "
    "Is Are Was Do Does Did No Not"
)


def _rule_borders(text: str, tokens: Sequence[Offsets]) -> set[int]:
    """Indices of the tokens that start a sentence."""
    starts = [start for start, _ in tokens]
    borders = {bisect_left(starts, match.end()) for match in _LINE_BREAK.finditer(text)}
    for match in _FINAL.finditer(text):
        following = bisect_left(starts, match.end())
        if following in (0, len(tokens)) or tokens[following - 1][1] > match.end():
            continue  # no token after it, or inside a token
        if match["mark"][-1] in _UNSPACED or (
            starts[following] > match.end()
            and _may_start(text, tokens, following)
            and not (match["mark"] == "." and _goes_on(text, tokens, borders, match.start(), following))
        ):
            borders.add(following)
    return borders


def _may_start(text: str, tokens: Sequence[Offsets], index: int) -> bool:
    """Whether a sentence may start at a token: past opening quotes and brackets, anything but lower case or a mark."""
    for start, end in tokens[index : index + 3]:
        word = text[start:end].lstrip(_OPENERS)
        if word:
            return word[0].isalnum() and not word[0].islower()
    return True


def _goes_on(text: str, tokens: Sequence[Offsets], borders: set[int], point: int, following: int) -> bool:
    """Whether the point at offset `point` belongs to an abbreviation, initial or number, and the sentence goes on."""
    if text[point + 1 : tokens[following][0]].strip():
        return False  # closed by a quote or bracket
    start, index = point, following
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while index > 0 and tokens[index - 1][0] >= start:
        index -= 1
    word = text[start:point].lstrip(_OPENERS)
    next_word = text[slice(*tokens[following])]
    if word.isdecimal():
        return index == 0 or index in borders
    lower = word.lower()
    if lower in _TITLES:
        return True
    if lower in _BEFORE_NUMBERS:
        return next_word[0].isdecimal()
    initial = len(word) == 1 and word.isupper() and word != "I"
    return (initial or "." in word or lower in _PERHAPS_FINAL) and next_word not in _FIRST_WORDS


@cache
def _punkt():  # type: ignore[no-untyped-def]  # NLTK has no types
    """NLTK's Punkt tokeniser for English."""
    from nltk.tokenize.punkt import PunktTokenizer

    try:
        return PunktTokenizer("english")
    except LookupError:
        raise CrfnerError(
            "the sentence splitter 'punkt' needs data that is not installed: run `python -m nltk.downloader "
            "punkt_tab`, or use the method 'rules'"
        ) from None
