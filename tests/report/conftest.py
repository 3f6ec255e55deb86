"""What the tests of the report share."""

from __future__ import annotations

import pytest
from small_comparison import clinic

from crfner.compare.values import Comparison


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """Four systems on five sentences; see `small_comparison`."""
    return clinic()
