"""What the laws compute with, for many cells: arrays over cells; a column is an array of anodes by cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.physics.ops import ENOUGH, MOST_ITERATIONS

Array = Any
exp = np.exp
log = np.log
sqrt = np.sqrt
tanh = np.tanh
where = np.where
minimum = np.minimum
maximum = np.maximum


def any_of(condition: Array) -> bool:
    return bool(np.any(condition))


def number(condition: Array) -> Array:
    return condition * 1.0


def columns(law: Callable[..., Any], *given: Array) -> Any:
    return law(*given)


def column(law: Callable[..., Any], *given: Array) -> Array:
    return law(*given)


def total(values: Array) -> Array:
    return values.sum(axis=0)


def largest(values: Array) -> Array:
    return values.max(axis=0)


def table_entry(table: Array, position: Array) -> Array:
    """``table`` holds one row per cell."""
    last = table.shape[1] - 2
    place = np.clip(position.astype(np.int64), 0, last)
    share = np.clip(position - place, 0.0, 1.0)
    cells = np.arange(table.shape[0])
    low = table[cells, place]
    return low + share * (table[cells, place + 1] - low)


def settle(
    sweep: Callable[..., tuple[Any, ...]], cell: tuple[Array, ...], given: tuple[Array, ...], currents: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """As for one cell; cells that stay are left alone, so that each takes exactly the steps it would take by itself."""
    currents, shares, bus, line, clipped, change = sweep(cell, given, currents)
    moving = np.flatnonzero(change >= ENOUGH)
    if moving.size == 0:
        return currents, shares, bus, line, clipped
    currents, shares = currents.copy(), shares.copy()
    bus, line, clipped = bus.copy(), line.copy(), clipped.copy()
    for _ in range(MOST_ITERATIONS - 1):
        part = sweep(
            tuple(value[moving] for value in cell), tuple(value[:, moving] for value in given), currents[:, moving]
        )
        currents[:, moving], shares[:, moving] = part[0], part[1]
        bus[moving], line[moving], clipped[moving] = part[2], part[3], part[4]
        moving = moving[part[5] >= ENOUGH]
        if moving.size == 0:
            break
    return currents, shares, bus, line, clipped
