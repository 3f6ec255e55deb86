"""From labelled text to a model, by a recipe.

Public names: `train`, `Trained`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crfner.crf import CRFRecognizer
from crfner.document import Document
from crfner.errors import SettingError
from crfner.hints import Hinter
from crfner.recipes.values import Materials, Recipe
from features import Lexicon

if TYPE_CHECKING:
    from crfner.ensemble import EnsembleRecognizer
    from crfner.hybrid import HybridRecognizer
    from crfner.selftrain import SelfTrained
    from crfner.transfer import ExtendedRecognizer

    Fitted = CRFRecognizer | EnsembleRecognizer | HybridRecognizer | ExtendedRecognizer

CLUSTERS = "learnt"
"""The name of clusters that are learnt from the unlabelled text, among the lexicons."""


@dataclass(frozen=True)
class Trained:
    """A model, and its CRF, which is the model itself where nothing stands beside it, and an ensemble's first member.

    notes  what is worth telling of the way to it, a sentence each
    """

    model: Fitted
    crf: CRFRecognizer
    notes: tuple[str, ...] = ()


def train(
    recipe: Recipe,
    documents: Iterable[Document],
    dev: Sequence[Document] = (),
    materials: Materials | None = None,
    **options: Any,
) -> Trained:
    """Follow a recipe.

    dev      documents that hybrids and ensembles choose settings on, and self-training its end; not learnt from
    options  further parameters of `CRFRecognizer` that belong to this run: declared_labels, progress

    The documents are read once, as a stream, where the recipe allows it. Raises SettingError for ingredients that do
    not go together or lack what they are made of, and what training raises.
    """
    materials = materials or Materials()
    _check(recipe, materials)
    parameters: dict[str, Any] = {**recipe.settings, **options}
    lexicons = together(resource_lexicons(recipe), materials.lexicons)
    if recipe.clusters:
        lexicons[CLUSTERS] = _clusters(materials.unlabelled, parameters)
    if recipe.encoder or recipe.self_train:
        documents = list(documents)
    hinters = _hinters(recipe, documents, parameters)
    crf = CRFRecognizer(**parameters, lexicons=lexicons or None, hinters=hinters or None)
    crf.check()
    notes: tuple[str, ...] = ()
    if recipe.self_train:
        found = _self_trained(crf, documents, dev, materials)
        documents, notes = found.documents, (_told(found),)
        if materials.base is None and not materials.rules and not recipe.mine and recipe.ensemble == 1:
            return Trained(found.recognizer, found.recognizer, notes)
    if recipe.ensemble != 1:
        from crfner.ensemble import EnsembleRecognizer

        ensemble = EnsembleRecognizer(crf, recipe.ensemble).fit(documents, dev)
        return Trained(ensemble, ensemble.members_[0], notes)
    if materials.base is not None:
        from crfner.transfer import ExtendedRecognizer

        extended = ExtendedRecognizer(materials.base, crf).fit(documents)
        return Trained(extended, extended.crf, notes)
    if materials.rules or recipe.mine:
        from crfner.hybrid import HybridRecognizer

        hybrid = HybridRecognizer(crf, materials.rules, recipe.policy, mine=recipe.mine, seed=crf.seed)
        hybrid.fit(documents, dev or None)
        return Trained(hybrid, hybrid.crf, notes)
    return Trained(crf.fit(documents), crf, notes)


def _check(recipe: Recipe, materials: Materials) -> None:
    if materials.base is not None and (materials.rules or recipe.mine):
        raise SettingError("a model is built on a base or has rules beside it, not both; leave one out")
    if recipe.ensemble != 1 and (materials.base is not None or materials.rules or recipe.mine):
        raise SettingError("an ensemble stands alone; leave out the base model and the rules, or the ensemble")
    for wanted, name in ((recipe.clusters, "clusters"), (recipe.self_train, "self-training")):
        if wanted and not materials.unlabelled:
            raise SettingError(f"{name} need unlabelled text, and there is none; give some")
    if recipe.clusters and CLUSTERS in materials.lexicons:
        raise SettingError(f"the clusters that are learnt are named {CLUSTERS!r}; rename the file of that name")


def _self_trained(
    crf: CRFRecognizer, documents: Iterable[Document], dev: Sequence[Document], materials: Materials
) -> SelfTrained:
    """Self-training of a CRF with these parameters, its base's hints included."""
    from crfner.selftrain import self_train
    from crfner.transfer import built_on

    def fit(labelled: Sequence[Document]) -> CRFRecognizer:
        fresh = CRFRecognizer(**crf.get_params())
        return (fresh if materials.base is None else built_on(materials.base, fresh)).fit(labelled)

    return self_train(fit, list(documents), materials.unlabelled, dev=dev, seed=crf.seed, progress=crf.progress)


def _told(found: SelfTrained) -> str:
    """What came of self-training."""
    if found.best == 0:
        return "self-training: learning from what is sure in the unlabelled text gained nothing, so it was left out"
    sure = found.rounds[found.best].sentences
    before, after = (100 * found.rounds[number].f1 for number in (0, found.best))
    return f"self-training: {sure} sure sentences were learnt from; F1 on held-out text {before:.2f} -> {after:.2f}"


def resource_lexicons(recipe: Recipe) -> dict[str, Lexicon]:
    """The lexicons of the recipe's languages, by name. Raises SettingError when they are not installed."""
    if not recipe.resources:
        return {}
    from crfner.resources import resources

    return {name: lexicon for language in recipe.resources for name, lexicon in resources(language).items()}


def together(lexicons: Mapping[str, Lexicon], others: Mapping[str, Lexicon]) -> dict[str, Lexicon]:
    """Lexicons of two sources, by name. Raises SettingError when two have one name: they would be one feature."""
    for name in lexicons:
        if name in others:
            raise SettingError(f"two lexicons are named {name!r}; rename the file of the one that you give")
    return {**lexicons, **others}


def _clusters(unlabelled: Sequence[Document], parameters: dict[str, Any]) -> Lexicon:
    from crfner.clusters import learn_clusters

    tokenizer, seed = parameters.get("tokenizer", "default"), parameters.get("seed", 0)
    return learn_clusters(unlabelled, tokenizer=tokenizer, seed=seed, progress=bool(parameters.get("progress")))


def _hinters(recipe: Recipe, documents: Iterable[Document], parameters: dict[str, Any]) -> dict[str, Hinter]:
    if recipe.encoder is None:
        return {}
    from crfner.hints.encoder import EncoderHints

    prepare = CRFRecognizer(**parameters).prepared
    learnt = EncoderHints.learn(recipe.encoder, map(prepare, documents))
    return {"encoder": learnt}
