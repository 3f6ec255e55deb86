"""Training in a kernel of our own: L-BFGS over rows of attributes, with inner loops in C (`_training.c`).

A token's attributes come from a few keys (its word, its neighbours' words, a pair of shapes), each of which gives the
same attributes wherever it stands. CRFsuite walks all attributes of all tokens, twice an iteration; here each key's
scores are summed once an iteration, and a token adds up what its keys have. Attributes that always occur together are
one variable. Objective and path of the optimisation stay those of CRFsuite, which the tests hold them to.

`rows` builds what is learnt from, `alike` finds attributes that occur together, `objective` is log-likelihood and
gradient, `lbfgs` the optimiser, `training` the whole.

Public names: `installed`.
"""

from importlib.util import find_spec


def installed() -> bool:
    """Whether the kernel was compiled when crfner was installed."""
    return find_spec("crfner.crf.kernel._training") is not None
