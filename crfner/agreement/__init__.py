"""How far two annotators of the same texts agree, and where they do not.

`pair` finds the documents that belong together; `conflicts` and `agreed` say of a pair what is in dispute and what is
not.

Public names: `pair`, `Pair`, `Pairing`; `conflicts`, `agreed`, `Conflict`, `KINDS`.
"""

from crfner.agreement.conflicts import KINDS, Conflict, agreed, conflicts
from crfner.agreement.pairing import Pair, Pairing, pair

__all__ = ["KINDS", "Conflict", "Pair", "Pairing", "agreed", "conflicts", "pair"]
