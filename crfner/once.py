"""A property that is worked out at its first use and then kept, without any lock.

`functools.cached_property` has one lock for all instances until Python 3.12: threads wait for each other, and a process
that is forked meanwhile waits for ever. Here two threads may both work a value out; each value must be as good.

Public names: `once`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class once(Generic[T]):  # a decorator, named as property is
    """Decorates a method whose value is kept among the instance's attributes."""

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> T:
        value = instance.__dict__[self._function.__name__] = self._function(instance)
        return value
