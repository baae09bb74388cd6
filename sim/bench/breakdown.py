"""Where a scan's CPU goes, from a deterministic profile of the loop's thread.

A profile charges Python calls more than they cost and C code less: the shares say where to look, not how much there is
to gain. What the standard library and C functions take is charged to the part of the product that called them.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import controller

_HOUSE = str(Path(controller.__file__).parents[1])
PARTS = (
    ("reads", (f"{_HOUSE}/drivers/", f"{_HOUSE}/controller/process_io/", "/pymodbus/")),
    ("step", tuple(f"{_HOUSE}/controller/{package}/" for package in ("control", "estimation", "chemistry"))),
    ("guard", (f"{_HOUSE}/controller/protection/",)),
    ("journal", (f"{_HOUSE}/controller/journal/",)),
    ("publish", (f"{_HOUSE}/controller/telemetry/", "/aiomqtt/", "/paho/")),
    ("collect", (f"{_HOUSE}/controller/",)),
    ("loop", ("/asyncio/", "/selectors.py", f"{_HOUSE}/sim/")),
)
"""Looked at in this order. "collect" is snapshot, alarms, record and the scan cycle itself; "reads" includes writes."""
OTHER = "loop"
_DEEPEST = 12

Function = tuple[str, int, str]


def shares(profiler: cProfile.Profile) -> dict[str, float]:
    """Fraction of the profiled time per part; they add up to 1."""
    stats: Any = pstats.Stats(profiler)
    entries: Mapping[Function, tuple[int, int, float, float, Mapping[Function, tuple[int, int, float, float]]]]
    entries = stats.stats
    taken = {part: 0.0 for part, _ in PARTS}
    for function, (_, _, own_s, _, callers) in entries.items():
        if "select.epoll" in function[2] or "sleep" in function[2]:
            continue  # waiting is no work
        part = _part(function)
        if part is not None:
            taken[part] += own_s
            continue
        known_s = 0.0
        for caller, (_, _, caused_s, _) in callers.items():
            taken[_owner(caller, entries, _DEEPEST)] += caused_s
            known_s += caused_s
        taken[OTHER] += max(0.0, own_s - known_s)
    whole_s = sum(taken.values())
    return {part: seconds / whole_s if whole_s else 0.0 for part, seconds in taken.items()}


def _part(function: Function) -> str | None:
    """None for a file that serves everybody."""
    for part, places in PARTS:
        if any(place in function[0] for place in places):
            return part
    return None


def _owner(function: Function, entries: Mapping[Function, Any], deepest: int) -> str:
    part = _part(function)
    if part is not None:
        return part
    callers = entries[function][4] if function in entries else {}
    if not callers or not deepest:
        return OTHER
    return _owner(max(callers, key=lambda caller: callers[caller][2]), entries, deepest - 1)
