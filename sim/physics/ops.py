"""What the laws compute with, for one cell: plain floats, and a list with one float per anode as a column.

The laws are written once over these names. ``specialise`` compiles them a second time over ``array_ops``, where every
value is an array over cells and a column an array of anodes by cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

exp = math.exp
log = math.log
sqrt = math.sqrt
tanh = math.tanh

MOST_ITERATIONS = 60
ENOUGH = 1e-4
"""Largest change of any anode's current, of its limiting current, after which one more step gains microvolts."""

Column = Any
"""One value per anode."""
total: Callable[[Column], float] = sum
largest: Callable[[Column], float] = max


def where(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


def minimum(a: float, b: float) -> float:
    return a if a < b else b


def maximum(a: float, b: float) -> float:
    return a if a > b else b


def any_of(condition: bool) -> bool:
    """True if it holds for any cell."""
    return condition


def number(condition: bool) -> float:
    return 1.0 if condition else 0.0


def columns(law: Callable[..., Any], *given: Column) -> tuple[Column, ...]:
    """A law with several results, anode by anode."""
    return tuple(map(list, zip(*map(law, *given), strict=True)))


def column(law: Callable[..., Any], *given: Column) -> Column:
    return list(map(law, *given))


def table_entry(table: Sequence[float], position: float) -> float:
    """Linear between entries; ``position`` counts entries and is held inside."""
    last = len(table) - 2
    place = min(max(int(position), 0), last)
    share = min(max(position - place, 0.0), 1.0)
    return table[place] + share * (table[place + 1] - table[place])


def settle(
    sweep: Callable[..., tuple[Any, ...]], cell: tuple[float, ...], given: tuple[Column, ...], currents: Column
) -> tuple[Column, Column, float, float, bool]:
    """Repeat Newton's step until the anode currents stay: currents, CO2 shares, bus voltage, line current, clipped."""
    for _ in range(MOST_ITERATIONS):
        currents, shares, bus, line, clipped, change = sweep(cell, given, currents)
        if change < ENOUGH:
            break
    return currents, shares, bus, line, clipped
