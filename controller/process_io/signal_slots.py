"""Which point of which device fills which field of the process image, worked out once.

A scan then needs one list and an index per point; no names are looked up but the points' own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import NamedTuple

from controller.plant import CellPlan, DevicePlan
from controller.process_image.measurements import NOT_FITTED, DeviceCondition, Measurement, Measurements

_VECTORS = {
    "bath_temperature_degc": re.compile(r"bath_temperature_(\d+)_degc"),
    "anode_current_a": re.compile(r"anode_current_(\d+)_a"),
}
_OTHERS = ("time_s", "devices", *_VECTORS)
_SCALARS = tuple(field.name for field in fields(Measurements) if field.name not in _OTHERS)
_BEFORE_VECTORS = _SCALARS.index("hopper_mass_kg")
_measurements: Callable[..., Measurements] = Measurements
"""Called with its fields in order, unpacked from the list of slots: no type checker can count those."""
STALE_PERIODS = 2.5


class Entry(NamedTuple):
    """``max_age_s`` is the age at which the point's last reading is no longer used."""

    key: str
    slot: int
    max_age_s: float


class SignalSlots:
    """Where two devices supply one signal, the first of the plant file does."""

    def __init__(self, plan: CellPlan) -> None:
        self._temperatures = vector_length(plan, "bath_temperature_degc")
        anodes = vector_length(plan, "anode_current_a")
        self._anodes_at = len(_SCALARS) + self._temperatures
        self.count = self._anodes_at + anodes
        taken: set[int] = set()
        self.entries: tuple[tuple[Entry, ...], ...] = tuple(
            tuple(self._entries(device, plan.limits.fresh_s, taken)) for device in plan.devices
        )
        """One tuple per device, in the order of the plan."""

    def empty(self) -> list[Measurement]:
        return [NOT_FITTED] * self.count

    def image(self, time_s: float, values: Sequence[Measurement], devices: tuple[DeviceCondition, ...]) -> Measurements:
        scalars = len(_SCALARS)
        return _measurements(
            time_s,
            *values[:_BEFORE_VECTORS],
            tuple(values[scalars : self._anodes_at]),
            tuple(values[self._anodes_at :]),
            *values[_BEFORE_VECTORS:scalars],
            devices,
        )

    @staticmethod
    def slot_of(field: str) -> int:
        """The slot of a field that is no vector."""
        return _SCALARS.index(field)

    def _entries(self, device: DevicePlan, fresh_s: float, taken: set[int]) -> list[Entry]:
        entries = []
        for key, signal in device.signals.items():
            slot = self._slot(signal)
            if slot is not None and slot not in taken:
                taken.add(slot)
                entries.append(Entry(key, slot, _max_age_s(device, key, fresh_s)))
        return entries

    def _slot(self, signal: str) -> int | None:
        if signal in _SCALARS:
            return _SCALARS.index(signal)
        for (name, pattern), start in zip(_VECTORS.items(), (len(_SCALARS), self._anodes_at), strict=True):
            if match := pattern.fullmatch(signal):
                assert name in _VECTORS
                return start + int(match[1]) - 1
        return None


def vector_length(plan: CellPlan, vector: str) -> int:
    """The highest number that any device supplies; numbers left out in between are not fitted."""
    numbers = [
        int(match[1])
        for device in plan.devices
        for signal in device.signals.values()
        if (match := _VECTORS[vector].fullmatch(signal))
    ]
    return max(numbers, default=0)


def _max_age_s(device: DevicePlan, key: str, fresh_s: float) -> float:
    """The rectifier's points are control-critical and never older than ``fresh_s``. What is read slower than that by
    its profile (a hopper weight every 5 s) keeps its meaning for as long as the driver hands it on."""
    if device.role == "rectifier":
        return fresh_s
    point = device.profile.points[key.partition(".")[0]]
    return max(fresh_s, point.stale_after_s or STALE_PERIODS * device.profile.blocks[point.block].every_s)
