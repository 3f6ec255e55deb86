"""Several CRFs in one recogniser: what each learns differs, what they say is joined, and one file holds them."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from processes import one_process
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from crfner import CRFRecognizer, EnsembleRecognizer, load_model, read, store
from crfner.crf.corpus import thinned
from crfner.crf.emissions import Emissions, Views
from crfner.crf.scoring import Scorer
from crfner.document import Document, Span
from crfner.ensemble import training
from crfner.ensemble.training import member_parameters
from crfner.errors import CrfnerError, SettingError
from crfner.hits import hits_of
from features import Clusters, Gazetteer

CLINIC = Path(__file__).parents[1] / "data" / "clinic"
TRAIN, DEV = list(read(CLINIC / "train.jsonl"))[:60], list(read(CLINIC / "dev.jsonl"))[:30]
LEXICONS = {
    "drugs": Gazetteer(["ibuprofen", "paracetamol", "ramipril"]),
    "groups": Clusters({"mg": "0101", "of": "11"}),
}
FEATURES = {"base": "minimal", "gazetteers": {}, "clusters": {}}


def fitted(size: int = 3, **settings: Any) -> EnsembleRecognizer:
    crf = CRFRecognizer(FEATURES, lexicons=LEXICONS, iterations=15, **settings)
    with warnings.catch_warnings(action="ignore"):
        return EnsembleRecognizer(crf, size).fit(TRAIN)


@pytest.fixture(scope="module")
def ensemble() -> EnsembleRecognizer:
    with one_process():
        return fitted()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings(action="ignore"):
        yield


# What members learn


def test_members_differ_in_scheme_seed_and_attributes(ensemble: EnsembleRecognizer) -> None:
    assert [member.scheme for member in ensemble.members_] == ["IOB2", "BIOES", "IO"]
    assert [member.seed for member in ensemble.members_] == [0, 1, 2]
    known = [frozenset(member.fitted_.weights.attributes) for member in ensemble.members_]
    assert known[0] - known[1] and known[1] - known[0]


def test_the_first_member_has_the_scheme_that_was_asked_for() -> None:
    parameters = member_parameters(CRFRecognizer(scheme="IO", seed=7), 5)
    assert [member["scheme"] for member in parameters] == ["IO", "IOB2", "BIOES", "IO", "IOB2"]
    assert [member["seed"] for member in parameters] == [7, 8, 9, 10, 11]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_share_of_the_attributes_is_left_out_everywhere_or_nowhere(share: float) -> None:
    words = [[f"w={number}" for number in range(2000)]]
    ((kept,),) = (found for found, _ in thinned([(words, ["O"])], share, 3))
    assert len(kept) == pytest.approx(2000 * (1 - share), abs=100)
    assert [found for found, _ in thinned([([kept], ["O"])], share, 3)] == [[kept]]
    if share:
        assert [found for found, _ in thinned([(words, ["O"])], share, 4)] != [[kept]]


def test_the_threshold_is_half_of_f1_on_text_that_was_not_learnt_from(
    ensemble: EnsembleRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def f1(threshold: float) -> float:
        found = replace_threshold(ensemble, threshold).recognize(DEV)
        pairs = [(set(d.spans), set(gold.spans)) for d, gold in zip(found, DEV, strict=True)]
        return 2 * sum(len(a & b) for a, b in pairs) / sum(len(a) + len(b) for a, b in pairs)

    monkeypatch.setattr(
        "crfner.ensemble.recognizer.train_members", lambda *given, **options: ([*ensemble.members_], None, ())
    )
    chosen = EnsembleRecognizer(ensemble.crf).fit(TRAIN, DEV).threshold_
    assert chosen == pytest.approx(max(f1(threshold / 20) for threshold in range(2, 11)) / 2, abs=1e-4)
    assert EnsembleRecognizer(ensemble.crf).fit(TRAIN).threshold_ == 0.5


def test_a_fifth_is_held_out_where_there_is_text_for_it() -> None:
    learning, held_out = training._parts(TRAIN, 0)
    assert len(held_out) == 12 and len(learning) == 48 and not {d.text for d in learning} & {d.text for d in held_out}
    assert training._parts([Document("Ada.", spans=(Span(0, 3, "PER"),))], 0) == ((), ())
    nobody = [Document(f"No one {number}.") for number in range(20)]
    assert training._parts([*nobody, Document("Ada.", spans=(Span(0, 3, "PER"),))], 0) == ((), ())


def replace_threshold(ensemble: EnsembleRecognizer, threshold: float) -> EnsembleRecognizer:
    other = EnsembleRecognizer(ensemble.crf, ensemble.size)
    other.members_, other.threshold_ = ensemble.members_, threshold
    return other


# The vote


def test_the_score_of_a_span_is_the_mean_of_what_members_give_it(ensemble: EnsembleRecognizer) -> None:
    found = list(replace_threshold(ensemble, 0.2).recognize(DEV))
    pairs = [(document.with_spans(()), document.spans) for document in found]
    said = [list(member.weigh(pairs)) for member in ensemble.members_]
    assert sum(len(document.spans) for document in found) > 20
    for number, document in enumerate(found):
        for place, span in enumerate(document.spans):
            assert span.score == pytest.approx(fmean(of[number][1][place] for of in said), abs=1e-4)
            assert span.source == "ensemble"


def test_it_weighs_any_span_as_it_scores_its_own(ensemble: EnsembleRecognizer) -> None:
    odd = Span(0, 1, "UNKNOWN")
    found = list(ensemble.recognize(DEV))
    for document, probabilities in ensemble.weigh((d, [*d.spans, odd]) for d in found):
        *own, last = probabilities
        assert [round(probability, 4) for probability in own] == [span.score for span in document.spans]
        assert last == 0.0


def test_members_that_are_the_same_say_what_one_says_of_probable_spans(ensemble: EnsembleRecognizer) -> None:
    one = ensemble.members_[0]
    thrice = EnsembleRecognizer(ensemble.crf)
    thrice.members_, thrice.threshold_ = (one, one, one), 0.5
    expected = [[s for s in d.spans if (s.score or 0) > 0.5] for d in one.recognize(DEV)]
    assert [list(document.spans) for document in thrice.recognize(DEV)] == expected


# One file


def test_the_file_gives_the_same_and_holds_lexicons_once(ensemble: EnsembleRecognizer, tmp_path: Path) -> None:
    path = tmp_path / "e.crfner"
    ensemble.save(path)
    loaded = load_model(path)
    assert isinstance(loaded, EnsembleRecognizer)
    assert list(loaded.weigh((d, d.spans) for d in DEV)) == list(ensemble.weigh((d, d.spans) for d in DEV))
    assert loaded.labels == ensemble.labels and loaded.size == 3 and loaded.threshold_ == ensemble.threshold_
    parts = store.load(path).parts
    assert set(parts) - {"gazetteers/drugs.txt", "clusters/groups.txt"} == {f"members/{n}.crfner" for n in range(3)}
    lexicons = [member.lexicons or {} for member in loaded.members_]
    assert lexicons[0] and all(one[name] is lexicon for one in lexicons for name, lexicon in lexicons[0].items())
    loaded.save(tmp_path / "again.crfner")
    assert (tmp_path / "again.crfner").read_bytes() == path.read_bytes()


def test_the_same_data_gives_the_same_file_in_whatever_process(ensemble: EnsembleRecognizer, tmp_path: Path) -> None:
    ensemble.save(tmp_path / "a")
    fitted().save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_members_share_lexicons_after_training(ensemble: EnsembleRecognizer) -> None:
    assert all(member.lexicons["drugs"] is LEXICONS["drugs"] for member in ensemble.members_ if member.lexicons)


def test_a_clone_has_the_parameters_and_has_learnt_nothing(ensemble: EnsembleRecognizer) -> None:
    again = clone(ensemble)
    assert again.size == 3 and again.crf.iterations == 15
    with pytest.raises(NotFittedError, match="learnt nothing"):
        again.labels  # noqa: B018


@pytest.mark.parametrize(
    "about", [None, {}, {"size": 3}, {"size": 10**9, "threshold": 0.5}, {"size": 3, "threshold": 2}]
)
def test_a_damaged_file_is_refused(about: object, ensemble: EnsembleRecognizer, tmp_path: Path) -> None:
    path = tmp_path / "e.crfner"
    ensemble.save(path)
    stored = store.load(path)
    store.save(path, {**stored.manifest, "ensemble": about}, stored.parts)
    with pytest.raises(CrfnerError, match=r"e\.crfner: the model is damaged"):
        load_model(path)


def test_a_file_without_a_member_or_with_a_damaged_one_is_refused(ensemble: EnsembleRecognizer, tmp_path: Path) -> None:
    path = tmp_path / "e.crfner"
    ensemble.save(path)
    stored = store.load(path)
    for parts, message in (
        ({name: part for name, part in stored.parts.items() if name != "members/1.crfner"}, "it holds no 'members/1"),
        ({**stored.parts, "members/1.crfner": b"nothing"}, "member 2: this is not a crfner model"),
    ):
        store.save(path, stored.manifest, parts)
        with pytest.raises(CrfnerError, match=message):
            load_model(path)


# What makes no sense


@pytest.mark.parametrize("size", [0, 1, 21, 2.5])
def test_there_are_2_to_20_members(size: Any) -> None:
    with pytest.raises(SettingError, match="2 to 20 members"):
        EnsembleRecognizer(CRFRecognizer(), size)


@pytest.mark.parametrize(
    ("crf", "message"),
    [
        (CRFRecognizer(thresholds={"X": 0.3}), "one threshold"),
        (CRFRecognizer(consistency=0.6), "leave out consistency"),
    ],
)
def test_members_are_plain(crf: CRFRecognizer, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        EnsembleRecognizer(crf)


@pytest.fixture(scope="module")
def staged() -> EnsembleRecognizer:
    with one_process():
        return fitted(2, stages=2, seen=True)


def test_members_share_a_first_stage_and_what_was_seen(staged: EnsembleRecognizer, tmp_path: Path) -> None:
    assert [set(member.fitted_.hinters) for member in staged.members_] == [{"first", "seen"}] * 2
    staged.save(tmp_path / "model")
    again = EnsembleRecognizer.load(tmp_path / "model")
    assert (again.crf.stages, again.crf.seen) == (2, True)
    found = list(staged.recognize(DEV))
    assert list(again.recognize(DEV)) == found
    assert any(document.spans for document in found)
    assert [document.meta for document in found] == [document.meta for document in DEV]


def test_scores_are_those_of_each_member_after_one_stage_and_the_other(staged: EnsembleRecognizer) -> None:
    prepared = [staged.crf.prepared(document.with_spans(())) for document in DEV]
    first, features = staged.members_[0], staged.members_[0].fitted_.features
    hinted = first.hinted(prepared)
    views = Views(features, hinted)
    together = Scorer([member.fitted_ for member in staged.members_]).scores(prepared)
    for member, scores in zip(staged.members_, together, strict=True):
        alone = Emissions(features, member.fitted_.weights)
        expected = alone.words(views) + alone.hits(views, [hits_of(document) for document in hinted])
        assert np.allclose(scores, expected)
        assert np.allclose(scores, member.tagger().emissions(prepared)[0])


@pytest.mark.parametrize("share", [-0.1, 1, "half", None])
def test_a_share_to_leave_out_is_below_1(share: Any) -> None:
    with pytest.raises(SettingError, match="left_out must be a share"):
        CRFRecognizer(left_out=share).check()


def test_labels_with_few_examples_are_warned_of_once() -> None:
    documents = TRAIN[:2]
    with pytest.warns(UserWarning, match="fewer than 10") as told:
        EnsembleRecognizer(CRFRecognizer("minimal", iterations=2), 2).fit(documents)
    assert len(told) == 1
