"""What is said about each table, in plain words: how to read it, and where its method comes from.

Public names: `SCORES`, `COSTS`, `DIFFERENCES`, `LABELS`, `PARTIAL`, `TYPE`, `GROUPS`, `CURVES`, `KINDS`, `ERRORS`,
`SENTENCES`, `WARNINGS`.
"""

from __future__ import annotations

SCORES = (
    "In per cent, higher is better. Precision, recall and F1 count an entity only when borders and label are exact "
    "(CoNLL-2003), over all labels together; the interval is that of F1 (percentile bootstrap, Efron 1979). "
    "Partial, type and borders F1 are the lenient counts of SemEval-2013 task 9: half of the credit for an overlap, "
    "any overlap with the right label, and the right borders whatever the label. "
    "Unseen F1 counts only mentions that the training part does not have."
)
COSTS = (
    "Measured on the machine that made this comparison. Training is wall time; tagging is tokens a second; "
    "memory is the greatest resident set of a process that trains and tags; – where nothing could be measured."
)
DIFFERENCES = (
    "F1 of the first system minus that of the second, in points, with its paired bootstrap interval. "
    "p is how often chance alone makes a difference as large: by paired approximate randomisation "
    "(Noreen 1989; Yeh 2000) and, as a check, by the paired bootstrap (Berg-Kirkpatrick, Burkett and Klein 2012). "
    "Holm p is the former, corrected for the number of pairs (Holm 1979): the one to judge by."
)
LABELS = (
    "F1 in per cent, by label: borders and label exact. n is the number of gold entities; where it is small, "
    "so is what the numbers tell."
)
PARTIAL = "F1 in per cent, by label: an entity of the label with other borders earns half of the credit (SemEval-2013)."
TYPE = "F1 in per cent, by label: any overlap with an entity of the label earns the whole credit (SemEval-2013)."
GROUPS = (
    "F1 in per cent over the entities of each group, borders and label exact; n is the number of gold entities. "
    "A found entity that is wrong counts in the group of what was found."
)
CURVES = (
    "F1 in per cent of systems trained on a part of the training sentences: the mean over random draws and their "
    "standard deviation. A curve that still climbs at its end says that more labelled text would help."
)
KINDS = {
    "missed": "nothing was found where the gold annotation has an entity",
    "spurious": "an entity was found where the gold annotation has none",
    "boundary": "the label is right, the borders are not",
    "type": "the borders are right, the label is not",
    "both": "labels and borders differ, but the two overlap",
}
"""What went wrong, by error group."""
ERRORS = (
    "Every entity that is not correct is counted once: "
    + "; ".join(f"{kind}: {meaning}" for kind, meaning in KINDS.items())
    + "."
)
SENTENCES = (
    "Each block is a sentence of the test part: first with the gold annotation and the systems that agree with it, "
    "then with every other reading and who reads it so. Where not all fit, sentences on which systems disagree are "
    "chosen before those that all got wrong in the same way; very long ones are cut around the error."
)
WARNINGS = "Read these before the numbers: they say where the data may mislead."
