"""The options of commands that can work in several processes, or on a cluster: `--jobs`, `--backend`, `--address`.

Public names: `worker_options`, `workers`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import click

from crfner.parallel import BACKENDS, Pool, Workers, using


def worker_options(usual: str) -> Callable[[Any], Any]:
    """Adds the options; `usual` says how many jobs there are on this machine when none are asked for."""
    jobs = click.option(
        "--jobs",
        type=click.IntRange(1),
        metavar="N",
        help=f"Work in N processes.  [default: {usual}; all of a cluster]",
    )
    backend = click.option(
        "--backend",
        type=click.Choice(BACKENDS),
        default="loky",
        show_default=True,
        help="Where: processes of this machine, or a cluster of Dask or Ray, such as --backend dask --address "
        "tcp://10.0.0.1:8786.",
    )
    address = click.option("--address", metavar="ADDRESS", help="Of the cluster's scheduler.")
    return lambda command: jobs(backend(address(command)))


def workers(jobs: int | None, backend: str, address: str | None) -> AbstractContextManager[Pool]:
    """The workers that the options ask for, within a block. Raises CrfnerError when they cannot be had."""
    return using(Workers(jobs, backend, address))
