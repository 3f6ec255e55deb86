"""What the tests of the annotation page share: one browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from annotating import browser_at


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium; only tests that have made sure of it ask for it."""
    with browser_at(tmp_path_factory.mktemp("profile")) as driver:
        yield driver
