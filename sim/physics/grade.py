"""How each parameter of the physics is described: unit, bounds, how well it is known and where it comes from."""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any, Literal, NamedTuple

Grade = Literal["measured", "computed", "recalled", "assumed"]
"""Measured in a cited source; computed from constants or cited data; recalled from handbooks or practice without
rereading; assumed because nothing is published."""


class Described(NamedTuple):
    group: str
    unit: str
    low: float
    high: float
    grade: Grade
    source: str


def number(  # noqa: PLR0917 - a table is written with it, one line a parameter
    group: str,
    unit: str,
    low: float,
    high: float,
    grade: Grade,
    source: str,
    default: float | None = None,
    *,
    optional: bool = False,
) -> Any:
    """A dataclass field that carries its description; without a default the cell file must give the value."""
    described = {"described": Described(group, unit, low, high, grade, source)}
    if default is None and not optional:
        return field(default=MISSING, metadata=described)
    return field(default=default, metadata=described)
