"""Pretrained encoders: the modern way to few examples, as a rival of the CRF and as what hints it.

`pretrained` opens an encoder, `pieces` cuts our words as it knows them, `network` runs it, `training` fine-tunes it,
and `recognizer` is the public face. torch and transformers are optional: the extra `transformers` installs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crfner.lazy import lazily

if TYPE_CHECKING:
    from crfner.encoder.pretrained import check_encoder, encoder_path
    from crfner.encoder.recognizer import EncoderRecognizer, train_encoder

__all__ = ["EncoderRecognizer", "check_encoder", "encoder_path", "train_encoder"]

# imported when they are first asked for: torch alone takes seconds
__getattr__ = lazily(
    __name__,
    {
        "EncoderRecognizer": "recognizer",
        "check_encoder": "pretrained",
        "encoder_path": "pretrained",
        "train_encoder": "recognizer",
    },
)
