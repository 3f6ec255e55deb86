"""The same commands under several circumstances, and whether what they give is the same to the byte.

What must not matter: the process, the seed of Python's hashes, `-O`, locale and time zone, the folder, and the version
of Python. Each command is a process of its own, in a fresh folder with a link `data`; what it prints and each file that
it writes is known by its SHA-256 afterwards.

    python tests/reproducing.py python3.11 python3.12 python3.13

tells what differs. The Pythons need crfner and the packages it requires. `--save FILE` writes the sums of the first,
`--like FILE` compares with sums written so, by another machine or with other versions of packages. `--older-processor`
lets numpy, its BLAS and the C library of the first work as on a processor of 2010; what CRFsuite trains then differs.

Public names: `outputs`, `circumstances`, `older_processor`, `differences`, `Circumstances`, `COMMANDS`, `QUICK`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

_MENU = "data/menu/train.jsonl --dev data/menu/dev.jsonl --iterations 15"
_CLINIC = "data/clinic/train.jsonl --dev data/clinic/dev.jsonl --iterations 15"

FAILED = "failed"

_FORMATS = ("conll", "spacy-json", "prodigy", "doccano", "labelstudio", "brat", "pubtator", "spans-csv", "inline",
            "markup", "rasa", "hf-json")  # fmt: skip
_AUGMENTING = ("balanced", "mentions=2,typos,case", "alike,templates,tokens,shuffle,crossover")
_ODD = "Été à Zürich: 2.5 mg of 5-FU, naïve №7 ﬁne!"

QUICK = (
    f"train {_MENU} --seen --augment balanced -o crf.crfner",
    "train data/menu/dev.jsonl --iterations 10 --features minimal --mine-rules -o hybrid.crfner",
    "tag hybrid.crfner data/menu/test.jsonl -o tagged.jsonl",
    "check data/menu/dev.jsonl -o check.json --folds 2 --fail-on error",
)
"""Enough for the tests: features, drawing, rules, policies, probabilities."""

COMMANDS = (
    *QUICK,
    "train data/menu/train.jsonl --dev data/menu/dev.jsonl -o default.crfner",
    f"train {_MENU} --recipe fast -o fast.crfner",
    "train data/menu/train.jsonl --recipe balanced --iterations 15 -o balanced.crfner",
    f"train {_MENU} --stages 2 --seen -o stages.crfner",
    f"train {_MENU} --ensemble 3 -o ensemble.crfner",
    f"train {_MENU} --features rich --scheme BIOES --prune 0.05 --all-possible-transitions -o rich.crfner",
    f"train {_CLINIC} --features biomedical --tokenizer wordpunct --min-freq 2 -o biomedical.crfner",
    f"train {_CLINIC} --features social --tokenizer social -o social.crfner",
    f"train {_CLINIC} --gazetteer data/clinic/medicines.txt --calibrate --recall 2 -o calibrated.crfner",
    f"train {_CLINIC} --consistency 0.6 --split 0.8 -o consistent.crfner".replace("--dev data/clinic/dev.jsonl ", ""),
    *(f"train {_CLINIC} --algorithm {name} --seed 3 -o {name}.crfner" for name in ("l2sgd", "ap", "pa", "arow")),
    *(
        f"train {_CLINIC} --rules data/clinic/rules.yaml --mine-rules --policy {policy} -o {policy}.crfner"
        for policy in ("fallback", "override", "union", "features")
    ),
    f"train {_MENU} --unlabelled data/menu/unlabelled.jsonl -o clustered.crfner",
    f"train {_MENU} --unlabelled data/menu/unlabelled.jsonl --self-train -o self.crfner",
    f"train {_CLINIC} --base crf.crfner -o extended.crfner",
    *(
        f"augment data/clinic/train.jsonl --method {methods} -o augmented.{number}.jsonl"
        for number, methods in enumerate(_AUGMENTING)
    ),
    *(
        f"clusters data/menu/unlabelled.jsonl data/menu/train.jsonl --classes 60 --method {name} -o {name}.tsv"
        for name in ("context", "morphological")
    ),
    "clusters data/menu/unlabelled.jsonl data/menu/train.jsonl --method vectors -o vectors.tsv",
    "info fast.crfner --json",
    "rules mine data/menu/train.jsonl -o mined.yaml",
    "rules lint data/clinic/rules.yaml data/menu/rules.yaml",
    "rules test data/clinic/rules.yaml data/clinic/dev.jsonl",
    "rules pack data/clinic/rules.yaml MEDICINE=data/clinic/medicines.txt -o rules.crfner",
    *(
        f"evaluate {model}.crfner data/{corpus}/test.jsonl --json --modes --reliability --plot {model}.html"
        for model, corpus in (("default", "menu"), ("stages", "menu"), ("ensemble", "menu"), ("calibrated", "clinic"))
    ),
    "evaluate union.crfner data/clinic/test.jsonl --json",
    "evaluate rules.crfner data/clinic/test.jsonl",
    *(
        f"tag {model}.crfner data/clinic/unlabelled.jsonl -o {model}.jsonl"
        for model in ("rules", "fallback", "override", "union", "features", "extended", "consistent", "social")
    ),
    "tag default.crfner texts.txt --nbest 4 -o nbest.jsonl",
    *(
        f"tag {model}.crfner texts.txt --format {form} -o tagged.{form}"
        for model, form in (("default", "conll"), ("rules", "inline"), ("union", "table"), ("stages", "labelstudio"))
    ),
    *(f"convert data/clinic/dev.jsonl converted.{form} --to {form}" for form in _FORMATS),
    "check data/clinic/train.jsonl --against data/clinic/test.jsonl -o checked.json -o checked.html -o checked.txt",
    *(
        f"suggest default.crfner data/menu/unlabelled.jsonl -n 60 --strategy {name} -o suggested.{name}.jsonl"
        for name in ("sequence", "margin", "random")
    ),
    "suggest ensemble.crfner data/menu/unlabelled.jsonl -n 60 -o suggested.votes.jsonl",
    *(
        f'explain union.crfner "Dr Lindqvist stopped the ibuprofen 400 mg." --all -o why.{ending}'
        for ending in ("json", "html", "txt")
    ),
    "explain default.crfner --top 30 -o learnt.json",
    "agree data/clinic/dev.jsonl data/clinic/dev.jsonl --json",
    *(f'features "{_ODD}" --features {name} --json' for name in ("default", "rich")),
)
"""Most of what crfner writes. Left out is what holds times: comparisons and searches."""

TEXTS = """\
Two samosas and a mango lassi, please; the soupe à l’oignon for my mother.
ＡＢＣ ﬁne naïve Straße İstanbul ΣΊΣΥΦΟΣ ǅungla ½ litre №7 ٣٤ १२ 二〇一
東京都で寿司を食べました。Москва и Санкт-Петербург, कमल ने चाय पी।
🍜 ramen + 👩‍🍳 chef, e\u0301clair, \u200bzero\u00a0width, 3 × 400 mg t.i.d.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What should not matter: a Python, its options, and variables of the environment."""

    name: str
    python: str
    options: tuple[str, ...]
    environment: Mapping[str, str]


def circumstances(pythons: Iterable[str], environment: Mapping[str, str] | None = None) -> Iterator[Circumstances]:
    """Three for the first Python, one for each of the others; all have the variables of `environment`, too."""
    for where in _circumstances(*pythons):
        yield replace(where, environment={**where.environment, **(environment or {})})


def _circumstances(first: str, *others: str) -> Iterator[Circumstances]:
    near = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "OMP_NUM_THREADS": "1"}
    yield Circumstances(f"{first}, hash seed 0", first, (), near)
    far = {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati",
           "OMP_NUM_THREADS": "2"}  # fmt: skip
    yield Circumstances(f"{first} -O, hash seed 1, Turkish, other time zone, two threads", first, ("-O",), far)
    plain = {"PYTHONHASHSEED": "random", "LC_ALL": "C", "PYTHONUTF8": "0", "COLUMNS": "200"}
    yield Circumstances(f"{first}, random hashes, C", first, (), plain)
    for other in others:
        yield Circumstances(f"{other}, random hashes", other, (), {"PYTHONHASHSEED": "random"})


def older_processor(where: Circumstances) -> Circumstances:
    """The same where numpy, its BLAS and the C library do not use what processors have had since AVX (2011)."""
    features = "X86_V4 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"
    older = {"NPY_DISABLE_CPU_FEATURES": features, "OPENBLAS_CORETYPE": "Nehalem",
             "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX,-AVX512F"}  # fmt: skip
    return replace(where, name=f"{where.name}, older processor", environment={**where.environment, **older})


def outputs(commands: Iterable[str], where: Circumstances, folder: Path) -> dict[str, str]:
    """What the commands print and write in the folder, which is made: SHA-256 by name; FAILED and why for a failure."""
    folder.mkdir(parents=True)
    (folder / "data").symlink_to(DATA)
    (folder / "texts.txt").write_text(TEXTS, encoding="utf-8")
    found = {}
    for command in commands:
        before = {path: path.stat().st_mtime_ns for path in _files(folder)}
        run = [where.python, *where.options, "-m", "crfner", *shlex.split(command)]
        done = subprocess.run(run, cwd=folder, env={**os.environ, **where.environment}, capture_output=True)
        failed = done.returncode > 1 or (done.returncode and not done.stdout)  # 1 with words is an answer, too
        found[f"{command}: output"] = f"{FAILED}: {done.stderr.decode()}" if failed else _sum(done.stdout)
        for path in _files(folder):
            if before.get(path) != path.stat().st_mtime_ns:
                found[f"{command}: {path.relative_to(folder)}"] = _sum(path.read_bytes())
    return found


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The names whose sums are not the same in both."""
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "data" not in path.relative_to(folder).parts)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", help="those found of python3.11, python3.12, python3.13, when left out")
    parser.add_argument("--quick", action="store_true", help="only what the tests run")
    parser.add_argument("--older-processor", action="store_true", help="one circumstance more")
    parser.add_argument("--save", metavar="FILE", help="write the sums of the first as JSON")
    parser.add_argument("--like", metavar="FILE", help="compare the first with sums that were written so, too")
    parser.add_argument("--keep", metavar="FOLDER", help="where the outputs are kept; thrown away when left out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="circumstances at a time")
    arguments = parser.parse_args()
    arguments.pythons = arguments.pythons or [f for n in (11, 12, 13) if (f := shutil.which(f"python3.{n}"))]
    if not arguments.pythons:
        parser.error("none of python3.11, python3.12 and python3.13 is on the path; name a Python")
    return arguments


def main() -> int:
    """Run the commands under all circumstances; 1 when anything differs, 2 when a command fails."""
    arguments = _arguments()
    commands = QUICK if arguments.quick else COMMANDS
    every = list(circumstances(arguments.pythons))
    every += [older_processor(every[0])] if arguments.older_processor else []
    with tempfile.TemporaryDirectory(prefix="crfner-") as temporary, ThreadPoolExecutor(arguments.jobs) as pool:
        root = Path(arguments.keep or temporary).absolute()
        folders = [root / "-".join(["in"] * (number + 1)) / str(number) for number in range(len(every))]
        sums = list(pool.map(outputs, [commands] * len(every), every, folders))
    failures = [f"{where.name}: {name}: {said}" for where, found in zip(every, sums, strict=True)
                for name, said in found.items() if said.startswith(FAILED)]  # fmt: skip
    if failures:
        print(*failures, sep="\n", file=sys.stderr)
    if arguments.save:
        Path(arguments.save).write_text(json.dumps(sums[0], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    others = [(where.name, found) for where, found in zip(every[1:], sums[1:], strict=True)]
    if arguments.like:
        others.append((arguments.like, json.loads(Path(arguments.like).read_text(encoding="utf-8"))))
    print(f"{every[0].name}: {len(sums[0])} outputs of {len(commands)} commands")
    same = True
    for name, found in others:
        unlike = differences(sums[0], found)
        same = same and not unlike
        print(f"{name}: {f'{len(unlike)} differ' if unlike else 'the same'}")
        for output in unlike:
            print(f"  {output}")
    return 2 if failures else 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
