"""What a driver says about one point of a device: value, quality, reason and time, never a bare number."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Quality(IntEnum):
    """Ordered so that the worst of several qualities is their maximum."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2


class Reading(NamedTuple):
    """One point as a device gave it.

    ``value`` is None whenever ``quality`` is BAD: a last good value is never handed on as if it were news.
    ``reason`` is a short lower-case word or phrase ("open_circuit", "link down: connection refused"), empty when GOOD.
    ``time_s`` is the event loop's time at which the reply was complete.
    """

    value: float | str | None
    quality: Quality
    reason: str
    time_s: float


def bad(reason: str, time_s: float) -> Reading:
    return Reading(None, Quality.BAD, reason, time_s)
