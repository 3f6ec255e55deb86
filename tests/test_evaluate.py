"""Scores: exact match as the CoNLL scorer counts it, every error in exactly one group, and honest intervals."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crfner.document import Document, Span
from crfner.evaluation import Evaluation, Mistake, Score, evaluate, evaluate_tags, to_dict, to_table
from crfner.evaluation.errors import pair_errors
from crfner.evaluation.interval import bootstrap_interval
from crfner.schemes import encode
from crfner.tokenize import tokenized

TEXT = "Amal Haddad took aspirin in New York City. Then Omar left."


def document(*spans: tuple[str, str], text: str = TEXT) -> Document:
    """A tokenised document with the first occurrence of each text as an entity."""
    found = (Span(text.index(words), text.index(words) + len(words), label) for words, label in spans)
    return tokenized(Document(text, spans=tuple(found)))


GOLD = document(("Amal Haddad", "PER"), ("aspirin", "DRUG"), ("New York City", "LOC"), ("Omar", "PER"))


def plain(evaluation: Evaluation) -> dict:
    """Everything that does not depend on the size of the corpus."""
    scores = {"micro": evaluation.micro, **evaluation.labels}
    fractions = {name: (score.precision, score.recall, score.f1) for name, score in scores.items()}
    return {**fractions, "macro average": evaluation.macro, "tokens": evaluation.token_accuracy}


# Exact match


def test_the_gold_itself_scores_one() -> None:
    evaluation = evaluate([GOLD], [GOLD])
    assert evaluation.micro == Score(tp=4, fp=0, fn=0)
    assert (evaluation.macro.f1, evaluation.token_accuracy, evaluation.interval) == (1.0, 1.0, (1.0, 1.0))
    assert all(group.count == 0 for group in evaluation.errors.values())


def test_borders_and_label_must_both_be_right() -> None:
    guess = document(("Amal", "PER"), ("aspirin", "PER"), ("New York City", "LOC"))
    evaluation = evaluate([GOLD], [guess])
    assert evaluation.micro == Score(tp=1, fp=2, fn=3)
    assert (evaluation.micro.precision, evaluation.micro.recall) == (1 / 3, 1 / 4)
    assert evaluation.micro.f1 == pytest.approx(2 / 7)
    assert (evaluation.micro.support, evaluation.micro.predicted, evaluation.micro.correct) == (4, 3, 1)


def test_labels_are_those_of_either_side_and_macro_is_their_plain_mean() -> None:
    evaluation = evaluate([GOLD], [document(("Amal Haddad", "PER"), ("aspirin", "FOOD"))])
    assert evaluation.labels == {
        "DRUG": Score(0, 0, 1),
        "FOOD": Score(0, 1, 0),
        "LOC": Score(0, 0, 1),
        "PER": Score(1, 0, 1),
    }
    assert list(evaluation.labels) == sorted(evaluation.labels)
    assert (evaluation.macro.precision, evaluation.macro.recall) == (1 / 4, 1 / 8)
    assert evaluation.macro.f1 == pytest.approx((2 / 3) / 4)


def test_nothing_predicted_and_nothing_gold_score_zero() -> None:
    nothing = document()
    assert evaluate([GOLD], [nothing]).micro == Score(0, 0, 4)
    assert evaluate([nothing], [GOLD]).micro.precision == 0.0
    empty = evaluate([nothing], [nothing])
    assert (empty.micro.f1, empty.macro.f1, empty.labels, empty.interval) == (0.0, 0.0, {}, (0.0, 0.0))
    assert empty.token_accuracy == 1.0
    assert evaluate([], []).token_accuracy == 0.0


def test_an_entity_given_twice_counts_once() -> None:
    assert evaluate([GOLD], [GOLD.with_spans([*GOLD.spans, GOLD.spans[0]])]).micro == Score(4, 0, 0)


def test_token_accuracy_compares_tags_over_the_gold_tokens() -> None:
    guess = document(("Haddad", "PER"), ("aspirin", "DRUG"), ("New York City", "LOC"), ("Omar", "PER"))
    assert len(GOLD.tokens) == 13
    assert evaluate([GOLD], [guess]).token_accuracy == 11 / 13  # B-PER I-PER against O B-PER
    assert evaluate([GOLD], [replace(guess, tokens=(), sentences=())]).token_accuracy == 11 / 13
    assert evaluate([Document(TEXT, spans=GOLD.spans)], [guess]).token_accuracy == 11 / 13


def test_overlapping_entities_are_scored_each_for_itself() -> None:
    nested = document(("New York City", "LOC"), ("York", "PER"))
    evaluation = evaluate([nested], [document(("York", "PER"))])
    assert evaluation.micro == Score(1, 0, 1)
    assert evaluation.errors["missed"].count == 1


# Pairs of documents


def test_documents_are_taken_in_pairs_from_any_iterables() -> None:
    nothing = document()
    evaluation = evaluate(iter([GOLD, nothing]), (guess for guess in (GOLD, GOLD)))
    assert evaluation.micro == Score(4, 4, 0)


@pytest.mark.parametrize(
    ("gold", "predicted", "message"),
    [
        ([GOLD, GOLD], [GOLD], "document 2 is among the gold ones, but there are only 1 predicted ones"),
        ([], [GOLD], "document 1 is among the predicted ones, but there are only 0 gold ones"),
    ],
)
def test_different_numbers_of_documents_are_refused(gold: list, predicted: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        evaluate(gold, predicted)


def test_different_texts_are_refused_with_the_place() -> None:
    with pytest.raises(ValueError, match=r"document 2 \(d7\) .* from character 3 on: gold 'd', predicted 'x y'"):
        evaluate([GOLD, Document("abcd", id="d7")], [GOLD, Document("abcx y")])
    with pytest.raises(ValueError, match="from character 2 on: gold '', predicted 'c'"):
        evaluate([Document("ab")], [Document("abc")])


# Errors


def test_each_error_is_in_the_group_that_names_it() -> None:
    guess = document(("Amal", "PER"), ("aspirin", "FOOD"), ("York City.", "PER"), ("Then", "PER"))
    errors = evaluate([GOLD], [guess]).errors
    assert {group: errors[group].examples for group in errors} == {
        "missed": (Mistake("Omar", "PER", None, 1),),
        "spurious": (Mistake("Then", None, "PER", 1),),
        "boundary": (Mistake("Amal Haddad", "PER", "PER", 1),),
        "type": (Mistake("aspirin", "DRUG", "FOOD", 1),),
        "both": (Mistake("New York City", "LOC", "PER", 1),),
    }


def test_pairs_are_made_best_overlap_first() -> None:
    gold = [(0, 10, "A"), (10, 14, "A")]
    assert list(pair_errors(gold, [(8, 14, "A")])) == [
        ("boundary", (10, 14, "A"), (8, 14, "A")),
        ("missed", (0, 10, "A"), None),
    ]


def test_of_equal_overlaps_that_of_the_same_label_is_taken_and_then_the_leftmost() -> None:
    assert next(pair_errors([(0, 4, "A")], [(0, 2, "B"), (2, 4, "A")])) == ("boundary", (0, 4, "A"), (2, 4, "A"))
    assert next(pair_errors([(0, 4, "A")], [(2, 4, "A"), (0, 2, "A")])) == ("boundary", (0, 4, "A"), (0, 2, "A"))


def test_the_ten_most_frequent_texts_are_listed_and_all_are_counted() -> None:
    text = " ".join(f"{'w' * (number + 1)} " * (number + 1) for number in range(12))
    tokens = tokenized(Document(text)).tokens
    guess = Document(text, spans=tuple(Span(start, end, "X") for start, end in tokens))
    spurious = evaluate([Document(text)], [guess]).errors["spurious"]
    assert spurious.count == 78
    assert [example.count for example in spurious.examples] == list(range(12, 2, -1))
    assert spurious.examples[0] == Mistake("w" * 12, None, "X", 12)


ENTITIES = st.sets(
    st.tuples(st.integers(0, 11), st.integers(1, 4), st.sampled_from("AB")).map(lambda x: (x[0], x[0] + x[1], x[2]))
)


@given(gold=ENTITIES, predicted=ENTITIES)
def test_every_incorrect_entity_is_in_exactly_one_error(gold: set, predicted: set) -> None:
    lost, wrong = gold - predicted, predicted - gold
    errors = list(pair_errors(lost, wrong))
    assert sorted(truth for _, truth, _ in errors if truth) == sorted(lost)
    assert sorted(guess for _, _, guess in errors if guess) == sorted(wrong)
    for group, truth, guess in errors:
        if truth is None or guess is None:
            assert group == ("spurious" if truth is None else "missed")
        else:
            assert truth[0] < guess[1] and guess[0] < truth[1]
            expected = {(False, True): "boundary", (True, False): "type", (False, False): "both"}
            assert group == expected[truth[:2] == guess[:2], truth[2] == guess[2]]


# Intervals and sizes


@settings(deadline=None, max_examples=50)
@given(pairs=st.lists(st.tuples(ENTITIES, ENTITIES), min_size=1, max_size=3))
def test_doubling_a_corpus_changes_no_score(pairs: list) -> None:
    text = "a b c d e f g h i"
    gold = [tokenized(Document(text, spans=tuple(Span(*entity) for entity in truth))) for truth, _ in pairs]
    predicted = [tokenized(Document(text, spans=tuple(Span(*entity) for entity in guess))) for _, guess in pairs]
    once = evaluate(gold, predicted, samples=1)
    twice = evaluate(gold + gold, predicted + predicted, samples=1)
    assert plain(twice) == plain(once)
    assert {group: 2 * errors.count for group, errors in once.errors.items()} == {
        group: errors.count for group, errors in twice.errors.items()
    }


def test_the_interval_resamples_the_sentences_of_a_single_document() -> None:
    text = " ".join(["Omar left."] * 100)
    gold = tokenized(Document(text, spans=tuple(Span(11 * i, 11 * i + 4, "PER") for i in range(100))))
    guess = gold.with_spans(gold.spans[:80])
    low, high = evaluate([gold], [guess]).interval
    assert 0.8 < low < evaluate([gold], [guess]).micro.f1 < high < 0.95


def test_the_interval_resamples_documents_where_there_are_several() -> None:
    nothing = document()
    assert evaluate([GOLD, GOLD], [GOLD, nothing]).interval == (0.0, 1.0)


def test_the_interval_depends_on_the_seed_alone() -> None:
    units = {(3, 1, 2): 20, (0, 1, 0): 5, (5, 0, 0): 9}
    assert bootstrap_interval(units, seed=1) == bootstrap_interval(dict(reversed(units.items())), seed=1)
    assert bootstrap_interval(units, seed=1) != bootstrap_interval(units, seed=2)


def test_an_interval_of_no_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 bootstrap sample, not 0"):
        evaluate([GOLD], [GOLD], samples=0)


# Tags, against other scorers

TAGS = st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"])
BIOES_TAGS = st.sampled_from(["O", *(f"{prefix}-{label}" for prefix in "BIES" for label in "AB")])


def tag_pairs(tags: st.SearchStrategy) -> st.SearchStrategy:
    """Gold and predicted tags of one to five sentences of up to ten tokens."""
    sentence = st.lists(st.tuples(tags, tags), min_size=1, max_size=10)
    corpus = st.lists(sentence, min_size=1, max_size=5)
    return corpus.map(lambda rows: ([[g for g, _ in row] for row in rows], [[p for _, p in row] for row in rows]))


def conlleval(gold: list, predicted: list) -> tuple[dict, float]:
    """The CoNLL scorer by its published rules (with S, as later versions have it): counts by label, token accuracy.

    A chunk is correct when it starts and ends at the same tokens on both sides with the same label throughout.
    """
    counts: dict[str, list[int]] = {}
    right = tokens = 0
    inside: str | None = None  # the label of a chunk that is right so far
    last = (("O", ""), ("O", ""))

    def count(label: str, column: int) -> None:
        counts.setdefault(label, [0, 0, 0])[column] += 1

    def ends(before: tuple, here: tuple) -> bool:
        pairs = {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O"), ("B", "S"), ("I", "S")}
        change = before[0] != "O" and before[1] != here[1]
        return (before[0], here[0]) in pairs or before[0] in ("E", "S") or change

    def starts(before: tuple, here: tuple) -> bool:
        pairs = {("E", "E"), ("E", "I"), ("O", "E"), ("O", "I"), ("S", "E"), ("S", "I")}
        change = here[0] != "O" and before[1] != here[1]
        return here[0] in ("B", "S") or (before[0], here[0]) in pairs or change

    for truth, guess in zip(gold, predicted, strict=True):
        for pair in [*zip(truth, guess, strict=True), ("O", "O")]:
            here = tuple((tag[0], tag[2:]) for tag in pair)
            end = [ends(last[side], here[side]) for side in (0, 1)]
            if inside is not None:
                if all(end) and last[0][1] == last[1][1]:
                    count(inside, 0)
                    inside = None
                elif end[0] != end[1] or here[0][1] != here[1][1]:
                    inside = None
            start = [starts(last[side], here[side]) for side in (0, 1)]
            if all(start) and here[0][1] == here[1][1]:
                inside = here[0][1]
            for side, column in ((0, 2), (1, 1)):
                if start[side]:
                    count(here[side][1], column)
            last = here
        right += sum(g == p for g, p in zip(truth, guess, strict=True))
        tokens += len(truth)
    scores = {label: Score(tp, found - tp, true - tp) for label, (tp, found, true) in counts.items()}
    return scores, right / tokens


@settings(deadline=None)
@given(pair=st.one_of(tag_pairs(TAGS), tag_pairs(BIOES_TAGS)))
def test_scores_are_those_of_conlleval(pair: tuple) -> None:
    scores, accuracy = conlleval(*pair)
    evaluation = evaluate_tags(*pair, scheme="BIOES", samples=1)
    assert evaluation.labels == scores
    assert evaluation.token_accuracy == accuracy


def assert_as_seqeval(evaluation: Evaluation, pair: tuple, **settings: object) -> None:
    """Every score and support by label, micro and macro."""
    seqeval = pytest.importorskip("seqeval.metrics")
    report = seqeval.classification_report(*pair, output_dict=True, zero_division=0, **settings)
    for name, score in [*evaluation.labels.items(), ("micro avg", evaluation.micro), ("macro avg", evaluation.macro)]:
        found = report.get(name, {"precision": 0, "recall": 0, "f1-score": 0, "support": 0})
        assert (score.precision, score.recall, score.f1) == pytest.approx(
            (found["precision"], found["recall"], found["f1-score"])
        )
        assert name == "macro avg" or score.support == found["support"]


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None)
@given(pair=tag_pairs(TAGS))
def test_scores_are_those_of_seqeval_by_default(pair: tuple) -> None:
    evaluation = evaluate_tags(*pair, samples=1)
    if evaluation.labels:
        assert_as_seqeval(evaluation, pair)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("scheme", ["IOB2", "BIOES"])
@settings(deadline=None)
@given(data=st.data())
def test_scores_are_those_of_seqeval_in_strict_mode(scheme: str, data: st.DataObject) -> None:
    schemes = pytest.importorskip("seqeval.scheme")
    pair = data.draw(tag_pairs(TAGS if scheme == "IOB2" else BIOES_TAGS))
    evaluation = evaluate_tags(*pair, scheme=scheme, rule="strict", samples=1)
    if evaluation.labels:
        oracle = schemes.IOB2 if scheme == "IOB2" else schemes.IOBES
        assert_as_seqeval(evaluation, pair, mode="strict", scheme=oracle)


@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=50)
@given(gold=ENTITIES, predicted=ENTITIES)
def test_scores_are_those_of_nervaluate_on_one_document(gold: set, predicted: set) -> None:
    nervaluate = pytest.importorskip("nervaluate")
    gold, predicted = _apart(gold), _apart(predicted)
    text = "x" * 16
    evaluation = evaluate(
        [Document(text, spans=tuple(Span(*entity) for entity in gold))],
        [Document(text, spans=tuple(Span(*entity) for entity in predicted))],
        samples=1,
    )
    as_dicts = [[{"start": s, "end": e - 1, "label": label} for s, e, label in side] for side in (gold, predicted)]
    strict = nervaluate.Evaluator([as_dicts[0]], [as_dicts[1]], tags=["A", "B"], loader="dict").evaluate()
    strict = strict["overall"]["strict"]
    assert (evaluation.micro.correct, evaluation.micro.support) == (strict.correct, strict.possible)
    assert (evaluation.micro.precision, evaluation.micro.recall) == pytest.approx((strict.precision, strict.recall))


def _apart(entities: set) -> list:
    """Those that do not overlap an earlier one, as other scorers assume."""
    kept: list = []
    for entity in sorted(entities):
        if not kept or entity[0] >= kept[-1][1]:
            kept.append(entity)
    return kept


@given(gold=ENTITIES, predicted=ENTITIES)
def test_documents_and_their_tags_score_the_same(gold: set, predicted: set) -> None:
    tokens = tuple((2 * i, 2 * i + 1) for i in range(16))
    documents, tags = [], []
    for chunks in (_apart(gold), _apart(predicted)):
        spans = tuple(Span(2 * first, 2 * last - 1, label) for first, last, label in chunks)
        documents.append(Document("x " * 16, tokens=tokens, sentences=((0, 16),), spans=spans))
        tags.append(encode(chunks, 16, "IOB2"))
    by_documents = evaluate([documents[0]], [documents[1]], samples=1)
    by_tags = evaluate_tags([tags[0]], [tags[1]], samples=1)
    assert plain(by_documents) == plain(by_tags)
    assert {k: v.count for k, v in by_documents.errors.items()} == {k: v.count for k, v in by_tags.errors.items()}


def test_sentences_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="sentence 2 has 2 gold tags but 1 predicted ones"):
        evaluate_tags([["O"], ["O", "O"]], [["O"], ["O"]])
    with pytest.raises(ValueError, match="sentence 1 is among the gold ones, but there are only 0 predicted ones"):
        evaluate_tags([["O"]], [])


# Output


def test_the_dictionary_is_json_with_every_part() -> None:
    evaluation = evaluate([GOLD], [document(("Amal Haddad", "PER"), ("aspirin", "FOOD"))])
    read = json.loads(json.dumps(to_dict(evaluation)))
    assert list(read) == ["micro", "macro", "labels", "token_accuracy", "interval", "errors"]
    assert read["labels"]["PER"] == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "support": 2,
        "predicted": 1,
        "correct": 1,
    }
    assert list(read["errors"]) == ["missed", "spurious", "boundary", "type", "both"]
    assert read["errors"]["missed"]["count"] == 2
    assert read["errors"]["missed"]["examples"][0] == {
        "text": "New York City",
        "gold": "LOC",
        "predicted": None,
        "count": 1,
    }


def test_the_table_reads_as_follows() -> None:
    guess = document(("Amal", "PER"), ("aspirin", "FOOD"), ("New York City", "LOC"))
    table = to_table(replace(evaluate([GOLD], [guess]), interval=(0.1, 0.51239)))
    assert table == (
        "label  precision  recall      f1  support  predicted  correct\n"
        "DRUG        0.00    0.00    0.00        1          0        0\n"
        "FOOD        0.00    0.00    0.00        0          1        0\n"
        "LOC       100.00  100.00  100.00        1          1        1\n"
        "PER         0.00    0.00    0.00        2          1        0\n"
        "-------------------------------------------------------------\n"
        "micro      33.33   25.00   28.57        4          3        1\n"
        "macro      25.00   25.00   25.00\n"
        "\n"
        "micro F1, 95% interval  10.00 to 51.24\n"
        "token accuracy  76.92\n"
        "\n"
        "missed: 1 (gold entities that nothing was found for)\n"
        "     1  PER  Omar\n"
        "\n"
        "spurious: 0 (predicted entities that answer to no gold one)\n"
        "\n"
        "boundary: 1 (right label, wrong borders)\n"
        "     1  PER  Amal Haddad\n"
        "\n"
        "type: 1 (right borders, wrong label)\n"
        "     1  DRUG -> FOOD  aspirin\n"
        "\n"
        "both: 0 (wrong borders and wrong label, but overlapping)"
    )


def test_a_text_in_the_table_stays_on_one_short_line() -> None:
    text = "one\ntwo\x1b[31m " + "x" * 100
    table = to_table(evaluate([Document(text, spans=(Span(0, len(text), "A"),))], [Document(text)]))
    line = next(line for line in table.splitlines() if "one" in line)
    assert line == f"     1  A  one two\N{REPLACEMENT CHARACTER}[31m {'x' * 44}..."
