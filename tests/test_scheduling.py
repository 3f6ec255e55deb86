"""The set of spans that is worth most wins."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crfner.document import Span
from crfner.scheduling import most_worth

SPANS = st.lists(
    st.builds(
        lambda start, size, score: Span(start, start + size, "X", score / 16),
        st.integers(0, 12),
        st.integers(1, 6),
        st.integers(0, 16),
    ),
    max_size=7,
    unique=True,
)


@given(SPANS, st.sampled_from([0.0, 0.25, 0.5]))
def test_no_other_choice_of_spans_apart_is_worth_more(spans: list[Span], threshold: float) -> None:
    chosen = most_worth(spans, threshold)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(chosen, 2))
    assert chosen == sorted(chosen)

    def worth(some: Iterable[Span]) -> float:
        return sum((span.score or 0.0) - threshold for span in some)

    choices = itertools.chain.from_iterable(itertools.combinations(spans, n) for n in range(len(spans) + 1))
    best = max(worth(c) for c in choices if not any(a.overlaps(b) for a, b in itertools.combinations(c, 2)))
    assert worth(chosen) == pytest.approx(best, abs=1e-6)
