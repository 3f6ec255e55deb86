"""A blank spaCy pipeline with an entity recogniser, trained on a corpus: the peer of the tagging benchmark.

For speed one pass over the data is enough. That makes it inaccurate, but no slower or faster: the network's size and
the number of its steps a token do not depend on what was learnt.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

_BATCH = 64  # sentences


def train_pipeline(sentences: Iterable[tuple[list[str], list[str]]], path: Path, passes: int = 1) -> None:
    """Train on words and IOB2 tags of each sentence, and write the pipeline to the folder `path`."""
    fix_random_seed(0)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner")
    examples = [
        Example(Doc(pipeline.vocab, words=words), Doc(pipeline.vocab, words=words, ents=tags))
        for words, tags in sentences
    ]
    optimizer = pipeline.initialize(lambda: examples)
    shuffler = random.Random(0)
    for _ in range(passes):
        shuffler.shuffle(examples)
        for batch in minibatch(examples, _BATCH):
            pipeline.update(batch, sgd=optimizer)
    pipeline.to_disk(path)
