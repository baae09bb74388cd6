"""One output of a cell: the command of the device that carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.process_image.measurements import Measurement
from drivers.devices.counts import count_of
from drivers.devices.device import Device
from drivers.profiles.schema import Command


@dataclass(frozen=True, slots=True)
class Output:
    device: Device
    command: Command
    half_count: float
    """Half of what one count of the command's register means, in engineering units."""

    def stands_at(self, value: float, read_back: Measurement) -> bool:
        """The device said yes to this value last, and shows it or was not looked at since: nothing to write."""
        acknowledged = self.device.acknowledged(self.command.name)
        tolerance = self.half_count * (1.0 + 1e-6)
        if acknowledged is None or read_back.value is None or not abs(value - acknowledged.value) <= tolerance:
            return False
        return read_back.time_s <= acknowledged.time_s or abs(value - read_back.value) <= tolerance


def find_output(devices: Sequence[Device], signal: str) -> Output | None:
    """The first device whose profile has a command for the signal."""
    for device in devices:
        for command in device.profile.commands.values():
            if command.signal == signal:
                return Output(device, command, 0.5 * count_of(command))
    return None
