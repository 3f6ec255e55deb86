"""Tokens and sentences: what is kept whole, what is set apart, and that nothing is ever lost."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner import tokenize as module
from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.tokenize import TOKENIZERS, split_sentences, tokenize, tokenized

CASES = json.loads((Path(__file__).parent / "cases" / "tokenize.json").read_text(encoding="utf-8"))

PIECES = st.one_of(
    st.sampled_from(
        "aÉ1ß.,-'’sS@#:)(/&$%_!?*…中はカन्ि\u0301\u20e3\ufe0f\u200d\u200c\u200b\ufeff\xad👩⚕🏽🇬🇧\x00\U000e0067\ud800"
    ),
    st.sampled_from(
        ["http://", "www.", ".com", "e.g.", "U.S.", "Dr.", " ", "\n", "\r\n", "\t", "\xa0", "\u2028", "\x1c"]
    ),
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


def words(text: str, tokenizer: str = "default") -> list[str]:
    return [text[start:end] for start, end in tokenize(text, tokenizer)]


def sentences(text: str, tokenizer: str = "default") -> list[str]:
    tokens = tokenize(text, tokenizer)
    return [text[tokens[first][0] : tokens[last - 1][1]] for first, last in split_sentences(text, tokens)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['tokenizer']}: {case['comment']}")
def test_case(case: dict) -> None:
    assert words(case["text"], case["tokenizer"]) == case["tokens"]


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(deadline=None)
@given(text=TEXTS)
def test_every_character_but_white_space_is_in_exactly_one_token(name: str, text: str) -> None:
    covered = [position for start, end in tokenize(text, name) for position in range(start, end)]
    assert covered == [position for position, character in enumerate(text) if not character.isspace()]


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(deadline=None)
@given(text=TEXTS)
def test_a_mark_is_never_split_from_what_it_stands_on(name: str, text: str) -> None:
    for start, _ in tokenize(text, name):
        if unicodedata.category(text[start]).startswith("M"):
            assert start == 0 or text[start - 1].isspace()


@pytest.mark.parametrize("name", ["default", "social"])
@settings(deadline=None)
@given(text=TEXTS)
def test_the_shortcuts_for_common_tokens_change_nothing(name: str, text: str) -> None:
    source = module._source(name, module._extenders())
    general = module.re.compile(source[source.index("|(?:") + 1 :])
    assert tokenize(text, name) == [match.span() for match in general.finditer(text)]


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize(
    "unit",
    [
        *"a1.-'(@#:/ 中\u0301\u200d👍🇬\u200b",
        "a.",
        "a@",
        "a@b.",
        "1,",
        "'s",
        "http://a(",
        "www.",
        "com.",
        ">:",
        "a+",
        "A&",
    ],
)
def test_thirty_thousand_characters_of_one_kind_are_no_burden(name: str, unit: str) -> None:
    text = unit * (30_000 // len(unit))
    tokens = tokenize(text, name)
    assert sum(end - start for start, end in tokens) == len(text) - text.count(" ")


def test_an_unknown_tokenizer_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown tokenizer 'word'; known are default, social, wordpunct, whitespace"):
        tokenize("a", "word")


@settings(deadline=None)
@given(text=st.text(st.characters(max_codepoint=0x24F, exclude_categories=["Cc", "Cf", "No"])))
def test_two_tokenizers_are_those_of_nltk(text: str) -> None:
    nltk = pytest.importorskip("nltk.tokenize")
    assert words(text, "wordpunct") == nltk.WordPunctTokenizer().tokenize(text)
    assert words(text, "whitespace") == text.split()


def test_nltk_runs_the_default_pattern_to_the_same_tokens() -> None:
    nltk = pytest.importorskip("nltk.tokenize")
    text = "Amal's dose: 2.5mg b.i.d. (don't skip), see https://x.org/a_(b). Cafe\u0301 at U.S.-based AT&T!"
    try:
        spans = list(nltk.RegexpTokenizer(module._source("default", module._extenders())).span_tokenize(text))
    except ValueError as error:  # recent NLTK refuses long patterns
        pytest.skip(str(error))
    assert spans == tokenize(text)


def test_importing_and_using_the_tokenizers_does_not_load_nltk() -> None:
    code = "import sys; from crfner.tokenize import tokenize; tokenize('a b'); sys.exit('nltk' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("tokenizer", ["default", "whitespace", "wordpunct"])
@pytest.mark.parametrize(
    "expected",
    [
        ["He left.", "She stayed!", "Why?", "Nobody knew..."],
        ["Dr. Smith saw J. R. R. Tolkien on Jan. 5 at 3.5 p.m.", "He left."],
        ["Mr. and Mrs. Jones, e.g. Ann, took 2.5 mg.", "Smith et al. Nature agreed."],
        ["He lives in the U.S.", "The army of the U.S. Army agreed."],
        ["She takes vitamin C.", "The dose is low.", "No. 5 is good.", "I said no.", "We left."],
        ['"Go!" she said.', "(Yes.)", '"What?"', "“He ran.”", "End"],
        ["1. Wash hands.", "2. Dry them.", "500 mg daily.", "Then rest."],
        ["It is so. and goes on! in lower case.", "¿Qué?", "¡Hola!"],
        ["नमस्ते दुनिया।", "फिर मिलेंगे।", "كيف حالك؟", "أنا بخير."],
    ],
    ids=lambda expected: expected[0],
)
def test_sentences_end_at_final_punctuation_but_not_at_abbreviations(expected: list[str], tokenizer: str) -> None:
    assert sentences(" ".join(expected), tokenizer) == expected


def test_chinese_and_japanese_need_no_space_between_sentences() -> None:
    assert sentences("中国。「人民！」好？今日は") == ["中国。", "「人民！」", "好？", "今日は"]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n \n", "\u2028", "\x85"])
def test_a_line_break_is_a_border(line_break: str) -> None:
    assert sentences(f"one two{line_break}three") == ["one two", "three"]


def test_marks_inside_a_token_are_no_border() -> None:
    assert sentences("See https://a.b/c.d?E=F. Then") == ["See https://a.b/c.d?E=F.", "Then"]


def test_tokens_of_a_corpus_may_have_spaces_around_every_mark() -> None:
    text = "He left . She stayed ( alone . ) Then he came ."
    assert sentences(text, "whitespace") == ["He left .", "She stayed ( alone . )", "Then he came ."]


@settings(deadline=None)
@given(text=TEXTS, tokenizer=st.sampled_from(sorted(TOKENIZERS)))
def test_sentences_hold_every_token_once(text: str, tokenizer: str) -> None:
    tokens = tokenize(text, tokenizer)
    held = [index for first, last in split_sentences(text, tokens) for index in range(first, last)]
    assert held == list(range(len(tokens)))


def test_an_unknown_splitter_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown sentence splitter 'lines'; known are rules, punkt"):
        split_sentences("a", [(0, 1)], "lines")


def test_punkt_without_its_data_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pytest.importorskip("nltk.data")
    monkeypatch.setattr(data, "path", [])
    module._punkt.cache_clear()
    with pytest.raises(CrfnerError, match=r"nltk\.downloader punkt_tab.*'rules'"):
        split_sentences("A b. C d.", [(0, 1)], "punkt")


def test_punkt_borders_become_token_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    punkt = pytest.importorskip("nltk.tokenize.punkt")
    monkeypatch.setattr(module, "_punkt", punkt.PunktSentenceTokenizer)  # untrained, so without data
    text = "He left. She stayed."
    assert split_sentences(text, tokenize(text), "punkt") == [(0, 3), (3, 6)]


def test_a_document_gets_the_tokens_and_sentences_that_it_lacks() -> None:
    document = tokenized(Document("He left. She stayed.", id="d"))
    assert document.words() == ["He", "left", ".", "She", "stayed", "."]
    assert (document.sentences, document.id) == (((0, 3), (3, 6)), "d")


def test_a_document_keeps_the_tokens_and_sentences_that_it_has() -> None:
    given_tokens = Document("He left. She", tokens=((0, 2), (3, 8), (9, 12)))
    assert tokenized(given_tokens).tokens == given_tokens.tokens
    assert tokenized(given_tokens).sentences == ((0, 2), (2, 3))
    whole = Document("He left. She", tokens=((0, 2), (3, 8), (9, 12)), sentences=((0, 3),))
    assert tokenized(whole) is whole


@pytest.mark.parametrize("text", ["", " \r\n\t"])
def test_a_blank_document_stays_without_tokens(text: str) -> None:
    document = tokenized(Document(text))
    assert (document.tokens, document.sentences) == ((), ())


# The loop in C


TRICKY = st.one_of(
    st.sampled_from(list('.,;:?!()"-/@_12éЯế日ー😀×ʼ \n\u0301\u0643\u00a0\x85\x1c\u200b\u00ad\ud800\0')),
    st.sampled_from(
        ["word", "Ab", "e\u0301", "'s", "#a", "www.a.com", "1.5", "U.S.", ":-)", "$TSLA", "\U0001f1e6", " ."]
    ),
)


@given(st.lists(TRICKY, max_size=14).map("".join) | st.text(max_size=20))
@settings(deadline=None)
def test_tokens_in_c_are_those_of_the_pattern(text: str) -> None:
    pytest.importorskip("crfner._tokens", exc_type=ImportError)
    for name in ("default", "social"):
        found = tokenize(text, name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_tokens", None)
            assert found == tokenize(text, name)


@pytest.mark.parametrize("name", TOKENIZERS)
@given(
    text=st.lists(st.sampled_from(["word", "'s", "www.a.com", "1.5", "U.S.", ":-)", " .", *" '-.@#/:"])).map("".join)
)
@settings(deadline=None)
def test_the_pattern_for_ascii_finds_what_the_whole_one_finds(name: str, text: str) -> None:
    found, whole = (module._pattern(name, ascii_).finditer(text) for ascii_ in (True, False))
    assert [match.span() for match in found] == [match.span() for match in whole]


def test_all_combining_marks_of_this_python_are_known() -> None:
    marks = {point for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)).startswith("M")}
    assert marks <= {point for block in module._BLOCKS for point in block}


def test_what_does_not_go_forward_in_c_is_refused() -> None:
    cut = pytest.importorskip("crfner._tokens", exc_type=ImportError).cut
    for wrong in ((0, 0), (-1, 2), (2, 1), [0, 1], (0, 1, 2), "a", 5, (0, 2**70)):
        with pytest.raises((ValueError, TypeError, OverflowError)):
            cut("ab", lambda text, start, wrong=wrong: wrong)
    assert cut("ab", lambda text, start: (0, 99)) == [(0, 99)]
    assert cut("ab cd", lambda text, start: None) == [(0, 2)]
