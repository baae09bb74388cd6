"""How numbers lie in 16-bit registers: widths, ranges and the four byte orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from drivers.profiles.schema import Order, PointType

STRUCT_CODE: Final[Mapping[str, str]] = {
    "u16": "H",
    "i16": "h",
    "bcd16": "H",
    "bool": "H",
    "u32": "I",
    "i32": "i",
    "f32": "f",
    "u64": "Q",
    "i64": "q",
    "f64": "d",
}
"""Big-endian ``struct`` codes; a string is ``2 * length`` bytes."""

WORDS: Final[Mapping[str, int]] = {
    "u16": 1,
    "i16": 1,
    "bcd16": 1,
    "bool": 1,
    "u32": 2,
    "i32": 2,
    "f32": 2,
    "u64": 4,
    "i64": 4,
    "f64": 4,
}

INTEGER_RANGE: Final[Mapping[str, tuple[int, int]]] = {
    "u16": (0, 0xFFFF),
    "i16": (-0x8000, 0x7FFF),
    "bcd16": (0, 9999),
    "bool": (0, 1),
    "u32": (0, 0xFFFF_FFFF),
    "i32": (-0x8000_0000, 0x7FFF_FFFF),
    "u64": (0, 0xFFFF_FFFF_FFFF_FFFF),
    "i64": (-0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF),
}

ASCII_TYPES: Final = ("decimal", "text", "hex", "word")
REGISTER_TYPES: Final = (*STRUCT_CODE, "string")


def word_count(kind: PointType, length: int) -> int:
    return length if kind == "string" else WORDS[kind]


def swap_bytes(word: int) -> int:
    return (word & 0xFF) << 8 | word >> 8


def swaps_bytes(order: Order) -> bool:
    return order in ("BADC", "DCBA")


def word_order(kind: PointType, length: int, order: Order) -> tuple[int, ...]:
    """Which register of a value comes first, second … when the most significant is to come first.

    A string's registers are always in ascending order; only the bytes inside them may be swapped.
    """
    count = word_count(kind, length)
    backwards = order in ("CDAB", "DCBA") and kind != "string"
    return tuple(reversed(range(count))) if backwards else tuple(range(count))


def arrange(words: Sequence[int], kind: PointType, order: Order) -> tuple[int, ...]:
    """Registers as on the wire to most significant first, and back: each order is its own inverse."""
    picked = [words[i] for i in word_order(kind, len(words), order)]
    return tuple(map(swap_bytes, picked)) if swaps_bytes(order) else tuple(picked)


def signed(raw: int, kind: PointType) -> int:
    """A bit pattern such as 0x8000 as the number its type makes of it; numbers in range stay as they are."""
    low, high = INTEGER_RANGE[kind]
    span = high - low + 1
    return raw - span if low < 0 and high < raw < span else raw
