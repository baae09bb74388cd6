"""Samples that jump faster than the point can: BAD for that sample, not for the point."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping

from drivers.reading import Quality, Reading, bad


class RateCheck:
    """Compares each sample with the last one believed; the longer a new level lasts, the further from the old one it
    may be, so that a true step is believed after step / rate seconds."""

    __slots__ = ("_believed", "_every_s", "_limits")

    def __init__(self, limits_per_s: Mapping[str, float], every_s: float) -> None:
        self._limits = tuple(limits_per_s.items())
        self._every_s = every_s
        self._believed: dict[str, tuple[float, float]] = {}

    def judge(self, readings: MutableMapping[str, Reading]) -> None:
        """Replaces readings in place. Two samples closer than the block's period are judged as one period apart:
        their noise says nothing about a rate."""
        believed = self._believed
        for name, limit_per_s in self._limits:
            reading = readings[name]
            if reading.quality is Quality.BAD or not isinstance(reading.value, float):
                continue
            last = believed.get(name)
            if last is not None:
                apart_s = max(reading.time_s - last[1], self._every_s)
                if abs(reading.value - last[0]) > limit_per_s * apart_s:
                    readings[name] = bad("rate", reading.time_s)
                    continue
            believed[name] = (reading.value, reading.time_s)

    def forget(self) -> None:
        self._believed.clear()
