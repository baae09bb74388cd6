"""One output of a cell: the command of the device that carries it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.devices.device import Device
from drivers.profiles.schema import Command


@dataclass(frozen=True, slots=True)
class Output:
    device: Device
    command: Command
    half_count: float
    """Half of what one count of the command's register means, in engineering units."""

    def stands_at(self, value: float, read_back: float | None) -> bool:
        """The device acknowledged this value last and shows it: nothing to write."""
        acknowledged = self.device.acknowledged(self.command.name)
        if acknowledged is None or read_back is None:
            return False
        tolerance = self.half_count * (1.0 + 1e-6)
        return abs(value - acknowledged) <= tolerance and abs(value - read_back) <= tolerance


def find_output(devices: Sequence[Device], signal: str) -> Output | None:
    """The first device whose profile has a command for the signal."""
    for device in devices:
        for command in device.profile.commands.values():
            if command.signal == signal:
                return Output(device, command, _half_count(command))
    return None


def _half_count(command: Command) -> float:
    """Text carries counts of its last decimal, registers counts of one; 32 bits of a float are far finer than any
    set-point."""
    gain = abs(command.scale.gain)
    if command.type in ("f32", "f64"):
        return 1e-6 * gain
    decimals = re.search(r"\.(\d+)f$", command.text_format) if command.type == "decimal" else None
    return 0.5 * gain * 10.0 ** -int(decimals[1] if decimals else 0)
