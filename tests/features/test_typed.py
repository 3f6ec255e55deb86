"""What is told of a whole batch by word types is what each document is told by its words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import FeatureSet, typed
from features.channels import Channel, view
from features.documents import elsewhere
from features.typed import Batch, Elsewhere, Joint, Known, Types, pieces
from features.words import WORD_FEATURES, bordered, letters

WORDS = ["Apple", "apple", "APPLE", "McKay", "aspirin", "the", "7", "é", "ǅep", "|", "a|b", "iPhone", "recurring", "İx"]
DOCUMENTS = st.lists(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7), max_size=5), min_size=1, max_size=4
)
CONJUNCTIONS = [["lower[-1]", "lower[0]"], ["short_shape[-1]", "short_shape[0]", "short_shape[2]"], ["case[1]"]]

Documents = list[list[list[str]]]


def batch_of(types: Types, documents: Documents, pad: int) -> Batch:
    """The documents as numbers."""
    words = [word for sentences in documents for sentence in sentences for word in sentence]
    lengths = np.array([len(sentence) for sentences in documents for sentence in sentences], dtype=np.int64)
    return Batch.of(types, words, lengths, np.array([len(sentences) for sentences in documents]), pad)


def keys_of(channel: Channel, documents: Documents, pad: int) -> list[object]:
    """The key of each token, document by document."""
    found: list[object] = []
    for sentences in documents:
        laid = view(sentences, (), pad)
        keys = channel.keys(laid)
        found.extend(keys[position] for position in laid.positions)
    return found


@given(st.lists(DOCUMENTS, min_size=1, max_size=3))
@settings(deadline=None)
def test_coded_keys_are_the_keys_of_each_document(batches: list[Documents]) -> None:
    features = FeatureSet({"conjunctions": CONJUNCTIONS, "position": {}, "capitals": {}})
    types = Types()
    for documents in batches:
        batch = batch_of(types, documents, features.pad)
        for channel in features.channels:
            form = channel.form
            assert form is not None and not isinstance(form, typed.OfWords | Elsewhere)
            coded = form.coded(batch, None)
            assert coded is not None
            found = [coded.key(code) for code in coded.codes[batch.places].tolist()]
            assert found == keys_of(channel, documents, features.pad)


@given(DOCUMENTS, st.data())
@settings(deadline=None)
def test_only_conjunctions_without_weight_are_said_to_have_none(documents: Documents, data: st.DataObject) -> None:
    features = FeatureSet({"conjunctions": CONJUNCTIONS})
    types = Types()
    batch = batch_of(types, documents, features.pad)
    for channel in features.channels:
        keys = keys_of(channel, documents, features.pad)
        weighty = data.draw(st.lists(st.sampled_from(keys), max_size=4)) if keys else []
        assert isinstance(channel.form, Joint)
        coded = channel.form.coded(batch, Known([str(key) for key in weighty]))
        assert coded is not None
        for code, key in zip(coded.codes[batch.places].tolist(), keys, strict=True):
            assert coded.key(code) == key if code >= 0 else key not in weighty


def test_a_key_of_very_many_bars_is_not_cut_in_all_ways() -> None:
    known = Known(["|".join("x" * 100_000)])
    values = Types().values("words", lambda words: [word or "" for word in words])
    assert not known.never(False, values).any()


@given(st.lists(DOCUMENTS, min_size=1, max_size=3), st.sampled_from([0, 1, 4, 40]))
@settings(deadline=None)
def test_evidence_in_numbers_is_the_evidence_in_strings(batches: list[Documents], neighbours: int) -> None:
    pytest.importorskip("features._typed", exc_type=ImportError)
    types, form = Types(), Elsewhere(neighbours)
    for documents in batches:
        batch = batch_of(types, documents, 1)
        found = form.codes(batch)
        assert found is not None
        starts, codes = found
        strings = form.forms(types).strings

        def text(code: int, strings: list[str] = strings) -> str:
            form_, right = divmod(code - Elsewhere.first_neighbour, 2)
            return form.names[code] if form_ < 0 else f"{'right' if right else 'left'}={strings[form_]}"

        evidence = [
            tuple(sorted(map(text, codes[first:last].tolist())))
            for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        ]
        assert evidence == [values for one in documents for row in elsewhere(one, neighbours) for values in row]


@given(st.lists(st.sampled_from(WORDS), max_size=20), st.lists(st.sampled_from(WORDS), max_size=20))
def test_words_have_the_same_numbers_with_and_without_c(first: list[str], second: list[str]) -> None:
    quick, plain = Types(), Types()
    found = [quick.of(words).tolist() for words in (first, second)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed, "_typed", None)
        assert found == [plain.of(words).tolist() for words in (first, second)]
    assert quick.words == plain.words
    assert [[quick.words[number] for number in part] for part in found] == [first, second]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_pieces_are_cut_from_the_string_that_the_feature_cuts(word: str) -> None:
    for name in ("prefix", "suffix", "ngrams"):
        cut = pieces(WORD_FEATURES[name])
        assert cut is not None
        text, found = cut.string(word), []
        assert text == (bordered(word, 40) if name == "ngrams" else letters(word))
        for n in cut.lengths.tolist():
            if cut.kind == 2:
                found.extend(text[i : i + n] for i in range(len(text) - n + 1))
            elif n < len(text):
                found.append(text[:n] if cut.kind == 0 else text[-n:])
        assert WORD_FEATURES[name](word) == list(dict.fromkeys(found))
    assert pieces(WORD_FEATURES["shape"]) is None
