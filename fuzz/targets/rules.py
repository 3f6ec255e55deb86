"""Rule files: the first byte says which ending the file has. What can be read is run on a few lines, and written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from crfner.document import Document
from crfner.errors import CrfnerError
from crfner.rules import RuleRecognizer
from crfner.rules.files.reading import read_rules
from crfner.rules.files.writing import rules_to_jsonl, rules_to_yaml

_ROOT = Path(__file__).parents[2]
_ENDINGS = (".yaml", ".jsonl", ".csv", ".tsv", ".txt")
_TEXTS = (
    "Give 20 mg of aspirin b.i.d. to Dr. O'Neill, please.",
    "Two samosas\nand a mango-lassi. aaaaaaaaaaaaaaaaaaaaa!",
    "",
)

WORDS = (
    *(b"rules:\n", b"- name: ", b"label: ", b"terms: [", b"file: ", b"case: smart", b"diacritics: ignore", b"edits: 2"),
    *(
        b"plural: true",
        b"hyphen: true",
        b"regex: ",
        b"group: 1",
        b"tokens: [{",
        b"any: [[{",
        b"context: {left: [{",
        b"OP: ",
    ),
    *(
        b"LOWER: ",
        b"REGEX: ",
        b"IN: [",
        b"NOT_IN: [",
        b"FUZZY: ",
        b"FUZZY9: ",
        b"IS_SENT_START: true",
        b"LENGTH: {'>': 1}",
    ),
    *(b"'*'", b"'+'", b"'?'", b"'!'", b"'{2,5}'", b"'{1000}'", b"not_sentence: ", b"priority: 9", b"precision: 0.5"),
    *(
        b"(a+)+$",
        b"(a|a)*b",
        b"(?:a{1000}){1000}",
        b"(?R)",
        b"(?<=a*)",
        b"\\p{L}+",
        b"(?i)",
        b"(?e:x){e<=3}",
        b"(?(1)a|b)",
    ),
    *(
        b'{"label": "A", "pattern": "b"}\n',
        b'{"label": "A", "pattern": [{"LOWER": "b"}]}\n',
        b"term,label,name,priority\n",
    ),
    *(
        b"plugin: ",
        b"package: ",
        b"../",
        b"/etc/passwd",
        b"&a ",
        b"*a",
        b"!!python/object/apply:os.system ",
        b"<<: ",
        b"? ",
    ),
)


def seeds() -> list[bytes]:
    """The rules of the tests and of the shipped data, whole and rule by rule."""
    cases = _ROOT / "tests" / "cases"
    found = [bytes([0]) + path.read_bytes()[:6000] for path in (*_ROOT.glob("data/*/rules.yaml"), cases / "rules.yaml")]
    rules = read_rules(_ROOT / "data" / "menu" / "rules.yaml")
    found += [bytes([0]) + rules_to_yaml([rule]).partition("\n\n")[2].encode()[:2000] for rule in [*rules][:6]]
    found.append(bytes([1]) + rules_to_jsonl([*rules][:6]).encode()[:4000])
    found.append(bytes([1]) + (cases / "entity_ruler.jsonl").read_bytes()[:4000])
    found.append(bytes([2]) + b'term,label,name,priority\naspirin,DRUG,a,1\n"mango lassi",FOOD,b,0\n')
    found.append(bytes([3]) + b"term\tlabel\naspirin\tDRUG\n")
    found.append(bytes([4]) + (cases / "drugs.txt").read_bytes()[:500])
    return found


def prepared() -> Callable[[bytes], object]:
    folder = Path(tempfile.mkdtemp(prefix="crfner-fuzz-"))

    def run(data: bytes) -> None:
        if not data:
            return
        path = folder / f"input{_ENDINGS[data[0] % len(_ENDINGS)]}"
        path.write_bytes(data[1:])
        rules = read_rules(path, "LABEL")
        list(RuleRecognizer(rules).recognize(map(Document, _TEXTS)))
        for write in (rules_to_yaml, rules_to_jsonl):
            with suppress(CrfnerError):
                write(rules)

    return run
