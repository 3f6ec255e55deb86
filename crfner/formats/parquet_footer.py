"""What a Parquet file says that it holds, read without Arrow, which ends the process over some footers that are forged.

The footer is a structure of Thrift's compact protocol (Apache Parquet's `parquet.thrift`; Slee, Agarwal and Kwiatkowski
2007). Every value in it takes at least a byte, so that reading it takes time and memory in proportion.

Public names: `claims`.
"""

from __future__ import annotations

from typing import Any

_MAGIC = b"PAR1"
_DEEPEST = 30
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_NUMBERS = (4, 5, 6)

# numbers of fields: of the file, of a group of rows, of a column in it, of what is said of that
_GROUPS, _SIZE, _COLUMNS, _ABOUT, _VALUES = 4, 2, 1, 3, 5


def claims(content: bytes) -> tuple[int, int]:
    """The bytes to which the file says that it unpacks, and the values in all of its columns.

    Raises ValueError where the footer is none.
    """
    length = int.from_bytes(content[-8:-4], "little")
    if len(content) < 12 or not content.endswith(_MAGIC) or length > len(content) - 12:
        raise ValueError("no footer")
    try:
        groups = _Footer(content[-8 - length : -8]).struct(0)[_GROUPS]
        sizes = [group[_SIZE] for group in groups]
        values = [column[_ABOUT][_VALUES] for group in groups for column in group[_COLUMNS]]
    except (IndexError, KeyError, TypeError):
        raise ValueError("a damaged footer") from None
    if not all(type(number) is int and number >= 0 for number in (*sizes, *values)):
        raise ValueError("sizes below nothing")
    return sum(sizes), sum(values)


class _Footer:
    """The bytes of a footer, and the place that is read next."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def struct(self, depth: int) -> dict[int, Any]:
        """The values of a structure by the numbers of its fields. Raises IndexError or ValueError for what is none."""
        fields: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._number()
            kind = head & 15
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth + 1)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")
        if kind in _NUMBERS:
            return self._number()
        if kind == _BINARY:
            return self._skip(self._varint())
        if kind == _STRUCT:
            return self.struct(depth)
        if kind in (_LIST, _SET):
            head = self._byte()
            size = head >> 4 if head >> 4 < 15 else self._varint()
            return [self._value(head & 15, depth + 1) for _ in range(size)]
        if kind == _MAP:
            size = self._varint()
            kinds = self._byte() if size else 0
            return [(self._value(kinds >> 4, depth + 1), self._value(kinds & 15, depth + 1)) for _ in range(size)]
        if kind in (_TRUE, _FALSE, _BYTE):  # a truth value within a list has a byte of its own
            return self._byte()
        if kind == _DOUBLE:
            return self._skip(8)
        raise ValueError("an unknown kind of value")

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _varint(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
        raise ValueError("a number without end")

    def _number(self) -> int:
        zigzag = self._varint()
        return (zigzag >> 1) ^ -(zigzag & 1)

    def _skip(self, size: int) -> None:
        if size > len(self._data) - self._place:
            raise ValueError("cut short")
        self._place += size
