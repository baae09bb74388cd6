"""Reference points R1–R25: what published measurements and exact laws ask of the defaults.

One set of defaults serves all of them. Points that only follow from a law assumed here are *consistency*: they show
that the law is computed as stated, not that it is true, and are counted apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["reference", "consistency"]


class Outcome(NamedTuple):
    value: float | None
    passed: bool | None
    """None where the option is not there."""
    detail: str = ""
    """More numbers, or what is missing."""


@dataclass(frozen=True, slots=True)
class Point:
    id: str
    quantity: str
    target: str
    tolerance: str
    kind: Kind
    source: str
    compute: Callable[[], Outcome]


class Row(NamedTuple):
    """A point with its outcome."""

    point: Point
    outcome: Outcome


def within(value: float, target: float, tolerance: float, detail: str = "") -> Outcome:
    return Outcome(value, math.isfinite(value) and abs(value - target) <= tolerance, detail)


def missing(reason: str) -> Callable[[], Outcome]:
    """An option that this program does not have."""
    return lambda: Outcome(None, None, reason)


def results(points: Iterable[Point]) -> list[Row]:
    return [Row(point, point.compute()) for point in points]
