"""An HTTP API for models, with a page to try them (extra `serve`).

    client -> protocol -> guard -> app -> asking -> batching -> answering -> client
                                                       ^
    supervisor -> worker -> models --------------------+

A master (`supervisor`) keeps several workers alive (`worker`), each with its own models (`models`), as recognisers are
not shared between threads. In a worker the event loop talks to clients, and one thread tags whatever waits in batches
(`batching`). What cannot be answered is refused in one shape (`refusals`).

Public names: `serve`, `Settings`, `Limits`.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

from crfner.serve.settings import Limits, Settings, checked

__all__ = ["Limits", "Settings", "serve"]


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C, in the main thread of a program that does nothing else; the exit code.

    Raises CrfnerError when a model cannot be loaded, an address not be had, or a setting makes no sense.
    """
    checked(settings)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s crfner: %(message)s")
    with tempfile.TemporaryDirectory(prefix="crfner-") as folder:
        metrics = Path(folder) / "metrics"
        metrics.mkdir()
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)  # before the next import, which reads it
        from crfner.serve.supervisor import Supervisor

        return Supervisor(settings, Path(folder)).run()
