"""A recipe is followed as it says, and the automatic one keeps only what pays on held-out text."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from processes import one_process

from crfner import CRFRecognizer, Document, EnsembleRecognizer, HybridRecognizer, Span, read
from crfner.crf.packed import pack
from crfner.errors import SettingError
from crfner.evaluation import Score
from crfner.recipes import Materials, Recipe, choose, choosing, likely, train
from crfner.recipes.training import together
from crfner.splits import Fold
from features import Clusters, Gazetteer

DATA = Path(__file__).parents[2] / "data"
QUICK = {"features": "minimal", "iterations": 20}


@pytest.fixture(scope="module")
def menu() -> list[Document]:
    return list(read(DATA / "menu/train.jsonl"))[:60]


@pytest.fixture(scope="module")
def texts() -> tuple[Document, ...]:
    return tuple(read(DATA / "menu/unlabelled.jsonl"))


def test_a_bare_recipe_is_the_crf_with_its_settings(menu: list[Document]) -> None:
    trained = train(Recipe(QUICK), menu)

    assert trained.model is trained.crf
    assert pack(trained.crf.fitted_.weights) == pack(CRFRecognizer(**QUICK).fit(menu).fitted_.weights)


def test_mined_rules_stand_beside_the_crf(menu: list[Document]) -> None:
    trained = train(Recipe(QUICK, mine=True, policy="override"), menu)

    assert isinstance(trained.model, HybridRecognizer)
    assert trained.model.policy == "override" and trained.model.rules_


def test_clusters_are_learnt_from_the_unlabelled_text(menu: list[Document], texts: tuple[Document, ...]) -> None:
    features = {"base": "minimal", "clusters": {}}
    trained = train(Recipe({**QUICK, "features": features}, clusters=True), menu, materials=Materials(unlabelled=texts))

    assert any(attribute.startswith("cluster.learnt") for attribute in trained.crf.fitted_.weights.attributes)


def test_lexicons_of_one_name_are_refused(menu: list[Document], texts: tuple[Document, ...]) -> None:
    materials = Materials({"learnt": Clusters({"and": "01"})}, unlabelled=texts)
    with pytest.raises(SettingError, match="are named 'learnt'; rename the file"):
        train(Recipe(QUICK, clusters=True), menu, materials=materials)
    with pytest.raises(SettingError, match="two lexicons are named 'cities'; rename the file"):
        together({"cities": Clusters({})}, {"cities": Clusters({})})


def test_augmentation_is_part_of_what_a_model_says_of_itself(menu: list[Document]) -> None:
    crf = train(Recipe({**QUICK, "augment": "mentions"}), menu).crf

    assert crf.manifest["settings"]["augment"] == "mentions"
    assert crf.manifest["training"]["documents"] > len(menu)


@pytest.mark.parametrize("recipe", [Recipe(clusters=True), Recipe(self_train=True)])
def test_what_needs_unlabelled_text_is_refused_without(recipe: Recipe, menu: list[Document]) -> None:
    with pytest.raises(SettingError, match="need unlabelled text, and there is none"):
        train(recipe, menu)


def fixed_scores(f1: Callable[[Recipe], Sequence[int]]) -> Callable[..., list[Score]]:
    """In place of training: hits out of 100 in each fold."""

    def scores(recipe: Recipe, folds: Sequence[Fold], materials: Materials, options: dict[str, Any]) -> list[Score]:
        return [Score(hits, 100 - hits, 100 - hits) for hits in f1(recipe)]

    return scores


def test_an_ingredient_that_gains_more_than_its_standard_error_is_kept_and_others_are_not(
    menu: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = random.Random(0)

    def f1(recipe: Recipe) -> list[int]:
        rules = 10 if recipe.mine else 0
        return [50 + rules + noise.choice([-2, 2]) * ("augment" in recipe.settings) for _ in range(3)]

    monkeypatch.setattr(choosing, "_scores", fixed_scores(f1))
    monkeypatch.setattr(choosing, "likely_language", lambda documents: None)
    monkeypatch.setattr(choosing, "likely_domain", lambda documents: None)

    choice = choose(Recipe(), menu)

    assert choice.recipe == Recipe(mine=True)
    tried = [(trial.recipe.described(), trial.kept) for trial in choice.trials]
    assert tried == [
        ("the default", True),
        ("c1 0.02, c2 0.02", False),
        ("mined rules (union)", True),
        ("augment balanced, mined rules (union)", False),
    ]
    assert "  F1  60.00  +10.00 ± 0.00  kept" in "\n".join(choice.lines())


def test_resources_and_clusters_are_kept_where_they_gain_at_all(
    menu: list[Document], texts: tuple[Document, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def f1(recipe: Recipe) -> list[int]:
        return [50 + 4 * bool(recipe.resources), 50, 50 - recipe.clusters]

    monkeypatch.setattr(choosing, "_scores", fixed_scores(f1))
    monkeypatch.setattr(choosing, "likely_language", lambda documents: "en")
    monkeypatch.setattr(choosing, "likely_domain", lambda documents: None)

    choice = choose(Recipe(), menu, Materials(unlabelled=texts))

    assert choice.recipe == Recipe(resources=("en",))
    assert choice.trials[1].difference < choice.trials[1].error


def test_a_choice_comes_from_real_training_and_is_the_same_again(
    menu: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "_additions", lambda *_: iter([{"mine": True}]))

    with one_process():
        first, second = (choose(Recipe({**QUICK, "iterations": 8}), menu) for _ in range(2))

    assert [(trial.recipe, trial.f1, trial.kept) for trial in first.trials] == [
        (trial.recipe, trial.f1, trial.kept) for trial in second.trials
    ]
    assert 0 < first.trials[0].f1 < 1


def test_the_language_is_the_one_that_knows_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wordfreq")
    monkeypatch.setattr(likely, "_present", lambda collection: True)

    def said(text: str) -> list[Document]:
        words = text.split()
        ends = [len(" ".join(words[: number + 1])) for number in range(len(words))]
        tokens = tuple((end - len(word), end) for word, end in zip(words, ends, strict=True))
        return [Document(text, tokens, ((0, len(tokens)),))]

    assert likely.likely_language(said("the patient was sent home with new medicine")) == "en"
    assert likely.likely_language(said("el paciente fue enviado a casa con una nueva medicina")) == "es"
    assert likely.likely_language(said("de patiënt werd met een nieuw geneesmiddel naar huis gestuurd")) == "nl"
    assert likely.likely_language(said("Olùkọ́ náà ti lọ sí ilé rẹ̀ lánàá")) is None
    assert likely.likely_language(said("qwxz zzkj vbnq")) is None


def test_a_domain_is_likely_where_its_gazetteers_name_the_mentions(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"drugs_en": Gazetteer.from_lines(["folic acid"]), "diseases_en": Gazetteer.from_lines(["flu"])}
    monkeypatch.setattr(likely, "resources", lambda domain: named)
    monkeypatch.setattr(likely, "_present", lambda domain: True)
    text = "Folic acid in Paris"
    tokens = ((0, 5), (6, 10), (11, 13), (14, 19))
    acid, part, city = Span(0, 10, "X"), Span(6, 10, "X"), Span(14, 19, "X")

    assert likely.likely_domain([Document(text, tokens, spans=(acid, city))]) == "biomedical"
    assert likely.likely_domain([Document(text, tokens, spans=(part, city))]) is None
    assert likely.likely_domain([Document(text, tokens)]) is None
    monkeypatch.setattr(likely, "_present", lambda domain: False)
    assert likely.likely_domain([Document(text, tokens, spans=(acid, city))]) is None


def test_a_domain_is_tried_before_the_language_and_both_can_stay(
    menu: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "_scores", fixed_scores(lambda recipe: [50 + len(recipe.resources)] * 3))
    monkeypatch.setattr(choosing, "likely_domain", lambda documents: "biomedical")
    monkeypatch.setattr(choosing, "likely_language", lambda documents: "en")

    assert choose(Recipe(), menu).recipe == Recipe(resources=("biomedical", "en"))


def test_a_recipe_says_what_differs_from_the_default() -> None:
    recipe = Recipe({"c1": 0.02}, resources=("en",), clusters=True, self_train=True, encoder="minilm", mine=True)

    assert recipe.described() == ("c1 0.02, resources en, clusters, self-training, encoder minilm, mined rules (union)")


def test_spans_of_held_out_text_are_not_shown_to_the_models(menu: list[Document]) -> None:
    gold = Document("zzz", spans=(Span(0, 3, "DISH"),))
    fold = Fold(tuple(menu), (gold,), (0,))

    assert choosing._score((Recipe(QUICK), (fold,), Materials(), {}), 0).fn == 1


def test_an_ensemble_learns_from_what_self_training_is_sure_of(
    menu: list[Document], texts: tuple[Document, ...]
) -> None:
    recipe = Recipe({**QUICK, "iterations": 8, "seen": True}, ensemble=2, self_train=True)
    with one_process():
        trained = train(recipe, menu[:40], dev=menu[40:], materials=Materials(unlabelled=texts[:10]))

    assert isinstance(trained.model, EnsembleRecognizer)
    assert trained.notes and trained.crf is trained.model.members_[0]
    assert any(document.spans for document in trained.model.recognize(menu))
