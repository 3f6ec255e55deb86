"""CRFRecognizer: scikit-learn's habits, clear refusals, any text, and results that depend on nothing but the input."""

import itertools
import pickle
import random
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.validation import check_is_fitted

from crfner.batches import batches
from crfner.crf import ALGORITHMS, CRFRecognizer, emissions
from crfner.crf.packed import pack
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import evaluate
from crfner.formats import read
from crfner.schemes import SCHEMES
from crfner.tokenize import tokenized
from features import Gazetteer

CLINIC = Path(__file__).parents[2] / "data" / "clinic" / "train.jsonl"


def quick(**parameters: Any) -> CRFRecognizer:
    """A recogniser that is trained in a moment."""
    return CRFRecognizer(**{"features": "minimal", "iterations": 20, **parameters})


def people(count: int = 12, label: str = "PER", name: str = "Ann") -> list[Document]:
    """Documents in each of which a name at the start is labelled."""
    return [Document(f"{name} took aspirin {number}.", spans=(Span(0, len(name), label),)) for number in range(count)]


@pytest.fixture(scope="module")
def corpus() -> list[Document]:
    return list(read(CLINIC))


@pytest.fixture(scope="module")
def some(corpus: list[Document]) -> list[Document]:
    """Documents that hold ten examples of each of their labels."""
    return [d.with_spans(s for s in d.spans if s.label != "DEVICE") for d in corpus[:120]]


@pytest.fixture(scope="module")
def fitted(corpus: list[Document]) -> CRFRecognizer:
    return quick().fit(corpus)


def essence(documents: Any) -> list[list[tuple[int, int, str, float | None]]]:
    """The spans with their scores."""
    return [[(span.start, span.end, span.label, span.score) for span in document.spans] for document in documents]


# As an estimator of scikit-learn


def test_the_constructor_only_stores() -> None:
    given: dict[str, Any] = {"features": object(), "c1": "nonsense", "scheme": None, "declared_labels": ["A"]}
    recognizer = CRFRecognizer(**given)
    assert all(recognizer.get_params()[name] is value for name, value in given.items())


def test_fit_returns_the_estimator_and_learns_the_labels(fitted: CRFRecognizer, corpus: list[Document]) -> None:
    recognizer = quick()
    assert recognizer.fit(people()) is recognizer
    assert recognizer.labels == ("PER",)
    assert fitted.labels == tuple(sorted({span.label for document in corpus for span in document.spans}))
    check_is_fitted(fitted)


def test_what_was_not_fitted_says_so() -> None:
    for use in (
        lambda: quick().predict(people()),
        lambda: quick().labels,
        lambda: quick().save("never-written"),
        lambda: check_is_fitted(quick()),
    ):
        with pytest.raises(NotFittedError):
            use()


def test_score_is_the_exact_micro_f1(fitted: CRFRecognizer, corpus: list[Document]) -> None:
    expected = evaluate(corpus, list(fitted.recognize(corpus)), samples=1).micro.f1
    assert fitted.score(corpus) == expected > 0.5


def test_predict_gives_the_spans_that_recognize_gives(fitted: CRFRecognizer, corpus: list[Document]) -> None:
    assert fitted.predict(corpus[:9]) == [document.spans for document in fitted.recognize(corpus[:9])]


def test_parameters_can_be_set_by_name_and_no_others() -> None:
    recognizer = quick().set_params(c1=0.5, scheme="BIOES")
    assert (recognizer.c1, recognizer.get_params()["scheme"]) == (0.5, "BIOES")
    with pytest.raises(ValueError, match=r"no parameter 'c3'; it has features, .*, progress"):
        recognizer.set_params(c3=1)


def test_a_clone_has_the_parameters_and_nothing_learnt(fitted: CRFRecognizer) -> None:
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "fitted_")


def test_grid_search_tries_the_parameters_and_fits_the_best(some: list[Document]) -> None:
    grid = {"c2": np.array([0.01, 1.0]), "min_freq": np.arange(2)}
    search = GridSearchCV(quick(iterations=5), grid, cv=2, error_score="raise").fit(some[:80])
    assert search.best_params_ in [{"c2": c2, "min_freq": freq} for c2 in (0.01, 1.0) for freq in (0, 1)]
    assert search.predict(some[:2]) == search.best_estimator_.predict(some[:2])


def test_cross_validation_scores_every_fold(some: list[Document]) -> None:
    scores = cross_val_score(quick(), some[:80], cv=3, error_score="raise")
    assert len(scores) == 3 and all(0 < score <= 1 for score in scores)


def test_a_pickled_recogniser_predicts_the_same(fitted: CRFRecognizer, corpus: list[Document], tmp_path: Path) -> None:
    expected = essence(fitted.recognize(corpus[:30]))
    joblib.dump(fitted, tmp_path / "model.joblib")
    for copy in (joblib.load(tmp_path / "model.joblib"), pickle.loads(pickle.dumps(fitted))):
        assert essence(copy.recognize(corpus[:30])) == expected


def test_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(CRFRecognizer()) == "CRFRecognizer()"
    assert repr(CRFRecognizer("rich", c1=0.5)) == "CRFRecognizer(features='rich', c1=0.5)"


def test_numbers_of_numpy_are_as_good_as_others(tmp_path: Path) -> None:
    numbers = quick(c1=np.float32(0.5), iterations=np.int64(9), min_freq=np.int32(1), seed=np.uint8(3)).fit(people())
    plain = quick(c1=0.5, iterations=9, min_freq=1, seed=3).fit(people())
    numbers.save(tmp_path / "a")
    plain.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


# Parameters without sense


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"algorithm": "sgd"}, "unknown algorithm 'sgd'; known are lbfgs, l2sgd, ap, pa, arow"),
        ({"scheme": "BEIS"}, "unknown tagging scheme 'BEIS'; known are IO,"),
        ({"scheme": None}, "unknown tagging scheme 'None'"),
        ({"tokenizer": "x"}, "unknown tokenizer 'x'; known are default,"),
        ({"sentences": "x"}, "unknown sentences 'x'; known are rules, punkt"),
        ({"pos": "x"}, "unknown pos 'x'; known are None, nltk"),
        ({"features": "x"}, "no preset 'x'; known are minimal,"),
        ({"features": {"wrod": {}}}, "unknown feature 'wrod'; known are "),
        ({"c1": -1}, "c1 must be a number, 0 or more, not -1"),
        ({"c2": -0.1}, "c2 must be a number, 0 or more, not -0.1"),
        ({"c2": float("nan")}, "c2 must be a number, 0 or more, not nan"),
        ({"c2": float("inf")}, "c2 must be a number, 0 or more, not inf"),
        ({"c1": "high"}, "c1 must be a number, 0 or more, not 'high'"),
        ({"iterations": 0}, "iterations must be a whole number, 1 or more, not 0"),
        ({"iterations": 2.5}, "iterations must be a whole number, 1 or more, not 2.5"),
        ({"min_freq": -1}, "min_freq must be a whole number, 0 or more, not -1"),
        ({"seed": None}, "seed must be a whole number, 0 or more, not None"),
        ({"algorithm": "ap", "c1": 0.1}, "the algorithm ap has no c1; leave it out or choose lbfgs"),
        ({"algorithm": "l2sgd", "c1": 0.1}, "the algorithm l2sgd has no c1"),
        ({"algorithm": "arow", "c2": 0.1}, "the algorithm arow has no c2"),
        ({"lexicons": {"my list": Gazetteer.from_lines(["a"])}}, "a lexicon cannot be named 'my list'"),
        ({"lexicons": {"../x": Gazetteer.from_lines(["a"])}}, "a lexicon cannot be named '../x'"),
        ({"declared_labels": "PER"}, "declared_labels should be a list of labels, not the text 'PER'"),
    ],
)
def test_a_parameter_without_sense_is_refused_before_anything_is_read(parameters: dict[str, Any], message: str) -> None:
    def documents() -> Iterator[Document]:
        raise AssertionError("nothing should be read")
        yield

    with pytest.raises(SettingError, match=message.replace("(", r"\(")) as refused:
        quick(**parameters).fit(documents())
    assert isinstance(refused.value, ValueError) and "\n" not in str(refused.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_trains_and_tags_without_further_parameters(algorithm: str, some: list[Document]) -> None:
    assert quick(algorithm=algorithm, iterations=20).fit(some).score(some) > 0.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_trains_and_tags(scheme: str, some: list[Document]) -> None:
    recognizer = quick(scheme=scheme).fit(some)
    assert recognizer.fitted_.manifest["settings"]["scheme"] == scheme
    assert recognizer.score(some) > 0.5


# Training data


def test_a_declared_label_without_example_is_an_error() -> None:
    with pytest.raises(CrfnerError, match="no example of the declared label 'ORG'; annotate some"):
        quick(declared_labels=["PER", "ORG"]).fit(people())


def test_a_label_that_is_not_declared_is_an_error() -> None:
    with pytest.raises(CrfnerError, match="the label 'DRUG', which is not declared"):
        quick(declared_labels=["PER"]).fit([*people(), *people(label="DRUG")])


def test_fewer_than_ten_examples_of_a_label_are_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"fewer than 10 examples .*: ORG \(9\)$"):
        quick(declared_labels=["PER", "ORG"]).fit([*people(), *people(9, "ORG", "Acme")])


def test_ten_examples_are_enough() -> None:
    with warnings.catch_warnings(action="error"):
        quick(declared_labels=iter(["PER"])).fit(people(10))


@pytest.mark.parametrize("documents", [[], [Document("")], [Document(" \n\t ")]])
def test_no_text_is_an_error(documents: list[Document]) -> None:
    with pytest.raises(CrfnerError, match="holds no text"):
        quick().fit(documents)


def test_no_entity_is_an_error() -> None:
    with pytest.raises(CrfnerError, match="holds no labelled span; annotate some"):
        quick().fit([Document("Ann took aspirin.")])


def test_overlapping_spans_are_an_error_that_names_the_document() -> None:
    overlapping = Document("Ann took aspirin.", spans=(Span(0, 3, "PER"), Span(0, 8, "EVENT")), id="note-7")
    with pytest.raises(CrfnerError, match="document 'note-7' has overlapping spans"):
        quick().fit([*people(), overlapping])


@pytest.mark.parametrize("label", ["A\0", "A\ud800"])
def test_a_label_that_crfsuite_would_change_is_an_error(label: str) -> None:
    with pytest.raises(CrfnerError, match="holds a NUL or half of a surrogate pair; give it another name"):
        quick().fit(people(label=label))


@pytest.mark.parametrize("label", ["GENE-OR-PROTEIN", "Straße", "two words", "O", "B-X", "a:b\\c"])
def test_any_other_label_is_learnt_and_given_as_it_is(label: str) -> None:
    documents = people(label=label)
    recognizer = quick().fit(documents)
    assert recognizer.labels == (label,)
    assert recognizer.score(documents) == 1.0


def test_one_document_is_enough_to_train() -> None:
    with pytest.warns(UserWarning, match="fewer than 10"):
        assert quick().fit(people(1)).labels == ("PER",)


def test_training_learns_spans_that_are_off_the_token_borders() -> None:
    documents = [Document(f"take {dose}mg now", spans=(Span(5, 5 + len(str(dose)), "DOSE"),)) for dose in range(10, 30)]
    recognizer = quick().fit(documents)
    assert recognizer.fitted_.manifest["training"]["spans_off_token_borders"] == 20


def test_training_does_not_change_the_documents(corpus: list[Document]) -> None:
    before = pickle.dumps(corpus[:20])
    with warnings.catch_warnings(action="ignore"):
        quick(iterations=2).fit(corpus[:20])
    assert pickle.dumps(corpus[:20]) == before


# One seed, one model


@pytest.mark.parametrize("algorithm", ["lbfgs", "l2sgd", "arow"])
def test_the_same_seed_and_data_give_the_same_file_to_the_byte(
    algorithm: str, some: list[Document], tmp_path: Path
) -> None:
    for name in ("a", "b"):
        quick(algorithm=algorithm, seed=7, iterations=5).fit(some[:60]).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_generator_trains_the_same_model_as_a_list(some: list[Document]) -> None:
    streamed, listed = (quick().fit(given).fitted_.weights for given in (iter(some[:60]), some[:60]))
    assert pack(streamed) == pack(listed)


# Gold is never looked at


def test_spans_that_are_handed_in_do_not_matter(fitted: CRFRecognizer, corpus: list[Document]) -> None:
    bare = essence(fitted.recognize([document.with_spans(()) for document in corpus[:50]]))
    wrong = [document.with_spans([Span(0, 1, "NONSENSE")] * bool(document.text)) for document in corpus[:50]]
    assert essence(fitted.recognize(corpus[:50])) == bare
    assert essence(fitted.recognize(wrong)) == bare


def test_spans_off_the_token_borders_do_not_split_tokens_while_tagging(fitted: CRFRecognizer) -> None:
    document = tokenized(Document("aspirin 300mg"))
    (tagged,) = fitted.recognize([document.with_spans([Span(9, 10, "X")])])
    assert tagged.tokens == document.tokens


# Any text


ODD_TEXTS = (
    *("", " ", " \n\t\r\n ", "\u2028", "\0", "Ann\0took\0aspirin", "\ud800", "Ann \udfff took \ud83d aspirin"),
    *("😀👩\u200d👩\u200d👧 40 mg", "\ufeffAnn", "e\u0301\u0301\u0301", "\u202eAnn", "\x7f\x1b[0m", "日本語のテキスト"),
    *("a" * 10_000, "." * 1000),
)


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_no_text_is_too_odd_to_tag_or_to_train_on(text: str, fitted: CRFRecognizer) -> None:
    (tagged,) = fitted.recognize([Document(text)])
    assert tagged.text == text
    recognizer = quick(features="default", iterations=5).fit([*people(), Document(text)])
    assert recognizer.predict(people(1)) == [(Span(0, 3, "PER"),)]


@pytest.mark.parametrize("odd", ["An\0n", "An\ud800n"])
def test_words_that_crfsuite_cannot_keep_are_learnt_all_the_same(odd: str) -> None:
    others = [Document(f"An\ufffe took {number}") for number in range(12)]
    documents = [Document(f"{odd} took {number}", spans=(Span(0, 4, "PER"),)) for number in range(12)]
    recognizer = quick(features={"word": {"window": 0}}).fit([*documents, *others])
    assert recognizer.predict(documents) == [document.spans for document in documents]
    assert recognizer.predict(others) == [()] * 12


def test_columns_that_crfsuite_cannot_keep_are_learnt_all_the_same() -> None:
    words, tokens = "x y", ((0, 1), (2, 3))
    meta = {"columns": (("N\ud800\0", "V"),)}
    documents = [Document(words, tokens, ((0, 2),), (Span(0, 1, "X"),), meta=meta)] * 12
    assert quick(features={"columns": {"window": 0}}).fit(documents).predict(documents)[0] == (Span(0, 1, "X"),)


def test_no_documents_give_no_documents(fitted: CRFRecognizer) -> None:
    assert list(fitted.recognize([])) == [] and fitted.predict(iter(())) == []


def test_random_characters_never_raise(fitted: CRFRecognizer) -> None:
    chance = random.Random(0)
    texts = ["".join(chr(chance.randrange(0x3000)) for _ in range(chance.randrange(80))) for _ in range(60)]
    assert [document.text for document in fitted.recognize(map(Document, texts))] == texts


# Documents keep what they are


def test_documents_keep_their_own_tokens_sentences_id_and_meta(fitted: CRFRecognizer) -> None:
    text = "Aspirin300mg daily. Ann"
    own = Document(text, ((0, 7), (7, 12), (13, 19), (20, 23)), ((0, 3), (3, 4)), (), "note-1", {"ward": 3})
    (tagged,) = fitted.recognize([own])
    assert replace(tagged, spans=()) == own
    assert {span.start for span in tagged.spans} <= {0, 7, 13, 20}


def test_own_tokens_without_sentences_are_split_into_sentences(fitted: CRFRecognizer) -> None:
    (tagged,) = fitted.recognize([Document("Ann left.\nBob left.", ((0, 3), (4, 9), (10, 13), (14, 19)))])
    assert tagged.sentences == ((0, 2), (2, 4))


def test_tokens_outside_of_every_sentence_are_tagged_too_and_move_nothing() -> None:
    recognizer = quick().fit([*people(20), *[Document("nobody took it.")] * 20])
    document = tokenized(Document("nobody left.\nnobody came.\nAnn took it."))
    partial = replace(document, sentences=document.sentences[::2])
    following = people(1)[0]
    tagged = list(recognizer.recognize([partial, following]))
    assert essence(tagged) == essence(recognizer.recognize([document, following]))
    assert tagged[0].spans == (Span(26, 29, "PER"),)
    with_columns = replace(partial, meta={"columns": (tuple("N" for _ in partial.tokens),)})
    assert quick(features={"columns": {}}).fit([with_columns.with_spans(tagged[0].spans)] * 12).labels == ("PER",)


def test_spans_begin_and_end_with_tokens_and_have_probabilities(fitted: CRFRecognizer, corpus: list[Document]) -> None:
    found = 0
    for document in fitted.recognize(corpus):
        starts, ends = {start for start, _ in document.tokens}, {end for _, end in document.tokens}
        for span in document.spans:
            assert span.start in starts and span.end in ends
            assert span.score is not None and 0 < span.score <= 1 and span.source == "crf"
            found += 1
    assert found > 300


def test_scores_tell_right_from_wrong(fitted: CRFRecognizer) -> None:
    dev = list(read(CLINIC.with_name("dev.jsonl")))
    pairs = list(zip(dev, fitted.recognize(dev), strict=True))
    right = [span.score for gold, guess in pairs for span in guess.spans if span in gold.spans]
    wrong = [span.score for gold, guess in pairs for span in guess.spans if span not in gold.spans]
    assert np.mean(right) > np.mean(wrong) + 0.1


# Batches and streams


@pytest.mark.parametrize("size", [1, 5, 10**9])
def test_the_size_of_a_batch_changes_nothing(
    size: int, fitted: CRFRecognizer, corpus: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [*corpus[:40], Document(""), Document(" "), *corpus[40:80]]
    expected = list(fitted.recognize(documents))
    monkeypatch.setattr(batches, "__defaults__", (size,))
    found = list(fitted.recognize(documents))
    assert found == expected
    assert [document.id for document in found] == [document.id for document in documents]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_tables_that_are_emptied_again_and_again_change_nothing(
    size: int, fitted: CRFRecognizer, corpus: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = list(fitted.recognize(corpus[:80]))
    copy = pickle.loads(pickle.dumps(fitted))
    monkeypatch.setattr(emissions, "_TABLE_SIZE", size)
    monkeypatch.setattr(batches, "__defaults__", (50,))
    assert list(copy.recognize(corpus[:80])) == expected


def test_recognition_yields_while_its_input_goes_on(fitted: CRFRecognizer, corpus: list[Document]) -> None:
    endless = itertools.cycle(corpus)
    found = list(itertools.islice(fitted.recognize(endless), 600))
    assert [document.text for document in found] == [corpus[number % len(corpus)].text for number in range(600)]


def test_a_long_sentence_is_tagged_whole(fitted: CRFRecognizer) -> None:
    (tagged,) = fitted.recognize([Document("took aspirin daily and " * 3000)])
    assert len(tagged.sentences) == 1 and len(tagged.tokens) == 12_000


# Further


def test_scores_are_kept_in_the_manifest() -> None:
    recognizer = quick().fit(people())
    recognizer.add_scores("dev", {"f1": 0.5})
    recognizer.add_scores("test", {"f1": 0.25})
    assert recognizer.fitted_.manifest["scores"] == {"dev": {"f1": 0.5}, "test": {"f1": 0.25}}


def test_check_refuses_what_fit_would_refuse_and_accepts_the_rest() -> None:
    quick().check()
    with pytest.raises(SettingError):
        quick(iterations=0).check()
    with pytest.raises(SettingError):
        quick(features="x").check()
    with pytest.raises(SettingError):
        quick(declared_labels="PER").check()
