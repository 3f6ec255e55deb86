"""Label Studio's JSON: every export, several annotators, offsets of every age, and what is written for import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tools import GOLDEN, read_text, refusal, written

from crfner import formats
from crfner.document import Document, Span

TEXT = "Ana 🎉 met Bo in Ulm.\nCy stayed."
EXPORT = GOLDEN / "labelstudio.json"


def region(start: Any, end: Any, text: str | None, *labels: str, **fields: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": list(labels)} | ({} if text is None else {"text": text})
    return {"from_name": "label", "to_name": "text", "type": "labels", "value": value} | fields


def task(*regions: dict[str, Any], text: str = TEXT, **fields: Any) -> str:
    return json.dumps([{"data": {"text": text}, "annotations": [{"result": list(regions)}]} | fields])


def covered(document: Document) -> list[str]:
    return [document.text[span.start : span.end] for span in document.spans]


def test_an_export_is_read_and_everything_left_out_is_counted() -> None:
    notes = formats.Notes()
    first, second = formats.read(EXPORT, notes=notes, annotator="first")
    assert (first.id, covered(first), first.meta) == (
        "1",
        ["Ana", "Bo"],
        {"other fields": {"url": "https://example.org/1"}},
    )
    assert (second.id, second.spans) == ("2", ())
    assert notes == {
        "results that are no labels of text left out ('choices')": 1,
        "results that are no labels of text left out ('relation')": 1,
        "tasks left out (annotation cancelled)": 1,
        "tasks left out (predictions only)": 1,
        "tasks with several annotations, which share 57% of their spans (the first is read)": 1,
    }


@pytest.mark.parametrize(
    ("annotator", "found"),
    [
        ("auto", ["Ana", "Bo", "Ulm", "Ulm.\nCy"]),
        ("latest", ["Ana", "Bo", "Ulm", "Ulm.\nCy"]),
        ("first", ["Ana", "Bo"]),
        ("1", ["Ana", "Bo"]),
        ("2", ["Ana", "Bo", "Ulm", "Ulm.\nCy"]),
        ("bo@example.org", ["Ana", "Bo", "Ulm", "Ulm.\nCy"]),
        ("merge", ["Ana", "Bo", "Ulm", "Ulm.\nCy"]),
        ("none", []),
    ],
)
def test_of_several_annotations_one_is_chosen_by_name_or_by_age(annotator: str, found: list[str]) -> None:
    assert covered(next(formats.read(EXPORT, overlaps=True, annotator=annotator))) == found


def test_the_ground_truth_goes_before_the_latest(tmp_path: Path) -> None:
    given = json.loads(EXPORT.read_text())
    given[0]["annotations"][0]["ground_truth"] = True
    assert covered(read_text(tmp_path, json.dumps(given))[0]) == ["Ana", "Bo"]


def test_several_annotations_are_refused_on_request() -> None:
    with pytest.raises(formats.InputError, match=r"labelstudio\.json:1: task 1: there are 2 annotations; choose by"):
        list(formats.read(EXPORT, annotator="refuse"))


def test_merged_annotations_that_overlap_are_a_mistake_unless_they_may(tmp_path: Path) -> None:
    entries = [
        {"result": [region(0, 3, "Ana", "A")]},
        {"result": [region(0, 3, "Ana", "A"), region(0, 5, "Ana 🎉", "B")]},
    ]
    content = json.dumps([{"data": {"text": TEXT}, "annotations": entries}])
    assert "overlap" in refusal(tmp_path, content, annotator="merge")
    (document,) = read_text(tmp_path, content, annotator="merge", overlaps=True)
    assert document.spans == (Span(0, 3, "A"), Span(0, 5, "B"))


def test_predictions_are_read_only_where_asked_and_only_where_nobody_annotated(tmp_path: Path) -> None:
    notes = formats.Notes()
    documents = list(formats.read(EXPORT, overlaps=True, predictions=True, notes=notes))
    assert [document.id for document in documents] == ["1", "2", "3"]
    (span,) = documents[2].spans
    assert (span, span.score, span.source) == (Span(0, 2, "PER"), 0.75, "m1")
    assert notes["tasks without an annotation, of which the prediction is read"] == 1
    only = json.dumps([json.loads(EXPORT.read_text())[2]])
    assert refusal(tmp_path, only).startswith(
        ": no task has an annotation to read, but 1 have predictions; read these with"
    )


def test_completions_of_old_versions_with_utf16_offsets_become_characters() -> None:
    notes = formats.Notes()
    (document,) = formats.read(GOLDEN / "labelstudio_completions.json", notes=notes)
    assert (document.id, covered(document)) == ("7", ["Bo", "Ulm"])
    assert notes == {"spans whose offsets counted UTF-16 units, turned into characters": 2}


def test_the_minimal_export_has_a_record_an_annotation() -> None:
    first, second = formats.read(GOLDEN / "labelstudio_min.json", annotator="latest")
    assert (first.id, covered(first), second.id, second.spans) == ("1", ["Ana", "Bo"], "2", ())
    assert covered(next(formats.read(GOLDEN / "labelstudio_min.json", annotator="first"))) == ["Ana"]


def test_offsets_that_count_characters_are_left_alone_beside_an_emoji(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, task(region(10, 12, "Bo", "PER")))
    assert covered(document) == ["Bo"]


def test_offsets_that_fit_in_no_unit_are_refused_with_task_and_region(tmp_path: Path) -> None:
    content = (
        "[\n"
        + task(region(0, 3, "Ana", "A"))[1:-1]
        + ",\n"
        + task(region(0, 3, "Ana", "A"), region(9, 11, "Bo", "A"))[1:]
    )
    assert refusal(tmp_path, content).startswith(
        ":3: task 2, result 2: span 2 (9..11) should be 'Bo' but the text has ' B' there, and no reading of the offsets"
    )


def test_a_line_break_is_quoted_as_backslash_and_n(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, task(region(16, 23, "Ulm.\\nCy", "X")))
    assert covered(document) == ["Ulm.\nCy"]


def test_each_character_of_a_windows_line_break_counts(tmp_path: Path) -> None:
    (document,) = read_text(tmp_path, task(region(3, 7, "b\\n\\nc", "X"), text="a\r\nb\r\nc"))
    assert covered(document) == ["b\r\nc"]


def test_regions_without_a_quote_beside_an_emoji_are_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    (document,) = read_text(tmp_path, task(region(10, 12, None, "X")), notes=notes)
    assert covered(document) == ["Bo"]
    assert notes == {"spans without quoted text beside an emoji, taken to count characters": 1}


def test_regions_of_html_and_without_a_label_are_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    html = region("/p[1]/text()[1]", "/p[1]/text()[1]", "Ana", "X")
    assert covered(read_text(tmp_path, task(html, region(0, 3, "Ana")), notes=notes)[0]) == []
    assert sum(notes.values()) == 2


@pytest.mark.parametrize(
    "data",
    [
        {"text": "Bo left.", "other": "Bo"},
        {"review": "Bo left."},
        {"review": "Bo left.", "number": 4},
        {"review": "Bo left.", "title": "x"},
    ],
)
def test_the_text_is_the_one_that_the_regions_quote(tmp_path: Path, data: dict[str, Any]) -> None:
    content = json.dumps([{"data": data, "annotations": [{"result": [region(0, 2, "Bo", "X", to_name="main")]}]}])
    assert read_text(tmp_path, content)[0].text == "Bo left."


def test_regions_of_a_second_text_are_left_out_and_counted(tmp_path: Path) -> None:
    notes = formats.Notes()
    data = {"text": "Bo left.", "title": "Ana"}
    results = [region(0, 2, "Bo", "X"), region(0, 3, "Ana", "X", to_name="title")]
    content = json.dumps([{"data": data, "annotations": [{"result": results}]}])
    assert covered(read_text(tmp_path, content, notes=notes)[0]) == ["Bo"]
    assert notes == {"regions of another text of the task left out": 1}


def test_texts_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    content = json.dumps(
        [{"data": {"one": "Bo left.", "two": "Bo"}, "annotations": [{"result": [region(0, 2, "Bo", "X")]}]}]
    )
    assert refusal(tmp_path, content).startswith(
        ":1: task 1: which of 'one', 'two' in 'data' was annotated is not clear"
    )


@pytest.mark.parametrize("junk", [{}, [], None, 3])
def test_names_and_types_of_any_kind_are_no_crash(tmp_path: Path, junk: Any) -> None:
    entries = [{"result": [region(0, 3, "Ana", "X", to_name=junk)]}, {"result": [region(0, 3, "Ana", "X", type=junk)]}]
    content = json.dumps([{"data": {"text": TEXT}, "annotations": entries}])
    assert covered(read_text(tmp_path, content, annotator="first")[0]) == ["Ana"]
    assert covered(read_text(tmp_path, content, annotator="merge")[0]) == ["Ana"]


def test_tasks_for_import_wait_for_spans(tmp_path: Path) -> None:
    notes = formats.Notes()
    (document,) = read_text(tmp_path, '[{"data": {"text": "a"}}]', notes=notes)
    assert (document.text, document.spans, notes) == ("a", (), {"tasks read without spans": 1})


def test_spans_with_scores_are_written_as_predictions_with_model_and_scores(tmp_path: Path) -> None:
    notes = formats.Notes()
    spans = (Span(0, 3, "PER", 0.5, "crf"), Span(10, 12, "PER", 1.0, "crf"))
    given = [Document("Nobody."), Document(TEXT, spans=spans, id="x", meta={"other fields": {"url": "u"}})]
    empty, full = json.loads(written(tmp_path, given, "labelstudio", notes=notes))
    assert empty == {"data": {"text": "Nobody."}, "predictions": [{"model_version": "crfner", "result": []}]}
    assert full["data"] == {"text": TEXT, "document_id": "x", "url": "u"}
    (prediction,) = full["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("crf", 0.75)
    assert prediction["result"][1] == {
        "id": "r2",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": 10, "end": 12, "text": "Bo", "labels": ["PER"]},
        "score": 1.0,
        "meta": {"source": "crf"},
    }
    assert notes == {"documents written as Label Studio predictions": 2}
    again = list(formats.read(tmp_path / "output", predictions=True))
    assert again == given
    assert [(span.score, span.source) for span in again[1].spans] == [(0.5, "crf"), (1.0, "crf")]


def test_other_spans_are_written_as_annotations_and_none_as_tasks(tmp_path: Path) -> None:
    (annotated,) = json.loads(written(tmp_path, [Document(TEXT, spans=(Span(0, 3, "PER"),))], "labelstudio"))
    assert annotated["annotations"][0]["was_cancelled"] is False and "predictions" not in annotated
    assert json.loads(written(tmp_path, [Document("a"), Document("b")], "labelstudio")) == [
        {"data": {"text": "a"}},
        {"data": {"text": "b"}},
    ]


def test_names_of_the_project_come_back(tmp_path: Path) -> None:
    content = json.dumps(
        [
            {
                "data": {"review": "Bo"},
                "annotations": [{"result": [region(0, 2, "Bo", "X", from_name="ner", to_name="doc")]}],
            }
        ]
    )
    (again,) = json.loads(written(tmp_path, read_text(tmp_path, content), "labelstudio"))
    (result,) = again["annotations"][0]["result"]
    assert (again["data"], result["from_name"], result["to_name"]) == ({"review": "Bo"}, "ner", "doc")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('[{"data": 3}]', ":1: task 1: it has no 'data', but 'data'"),
        ('[{"data": {"text": "a"}, "annotations": [7]}]', ":1: task 1: 'annotations' should be a list of objects with"),
        (
            '[{"data": {"text": "a"}, "annotations": [{"result": 7}]}]',
            ":1: task 1: the 'result' in 'annotations' should be",
        ),
        (
            '[{"data": {"text": "a"}, "annotations": [{"result": [7]}]}]',
            ":1: task 1, result 1: a result should be an object",
        ),
        ('[{"data": {"n": 1}, "annotations": [{"result": []}]}]', ":1: task 1: the data has no 'text', but 'n'"),
        ('[{"data": {"text": "a"}, "annotations": []}]', ": no task has an annotation to read; annotate some"),
        (task(region(0, 99, "a", "X")), ":1: task 1, result 1: span 1 (0..99) is outside the text of 31 characters"),
        (
            task({"type": "labels", "value": {"labels": ["X"]}}),
            ":1: task 1, result 1: the value has no 'start', but 'labels'",
        ),
        (task({"type": "labels", "value": None}), ":1: task 1, result 1: the value of a region should be an object"),
        ("[\n3]", ":2: task 1: this should be"),
        ('[{"data": {"text": "a"}}', ":1: invalid JSON: a comma or ] should stand before"),
    ],
)
def test_mistakes_are_named_with_their_task(tmp_path: Path, content: str, complaint: str) -> None:
    assert refusal(tmp_path, content, "labelstudio").startswith(complaint)
