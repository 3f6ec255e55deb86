"""Run a command and print the most memory it ever held, in MiB (peak resident set; Linux).

A small process of its own does this: a child counts what its parent held when it was started, and the benchmark itself
may be large. What the command prints goes to standard error.

    python benchmarks/peak_memory.py COMMAND [ARGUMENT]...
"""

from __future__ import annotations

import resource
import subprocess
import sys

if __name__ == "__main__":
    status = subprocess.run(sys.argv[1:], stdout=sys.stderr, check=False).returncode
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    sys.exit(status)
