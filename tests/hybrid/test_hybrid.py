"""Hybrids end to end on the shipped clinic notes: fitting, saving, loading, explaining who decided."""

import json
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crfner import CRFRecognizer, read
from crfner.document import Document, Span
from crfner.errors import CrfnerError, SettingError
from crfner.evaluation import evaluate
from crfner.hits import HITS
from crfner.hybrid import POLICIES, HybridRecognizer
from crfner.models import load_model
from crfner.rules import DictionaryRule, RegexRule, RuleRecognizer, RuleSet, mine
from crfner.rules.checking.estimates import estimated

CLINIC = Path(__file__).parents[2] / "data" / "clinic"
TRAIN, DEV = list(read(CLINIC / "train.jsonl"))[:120], list(read(CLINIC / "dev.jsonl"))
RULES = RuleSet(
    (
        RegexRule(name="doses", label="DOSE", pattern=r"\d+(?:\.\d+)? ?(?:mg|ml)\b"),
        RegexRule(
            name="stems", label="MEDICINE", pattern=r"\b[a-z]{3,}(?:pril|olol|statin|cillin|azole|fen|mol|ide|ine)\b"
        ),
        DictionaryRule(name="devices", label="DEVICE", terms=("walking frame", "inhaler", "hearing aid")),
    )
)


def tiny() -> CRFRecognizer:
    return CRFRecognizer("minimal", iterations=30)


def fitted(policy: str, **settings: Any) -> HybridRecognizer:
    with warnings.catch_warnings(action="ignore"):
        return HybridRecognizer(tiny(), RULES, policy, folds=4, **settings).fit(TRAIN)


@pytest.fixture(scope="module", params=POLICIES)
def hybrid(request: pytest.FixtureRequest) -> HybridRecognizer:
    return fitted(request.param)


@pytest.fixture(scope="module")
def union() -> HybridRecognizer:
    return fitted("union")


def essence(recognizer: Any) -> list[tuple[Any, ...]]:
    return [
        (s.start, s.end, s.label, s.score, s.source) for document in recognizer.recognize(DEV) for s in document.spans
    ]


def test_it_is_better_than_its_own_crf(hybrid: HybridRecognizer) -> None:
    """A hundred and twenty notes do not show the medicines that a few stems find."""
    with warnings.catch_warnings(action="ignore"):
        alone = evaluate(DEV, tiny().fit(TRAIN).recognize(DEV), samples=1).micro.f1
    assert evaluate(DEV, hybrid.recognize(DEV), samples=1).micro.f1 > alone


def test_it_comes_back_from_its_file(hybrid: HybridRecognizer, tmp_path: Path) -> None:
    hybrid.save(tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    assert isinstance(loaded, HybridRecognizer)
    assert essence(loaded) == essence(hybrid)
    assert (loaded.labels, loaded.policy, loaded.policy_) == (hybrid.labels, hybrid.policy, hybrid.policy_)
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "model").read_bytes()


def test_a_span_that_a_rule_decided_names_the_rule() -> None:
    sources = {source for *_, source in essence(fitted("override"))}
    assert {"crf", "stems"} <= sources


def test_it_says_what_both_sides_had_said() -> None:
    document, evidence = next(fitted("fallback").decided([Document("Give 5 mg now.")]))
    assert [(hit.start, hit.end, hit.source) for hit in evidence.hits] == [(5, 9, "doses")]
    assert 0 < evidence.probabilities[0] < 1
    assert [document.text[span.start : span.end] for span in document.spans] == ["5 mg"]


def test_a_trained_crf_serves_as_it_is() -> None:
    with warnings.catch_warnings(action="ignore"):
        crf = tiny().fit(TRAIN)
    hybrid = HybridRecognizer(crf, RULES, "fallback")
    assert hybrid.crf is crf
    found = next(hybrid.recognize([Document("Ask for the hearing aid and 700 ml.")])).spans
    assert [span.label for span in found] == ["DEVICE", "DOSE"]


def test_rules_of_unknown_precision_get_the_one_they_have_in_training(union: HybridRecognizer) -> None:
    precisions = [rule.precision for rule in union.rules_]
    assert all(precision is not None and 0 < precision < 1 for precision in precisions)


def test_features_leave_no_trace_in_the_documents(hybrid: HybridRecognizer) -> None:
    given = Document("Give 5 mg now.", meta={"ward": 3})
    assert next(hybrid.recognize([given])).meta == {"ward": 3}
    assert HITS not in next(hybrid.recognize(DEV)).meta


def test_a_users_own_meta_of_that_name_does_no_harm(hybrid: HybridRecognizer) -> None:
    given = Document("Give 5 mg now.", meta={HITS: 7})
    assert next(hybrid.recognize([given])).meta == {HITS: 7}


def test_the_policy_can_be_chosen_on_documents_of_its_own() -> None:
    with warnings.catch_warnings(action="ignore"):
        hybrid = HybridRecognizer(tiny(), RULES, "fallback").fit(TRAIN, DEV)
    assert set(hybrid.policy_.settings()["precision"]) == {"DEVICE", "DOSE", "MEDICINE"}  # type: ignore[union-attr]


def test_mined_rules_stand_beside_given_ones() -> None:
    names = [rule.name for rule in fitted("union", mine=True).rules_]
    assert names[:3] == ["doses", "stems", "devices"]
    assert any(name.startswith("MEDICINE") for name in names[3:])


def test_rules_mined_before_and_given_again_keep_their_names_and_new_ones_get_others() -> None:
    """To mine rules, edit their file and train a hybrid with it is what the rules are for."""
    mined = mine(TRAIN)
    with warnings.catch_warnings(action="ignore"):
        hybrid = HybridRecognizer(tiny(), mined, "union", mine=True, folds=4).fit(TRAIN)
    names = [rule.name for rule in hybrid.rules_]
    assert names[: len(mined)] == [rule.name for rule in mined]
    assert f"{names[0]}-2" in names
    assert essence(hybrid)


def test_the_same_data_and_seed_give_the_same_file(tmp_path: Path) -> None:
    fitted("union", mine=True, seed=3).save(tmp_path / "one")
    fitted("union", mine=True, seed=3).save(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_ctrl_c_after_the_crf_is_trained_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(HybridRecognizer, "_on_folds", stopped)
    hybrid = fitted("fallback")
    assert hybrid.interrupted_
    assert essence(hybrid)


def test_ctrl_c_while_the_crf_is_trained_is_the_end_of_training(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[CRFRecognizer] = []

    def stopped(self: CRFRecognizer, documents: Any) -> CRFRecognizer:
        started.append(self)
        fit(self, documents)
        manifest = {**self.manifest, "training": {**self.manifest["training"], "interrupted": True}}
        self.fitted_ = replace(self.fitted_, manifest=manifest)
        return self

    fit = CRFRecognizer.fit
    monkeypatch.setattr(CRFRecognizer, "fit", stopped)
    hybrid = fitted("union")
    assert len(started) == 1 and hybrid.interrupted_
    assert essence(hybrid)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"policy": "vote"}, "unknown policy 'vote'; known are fallback, override, union, features"),
        ({"rules": None}, "a hybrid needs rules"),
        ({"folds": 1}, "folds must be a whole number, 2 or more, not 1"),
    ],
)
def test_settings_without_sense_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        HybridRecognizer(tiny(), **{"rules": RULES, **settings})


def changed(path: Path, change: dict[str, Any]) -> Path:
    """The model with another entry `hybrid` in its manifest."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    manifest["hybrid"].update(change)
    parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "change",
    [
        {"policy": "vote"},
        {"policy": None},
        {"policy": ["union"]},
        {"settings": None},
        {"settings": {}},
        {"settings": {"weights": {"crf": "much"}, "threshold": 0.5}},
        {"settings": {"weights": {}, "threshold": True}},
        {"settings": {"weights": [], "threshold": 0.5}},
        {"settings": {"weights": {}, "threshold": 10**400}},
    ],
)
def test_a_forged_policy_is_refused(change: dict[str, Any], union: HybridRecognizer, tmp_path: Path) -> None:
    union.save(tmp_path / "model")
    with pytest.raises(CrfnerError, match=r"model: the model is damaged: (its manifest names no|the settings of its)"):
        load_model(changed(tmp_path / "model", change))


def test_each_recogniser_opens_its_own_kind_only(union: HybridRecognizer, tmp_path: Path) -> None:
    union.save(tmp_path / "model")
    with pytest.raises(CrfnerError, match="this is not a CRF model"):
        CRFRecognizer.load(tmp_path / "model")
    assert HybridRecognizer.load(tmp_path / "model").policy == "union"


def test_entities_that_end_within_a_token_can_be_learnt(hybrid: HybridRecognizer) -> None:
    """Training splits the token; what the rules say of it holds for both parts."""
    glued = Document("Give 5mgs now.", spans=(Span(5, 8, "DOSE"),))
    with warnings.catch_warnings(action="ignore"):
        again = HybridRecognizer(tiny(), RULES, hybrid.policy, folds=4).fit([glued, *TRAIN[:40]])
    assert again.crf.manifest["training"]["spans_off_token_borders"] == 1
    assert "DOSE" in again.labels


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("others", [[], [Document("Nothing to see."), Document("Nor here.")]])
def test_entities_of_one_document_alone_leave_the_policy_at_its_defaults(policy: str, others: list[Document]) -> None:
    """No CRF can learn from the other documents, so that nothing tells how far to trust it."""
    documents = [Document("Give 5 mg now.", spans=(Span(5, 9, "DOSE"),)), *others]
    with pytest.warns(UserWarning) as told:
        hybrid = HybridRecognizer(tiny(), RULES, policy).fit(documents)
    assert hybrid.policy_ == HybridRecognizer(tiny(), RULES, policy).policy_
    assert any("no entity to choose the settings" in str(one.message) for one in told) == (policy != "features")
    assert len(list(hybrid.recognize(DEV))) == len(DEV)


@pytest.mark.parametrize("policy", ["fallback", "override", "union"])
def test_dev_documents_without_entities_choose_nothing(policy: str) -> None:
    with warnings.catch_warnings(action="ignore"), pytest.warns(match=f"no entity to choose the settings .* {policy}"):
        hybrid = HybridRecognizer(tiny(), RULES, policy).fit(TRAIN[:20], [Document("Give 5 mg now.")])
    assert hybrid.policy_ == HybridRecognizer(tiny(), RULES, policy).policy_


def test_documents_pass_through_as_a_stream(hybrid: HybridRecognizer) -> None:
    """Those without any text, too, are handed on before memory is full of them."""
    for document in (Document("Give 5 mg now."), Document("")):
        stream = iter([document] * 20_000)
        next(hybrid.recognize(stream))
        assert next(stream, None) is not None


def test_gold_spans_are_not_looked_at(hybrid: HybridRecognizer) -> None:
    bare = [document.with_spans(()) for document in DEV]
    assert [document.spans for document in hybrid.recognize(bare)] == [d.spans for d in hybrid.recognize(DEV)]


def loud(word: str) -> list[str]:
    return [word.upper()]


def test_a_feature_function_of_ones_own_is_given_again_to_load(tmp_path: Path) -> None:
    crf = CRFRecognizer({"base": "minimal", "loud": {}}, functions={"loud": loud}, iterations=5)
    with warnings.catch_warnings(action="ignore"):
        hybrid = HybridRecognizer(crf, RULES, "override").fit(TRAIN[:40])
    hybrid.save(tmp_path / "model")
    assert essence(HybridRecognizer.load(tmp_path / "model", functions={"loud": loud})) == essence(hybrid)


def test_given_rules_are_measured_on_dev_where_there_is_one() -> None:
    with warnings.catch_warnings(action="ignore"):
        hybrid = HybridRecognizer(tiny(), RULES, "override").fit(TRAIN[:40], DEV)
    measured, _ = estimated(RuleRecognizer(RULES), DEV)
    assert hybrid.rules_ == measured


def test_hits_of_renamed_mined_rules_name_rules_of_the_hybrid() -> None:
    """A policy is chosen by them, and ranks them by their rules."""
    hybrid = HybridRecognizer(tiny(), mine(TRAIN), "union", mine=True, folds=4)
    rules, hits = hybrid._rules_for(TRAIN, None)
    sources = {hit.source or "" for found in hits for hit in found}
    assert sources <= set(rules.by_name)
    assert any(source.endswith("-2") for source in sources)
    assert all(hit.score == rules.by_name[hit.source or ""].precision for found in hits for hit in found)
