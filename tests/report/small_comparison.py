"""A small comparison made by hand: four systems on five sentences, scored by the real scorers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crfner.compare.values import Comparison, Costs, CurvePoint, Pair, Split, SystemResult
from crfner.document import Document, Span
from crfner.evaluation import evaluate
from crfner.evaluation.breakdowns import breakdowns
from crfner.evaluation.modes import modes
from crfner.tokenize import tokenized

Entities = Sequence[tuple[str, str]]

TEXTS = (
    "Dr Lindqvist stopped the ibuprofen 400 mg.",
    "Amal Haddad has a stomach ulcer. She lost her hearing aid.",
    "No fever, no cough.",
    "Nothing to report today.",
    "Two puffs of Ventolin for Maria Okafor.",
)
GOLD: tuple[Entities, ...] = (
    (("Lindqvist", "PERSON"), ("ibuprofen", "MEDICINE"), ("400 mg", "DOSE")),
    (("Amal Haddad", "PERSON"), ("stomach ulcer", "CONDITION"), ("hearing aid", "DEVICE")),
    (("fever", "CONDITION"), ("cough", "CONDITION")),
    (),
    (("Two puffs", "DOSE"), ("Ventolin", "MEDICINE"), ("Maria Okafor", "PERSON")),
)
RULES: tuple[Entities, ...] = (
    (("ibuprofen", "MEDICINE"), ("400 mg", "DOSE")),
    (("ulcer", "CONDITION"), ("hearing aid", "DEVICE")),
    (("fever", "CONDITION"), ("cough", "CONDITION")),
    (("today", "DOSE"),),
    (("Two puffs", "DOSE"), ("Ventolin", "MEDICINE")),
)
CRF: tuple[Entities, ...] = (
    (("Lindqvist", "PERSON"), ("ibuprofen", "MEDICINE"), ("400 mg", "DOSE")),
    (("Amal Haddad", "PERSON"), ("ulcer", "CONDITION")),
    (("fever", "CONDITION"), ("cough", "CONDITION")),
    (),
    (("Two puffs", "DOSE"), ("Ventolin", "PERSON"), ("Maria Okafor", "PERSON")),
)
PREDICTIONS = {"rules": RULES, "crf default": CRF, "hybrid union": GOLD, "same as crf": CRF}
SEEN = {("ibuprofen", "MEDICINE"): 3, ("fever", "CONDITION"): 9, ("lindqvist", "PERSON"): 1}


def document(text: str, entities: Entities, id: str | None = None) -> Document:
    """A tokenised document with the first occurrence of each text as an entity."""
    found = (Span(text.index(words), text.index(words) + len(words), label) for words, label in entities)
    return tokenized(Document(text, spans=tuple(found), id=id))


def documents(entities: Sequence[Entities], texts: Sequence[str] = TEXTS) -> tuple[Document, ...]:
    """A document for each text, named note-1 and so on."""
    pairs = zip(texts, entities, strict=True)
    return tuple(document(text, found, f"note-{number}") for number, (text, found) in enumerate(pairs, start=1))


def system(
    name: str, gold: Sequence[Document], predicted: Sequence[Document], costs: Costs | None = None
) -> SystemResult:
    """What a system scores."""
    return SystemResult(
        name=name,
        evaluation=evaluate(gold, predicted),
        modes=modes(gold, predicted),
        breakdowns=breakdowns(gold, predicted, SEEN),
        costs=costs or Costs(),
        predicted=tuple(predicted),
    )


def of(gold: Sequence[Document], **predictions: Sequence[Document]) -> Comparison:
    """A bare comparison of systems, without pairs and curves; underscores in the names are spaces."""
    split = Split("files", 3, 4, {"PERSON": 2}, len(gold), len(gold), {"PERSON": 3})
    systems = tuple(system(name.replace("_", " "), gold, found) for name, found in predictions.items())
    return Comparison(("train.jsonl", "test.jsonl"), split, 0, (), systems, (), (), tuple(gold), {"crfner": "0.1.0"})


def clinic() -> Comparison:
    """The comparison that most tests look at: everything is in it."""
    gold = documents(GOLD)
    costs = (Costs(None, 250_000.4, None, 1_200), Costs(3.25, 48_211.7, 312_400_000, 1_234_567), Costs(4.0), Costs())
    systems = tuple(
        system(name, gold, documents(found), cost)
        for (name, found), cost in zip(PREDICTIONS.items(), costs, strict=True)
    )
    pairs = []
    for index, first in enumerate(systems):
        for second in systems[index + 1 :]:
            difference = first.evaluation.micro.f1 - second.evaluation.micro.f1
            p = 1.0 if not difference else 0.0004 if {"rules", "hybrid union"} == {first.name, second.name} else 0.034
            bounds = (difference - 0.1, difference + 0.1)
            pairs.append(Pair(first.name, second.name, difference, bounds, p, p, min(1.0, 6 * p)))
    return Comparison(
        data=("clinic/train.jsonl", "clinic/test.jsonl"),
        split=Split("files", 300, 512, {"PERSON": 100, "DOSE": 40}, 5, 6, {"PERSON": 3, "DOSE": 2, "DEVICE": 1}),
        seed=7,
        warnings=("12 sentences of the test part are in the training part too, such as “No fever.”",),
        systems=systems,
        pairs=tuple(pairs),
        curve=(
            CurvePoint("crf default", 50, (0.41, 0.45, 0.40)),
            CurvePoint("crf default", 200, (0.61, 0.63)),
            CurvePoint("crf default", 512, (0.7,)),
            CurvePoint("hybrid union", 50, (0.71, 0.72, 0.73)),
            CurvePoint("hybrid union", 512, (0.9,)),
        ),
        gold=gold,
        versions={"crfner": "0.1.0", "python": "3.11.9"},
    )


def hostile(nasty: str) -> Comparison:
    """A comparison with this text as document, entity, label, system, file, warning, question and version."""
    gold = (tokenized(Document(f"{nasty} said {nasty}", spans=(Span(0, len(nasty), nasty),), id=nasty)),)
    predicted = (gold[0].with_spans([Span(0, len(nasty) + 5, nasty)]),)
    comparison = of(gold, crf=predicted, other=gold)
    first, second = comparison.systems
    first = replace(first, name=nasty, breakdowns={nasty: {nasty: first.evaluation.micro}})
    return replace(
        comparison,
        data=(nasty,),
        warnings=(nasty,),
        systems=(first, second),
        split=replace(comparison.split, method=nasty, train_entities={nasty: 1}),
        pairs=(Pair(nasty, "other", -1.0, (-1.0, -0.5), 0.001, 0.001, 0.001),),
        curve=(CurvePoint(nasty, 10, (0.5,)), CurvePoint("other", 20, (0.5,))),
        versions={nasty: nasty},
    )
