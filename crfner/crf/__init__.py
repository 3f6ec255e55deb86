"""The conditional random field, from documents to weights and from weights to spans.

`estimator` is the public face. `corpus` and `crfsuite` train; `weights`, `emissions` and `decode` tag, both on a
document's `layout`; `model_file` keeps what was learnt.
"""

from crfner.crf.estimator import CRFRecognizer
from crfner.crf.settings import ALGORITHMS

__all__ = ["ALGORITHMS", "CRFRecognizer"]
