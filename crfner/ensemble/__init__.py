"""Several CRFs that differ in what they learn from the same text, as one recogniser that votes.

`recognizer` is the public face; `training` makes the members, `voting` joins what they say.
"""

from crfner.ensemble.recognizer import EnsembleRecognizer

__all__ = ["EnsembleRecognizer"]
