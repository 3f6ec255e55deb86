"""Rules learnt from labelled text.

`terms` makes dictionaries, `patterns` token patterns, and `learning` measures both on text they were not learnt from.
"""

from crfner.rules.mining.learning import crossfit, deal, mine

__all__ = ["crossfit", "deal", "mine"]
