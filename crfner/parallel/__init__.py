"""Work for other processes: of this machine, by loky, or of a cluster, by Dask or Ray, all of it run by joblib.

A command says once which workers there are (`using`); whatever it calls takes its pool (`pool`) and maps a function
over items. Results come in order, a bounded number of items is under way, and what a worker was doing when it was
killed is done again.

Public names: `Workers`, `using`, `pool`, `Pool`, `Given`, `BACKENDS`.
"""

from __future__ import annotations

from crfner.parallel.rounds import Given, Pool
from crfner.parallel.workers import BACKENDS, Workers, pool, using

__all__ = ["BACKENDS", "Given", "Pool", "Workers", "pool", "using"]
