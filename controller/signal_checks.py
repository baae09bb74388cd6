"""Which device supplies which process signal of a cell: each by one, numbered without a gap."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from controller.plant import DevicePlan

_NUMBERED = re.compile(r"(bath_temperature|anode_current)_(\d+)_(?:degc|a)")


def signal_mistakes(here: str, devices: Sequence[DevicePlan], anodes: int) -> Iterator[str]:
    """``here`` names the cell in each line."""
    suppliers: dict[str, str] = {}
    for device in devices:
        own = _own_signals(device)
        for point, signal in device.signals.items():
            where = f'{here} device "{device.name}" signals {point} = "{signal}"'
            if signal in suppliers:
                yield f"{where}: is already supplied by {suppliers[signal]}; an empty signal takes this point out"
            suppliers.setdefault(signal, f'device "{device.name}" point {point}')
            if own.get(point) != signal and _anode(signal) > anodes:
                yield f"{where}: the cell has {anodes} anodes"
    for stem in ("bath_temperature", "anode_current"):
        numbers = sorted(
            int(match[2])
            for s in suppliers
            if _anode(s) <= anodes and (match := _NUMBERED.fullmatch(s)) and match[1] == stem
        )
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{here}: {stem} signals must be numbered 1…n without a gap, not {', '.join(map(str, numbers))}"


def without_spare_anodes(devices: Sequence[DevicePlan], anodes: int) -> tuple[DevicePlan, ...]:
    """A monitor has as many channels as it has; those beyond the cell's anodes are spare and supply nothing."""
    return tuple(
        dataclasses.replace(
            device, signals={point: signal for point, signal in device.signals.items() if _anode(signal) <= anodes}
        )
        for device in devices
    )


def _anode(signal: str) -> int:
    """The anode's number, 0 for other signals."""
    match = _NUMBERED.fullmatch(signal)
    return int(match[2]) if match and match[1] == "anode_current" else 0


def _own_signals(device: DevicePlan) -> dict[str, str]:
    return {name: point.signal for name, point in device.profile.points.items() if point.signal}
