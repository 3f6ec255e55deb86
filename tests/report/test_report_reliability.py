"""The page of a reliability: well formed, alone, with each group in the plot and in the table."""

from __future__ import annotations

import re

from test_report_page import Outline

from crfner.evaluation.calibration import Reliability, reliability_of
from crfner.report.reliability import reliability_chart, to_page

FOUND = reliability_of([(0.3, False), (0.5, True), (0.8, True), (0.9, False)], bins=2)


def test_the_page_says_what_the_bins_say() -> None:
    page = Outline(to_page(FOUND, 'a<b>"c".jsonl'))
    text = "".join(page.text)
    assert 'a<b>"c".jsonl' in text and "over 4 entities" in text and "too sure" in text
    assert len(page.of("tr")) == 1 + len(FOUND.bins) and len(page.of("svg")) > 0
    assert not re.findall(r"https?:|\bsrc=|<script", to_page(FOUND, "x"))


def test_a_point_lies_on_the_line_when_its_scores_come_true() -> None:
    right = reliability_of([(0.5, True), (0.5, False)], bins=1)
    true, line = reversed(re.findall(r'points="([^"]*)"', reliability_chart(right)))
    (left, top), (end, bottom) = (map(float, point.split(",")) for point in line.split())
    assert tuple(map(float, true.split(","))) == ((left + end) / 2, (top + bottom) / 2)


def test_a_page_without_scores_says_so() -> None:
    page = Outline(to_page(Reliability(()), "x"))
    assert "Nothing that was found has a score." in "".join(page.text) and not page.of("svg")
