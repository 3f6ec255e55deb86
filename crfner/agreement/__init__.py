"""How far two annotators of the same texts agree, and where they do not.

`pair` finds the documents that belong together and `agreement` measures them; `conflicts` and `agreed` say of a pair
what is in dispute and what is not, and `disputed` puts both versions into one file for a third to decide.

Public names: `pair`, `Pair`, `Pairing`; `agreement`, `Agreement`, `SpanAgreement`; `kappa`; `conflicts`, `agreed`,
`Conflict`, `KINDS`; `disputed`, `versions`.
"""

from crfner.agreement.conflicts import KINDS, Conflict, agreed, conflicts
from crfner.agreement.kappa import kappa
from crfner.agreement.measuring import agreement
from crfner.agreement.pairing import Pair, Pairing, pair
from crfner.agreement.values import Agreement, SpanAgreement
from crfner.agreement.versions import disputed, versions

__all__ = [
    "KINDS",
    "Agreement",
    "Conflict",
    "Pair",
    "Pairing",
    "SpanAgreement",
    "agreed",
    "agreement",
    "conflicts",
    "disputed",
    "kappa",
    "pair",
    "versions",
]
