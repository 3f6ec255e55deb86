"""Tagging schemes: how labelled chunks of tokens are written as one tag a token, and read back.

A chunk is (first, last + 1, label) over token positions. Every scheme writes `O` outside and `<prefix>-<label>`
inside a chunk:

    IO     I I I            neighbours of one label cannot be told apart
    IOB1   I I I | B I      B only where a chunk touches one of the same label (Ramshaw and Marcus 1995)
    IOB2   B I I | B I      also called BIO (Tjong Kim Sang and Veenstra 1999)
    BIOES  B I E | S        also IOBES
    BILOU  B I L | U        BIOES with other letters (Ratinov and Roth 2009); also BILUO

M for I (BMES, BMEWO) and W for S (BMEWO) are read as well, and not written.

Tags that break their scheme are read by one of two rules. `conlleval` is that of the CoNLL shared tasks' scorer: a
chunk starts or ends wherever prefix or label change that way, so nothing tagged is lost. `strict` keeps only chunks
that the scheme allows, complete with their borders.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crfner.document import Chunk

SCHEMES = ("IO", "IOB1", "IOB2", "BIOES", "BILOU")
RULES = ("conlleval", "strict")

_ALIASES = {"BIO": "IOB2", "IOB": "IOB1", "IOBES": "BIOES", "BIOLU": "BILOU", "BILUO": "BILOU", "BIO2": "IOB2"}
_PREFIXES = {"IO": "I", "IOB1": "IB", "IOB2": "BI", "BIOES": "BIES", "BILOU": "BILU"}
_AS_BIOES = {"L": "E", "U": "S"}
_OTHER_LETTERS = {"M": "I", "W": "S"}  # of BMES and BMEWO; no scheme means anything else by them
_LETTERS = frozenset("BIESLU") | _OTHER_LETTERS.keys()


@dataclass(frozen=True, slots=True)
class Problem:
    """A tag that its scheme does not allow, with its position in the sequence."""

    position: int
    tag: str
    reason: str


def scheme_name(name: str) -> str:
    """The canonical name of a scheme: `scheme_name("bio")` is "IOB2". Raises ValueError for an unknown one."""
    upper = name.upper()
    upper = _ALIASES.get(upper, upper)
    if upper not in SCHEMES:
        raise ValueError(f"unknown tagging scheme {name!r}; known are {', '.join(SCHEMES)}")
    return upper


def split_tag(tag: str) -> tuple[str, str]:
    """Prefix and label of a tag: `split_tag("B-PER")` is ("B", "PER"), `split_tag("O")` is ("O", "").

    The prefixes of BMES and BMEWO are those of BIOES: `split_tag("M-PER")` is ("I", "PER").

    Raises ValueError when the tag has neither form.
    """
    if tag == "O":
        return "O", ""
    prefix, dash, label = tag.partition("-")
    if not dash or not label or prefix not in _LETTERS:
        raise ValueError(f"{tag!r} is not a tag: it should be O, or a prefix and a label such as B-PER")
    return _OTHER_LETTERS.get(prefix, prefix), label


def is_tag(value: str) -> bool:
    """Whether the value has the form of a tag."""
    try:
        split_tag(value)
    except ValueError:
        return False
    return True


def encode(chunks: Iterable[Chunk], length: int, scheme: str) -> list[str]:
    """Tags for `length` tokens. Raises ValueError when chunks overlap or leave the sequence.

    >>> encode([(0, 2, "PER"), (2, 3, "PER")], 4, "IOB1")
    ['I-PER', 'I-PER', 'B-PER', 'O']
    """
    scheme = scheme_name(scheme)
    tags = ["O"] * length
    previous_end, previous_label = 0, ""
    for first, last, label in sorted(chunks):
        if first < previous_end or last <= first or last > length:
            raise ValueError(f"chunk {first}..{last} ({label}) overlaps another or leaves the {length} tokens")
        touches = first == previous_end and label == previous_label
        tags[first:last] = [f"{prefix}-{label}" for prefix in _prefixes(last - first, scheme, touches)]
        previous_end, previous_label = last, label
    return tags


def tags_of(labels: Iterable[str], scheme: str) -> list[str]:
    """Every tag that the scheme has for these labels, `O` first.

    >>> tags_of(["ORG", "PER"], "IOB2")
    ['O', 'B-ORG', 'I-ORG', 'B-PER', 'I-PER']
    """
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in _PREFIXES[scheme_name(scheme)])]


def places_of(length: int) -> str:
    """Where each token of a chunk of so many tokens stands in it: at its beginning, inside, at its end, or single.

    >>> places_of(3), places_of(1)
    ('BIE', 'S')
    """
    return _prefixes(length, "BIOES", touches=False)


def _prefixes(length: int, scheme: str, touches: bool) -> str:
    """The prefixes of one chunk; `touches` says that one of the same label ends where it starts."""
    if scheme == "IO" or (scheme == "IOB1" and not touches):
        return "I" * length
    if scheme in ("IOB1", "IOB2"):
        return "B" + "I" * (length - 1)
    begin, inside, end, single = tuple(_PREFIXES[scheme])
    return single if length == 1 else begin + inside * (length - 2) + end


def decode(tags: Sequence[str], scheme: str, rule: str = "conlleval") -> list[Chunk]:
    """The chunks that the tags describe, by the rule for broken sequences (see the module's text).

    >>> decode(["I-PER", "I-PER", "O", "I-LOC"], "IOB2")
    [(0, 2, 'PER'), (3, 4, 'LOC')]
    >>> decode(["I-PER", "I-PER", "O", "B-LOC"], "IOB2", rule="strict")
    [(3, 4, 'LOC')]

    Raises ValueError for an unknown scheme, rule or form of tag.
    """
    scheme = scheme_name(scheme)
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}; known are {', '.join(RULES)}")
    pairs = [split_tag(tag) for tag in tags]
    pairs = [(_AS_BIOES.get(prefix, prefix), label) for prefix, label in pairs]
    if rule == "conlleval":
        return _decode_conlleval(pairs)
    return _decode_strict(pairs, scheme)


def _decode_conlleval(pairs: list[tuple[str, str]]) -> list[Chunk]:
    chunks: list[Chunk] = []
    start = -1
    before = ("O", "")
    for position, here in enumerate([*pairs, ("O", "")]):
        if start >= 0 and _ends(before, here):
            chunks.append((start, position, before[1]))
            start = -1
        if _starts(before, here):
            start = position
        before = here
    return chunks


def _starts(before: tuple[str, str], here: tuple[str, str]) -> bool:
    """Whether a chunk starts between two neighbouring tags (conlleval's startOfChunk)."""
    prefix, label = here
    if prefix == "O":
        return False
    return prefix in "BS" or before[0] in "EOS" or before[1] != label


def _ends(before: tuple[str, str], here: tuple[str, str]) -> bool:
    """Whether a chunk ends between two neighbouring tags (conlleval's endOfChunk)."""
    prefix, label = before
    if prefix == "O":
        return False
    return prefix in "ES" or here[0] in "BSO" or here[1] != label


def _decode_strict(pairs: list[tuple[str, str]], scheme: str) -> list[Chunk]:
    """Chunks of the lenient reading whose prefixes are exactly what the scheme would have written."""
    chunks: list[Chunk] = []
    allowed = _PREFIXES["BIOES" if scheme == "BILOU" else scheme]
    previous: Chunk = (0, 0, "")
    for first, last, label in _decode_conlleval(pairs):
        touches = previous[1:] == (first, label)
        previous = (first, last, label)
        found = "".join(prefix for prefix, _ in pairs[first:last])
        expected = _prefixes(last - first, "BIOES" if scheme == "BILOU" else scheme, touches)
        if found == expected and set(found) <= set(allowed):
            chunks.append(previous)
    return chunks


def convert(tags: Sequence[str], source: str, target: str, rule: str = "conlleval") -> list[str]:
    """The same chunks written in another scheme."""
    return encode(decode(tags, source, rule), len(tags), target)


def repair(tags: Sequence[str], scheme: str, rule: str = "conlleval") -> list[str]:
    """The nearest valid tags: `conlleval` keeps every tagged token, `strict` drops chunks that are not well formed.

    >>> repair(["O", "I-PER", "I-LOC"], "IOB2")
    ['O', 'B-PER', 'B-LOC']
    """
    return convert(tags, scheme, scheme, rule)


def validate(tags: Sequence[str], scheme: str) -> list[Problem]:
    """Every tag that the scheme does not allow where it stands, in order; an empty list for a valid sequence."""
    scheme = scheme_name(scheme)
    problems = []
    repaired: list[str] | None = None
    for position, tag in enumerate(tags):
        try:
            prefix, _ = split_tag(tag)
        except ValueError as error:
            problems.append(Problem(position, tag, str(error)))
            continue
        if prefix != "O" and prefix not in _PREFIXES[scheme]:
            problems.append(Problem(position, tag, f"{scheme} has no prefix {prefix!r}"))
    if problems:
        return problems
    repaired = repair(tags, scheme)
    return [
        Problem(position, tag, f"{scheme} would have {expected} here")
        for position, (tag, expected) in enumerate(zip(tags, repaired, strict=True))
        if tag != expected
    ]


def detect(sequences: Iterable[Sequence[str]]) -> str:
    """The scheme that the tag sequences break least often; of equals, the first of IO, IOB2, IOB1, BIOES, BILOU.

    Raises ValueError for a form of tag that no scheme knows.
    """
    candidates = ("IO", "IOB2", "IOB1", "BIOES", "BILOU")
    broken = dict.fromkeys(candidates, 0)
    for tags in sequences:
        pairs = [split_tag(tag) for tag in tags]
        tags = [f"{prefix}-{label}" if label else prefix for prefix, label in pairs]
        for scheme in candidates:
            broken[scheme] += len(validate(tags, scheme))
    return min(candidates, key=lambda scheme: broken[scheme])


def may_follow(before: str | None, tag: str | None, scheme: str) -> bool:
    """Whether the scheme allows `tag` right after `before`; None stands for the border of the sentence.

    >>> may_follow("B-PER", "O", "BIOES"), may_follow(None, "I-PER", "IOB2")
    (False, False)
    """
    scheme = scheme_name(scheme)
    prefix, label = split_tag(before or "O")
    next_prefix, next_label = split_tag(tag or "O")
    goes_on = label == next_label and prefix != "O"
    if scheme == "IO":
        return True
    if scheme == "IOB1":
        return next_prefix != "B" or goes_on
    if scheme == "IOB2":
        return next_prefix != "I" or goes_on
    if prefix in "BI":  # a chunk that is open must go on until it is closed
        return goes_on and next_prefix in "IEL"
    return next_prefix in "OBSU"


def continues(before: str, tag: str) -> bool:
    """Whether `tag` goes on with the chunk that `before` is in, by conlleval's rule."""
    first, second = split_tag(before), split_tag(tag)
    return (
        not _starts((_AS_BIOES.get(first[0], first[0]), first[1]), (_AS_BIOES.get(second[0], second[0]), second[1]))
        and second[0] != "O"
    )
