"""Models of a fine-tuned encoder, and CRFs that read an encoder's hints; inputs are as those of `models`.

The encoders are made here, of random weights; nothing is looked up on the net.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported: a fuzzed name must not be asked for

import torch
import transformers

from crfner import CRFRecognizer, read
from crfner.about import about
from crfner.document import Document
from crfner.encoder import EncoderRecognizer
from crfner.hints.encoder import EncoderHints
from crfner.models import model_from_bytes, model_to_bytes
from fuzz.sealing import archived, both_ways

_DATA = Path(__file__).parents[2] / "data" / "menu"
_TEXTS = ("Two samosas and a mango lassi, please.", "We drink tea.")
_PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "we", "drink", "tea", "milk", "two", "and", "a", "##s")

WORDS = (
    *(
        b'"model_type"',
        b'"bert"',
        b'"gpt2"',
        b'"t5"',
        b'"hidden_size"',
        b'"vocab_size"',
        b'"num_hidden_layers"',
        b"F32",
    ),
    *(b'"num_attention_heads"', b'"id2label"', b'"auto_map"', b'"architectures"', b'"torch_dtype"', b'"data_offsets"'),
    *(b'"shape"', b'"max_position_embeddings"', b'"quantization_config"', b'"_attn_implementation"', b'"hidden_act"'),
    *(b"\n=====config.json\n", b"\n=====model.safetensors\n", b"\n=====tokenizer.json\n", b"\x93NUMPY", b"PK\3\4"),
)


@cache
def _archives() -> tuple[bytes, ...]:
    folder = Path(tempfile.mkdtemp(prefix="crfner-fuzz-"))
    transformers.BertTokenizerFast(vocab={piece: n for n, piece in enumerate(_PIECES)}).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(_PIECES),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=40,
    )
    transformers.BertModel(config).save_pretrained(folder)
    menu = list(read(_DATA / "dev.jsonl"))[:8]
    with warnings.catch_warnings(action="ignore"):
        encoder = EncoderRecognizer(str(folder), epochs=1).fit(menu)
        hints = {"enc": EncoderHints.learn(str(folder), menu, dimensions=2, layers=1)}
        hinted = CRFRecognizer({"word": {}, "hits": {}}, hinters=hints, iterations=2, prune=0.3).fit(menu)
    return tuple(map(model_to_bytes, (encoder, hinted)))


def seeds() -> list[bytes]:
    """Each model as an archive and laid open."""
    return both_ways(_archives())


def prepared() -> Callable[[bytes], object]:
    def run(data: bytes) -> None:
        if not data:
            return
        model = model_from_bytes(archived(data), "model.crfner")
        about(model)
        list(model.recognize(map(Document, _TEXTS)))

    return run
