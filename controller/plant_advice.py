"""What is allowed in a plant file and yet unwise: ``didymium check`` says it, nothing is refused for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from controller.plant import CellPlan, DevicePlan, Plant

QUICKEST_TO_FULL_CURRENT_S = 20.0
"""Assumed: what goes faster leaves a person no time to see it and press hold."""
_COUNTED_PORT = re.compile(r"/dev/tty(USB|ACM)\d+")


def advice(plant: Plant) -> list[str]:
    """One line each, named like the mistakes of a plant file."""
    return [*(line for cell in plant.cells for line in _cell(cell)), *_unverified(plant)]


def _cell(cell: CellPlan) -> Iterator[str]:
    here = f'cell "{cell.name}"'
    if cell.product.id != cell.design.product:
        yield (
            f"{here} product = {cell.product.id}: liquidus, oxide window and back-EMF stay those of {cell.design.id}, "
            f"a design for {cell.design.product}"
        )
    full_s = cell.design.nominal_current_a / cell.limits.current_slew_up_a_per_s
    if full_s < QUICKEST_TO_FULL_CURRENT_S:
        yield (
            f"{here} current_slew_up_a_per_s = {cell.limits.current_slew_up_a_per_s:g}: "
            f"lets the current go from nothing to full in {full_s:.1f} s"
        )
    signals = {signal for device in cell.devices for signal in device.signals.values()}
    if sum(signal.startswith("bath_temperature_") for signal in signals) == 1:
        yield f"{here}: one thermocouple is all that sees the bath; a second tells a drifting one from a cooling bath"
    monitored = sum(signal.startswith("anode_current_") for signal in signals)
    if 0 < monitored < cell.design.anodes.count:
        yield f"{here}: {monitored} of {cell.design.anodes.count} anodes have a current of their own"
    commands = {command.signal for device in cell.devices for command in device.profile.commands.values()}
    watched = any(device.role == "rectifier" and device.profile.watchdog.mode != "none" for device in cell.devices)
    if watched and "alive_pulse" not in commands:
        yield f"{here}: no digital_io gives an alive pulse, so the rectifier's watchdog alone notices a dead controller"
    for device in cell.devices:
        yield from _device(f'{here} device "{device.name}"', device)


def _device(here: str, device: DevicePlan) -> Iterator[str]:
    profile = device.profile
    if device.role == "rectifier":
        if profile.watchdog.mode == "none":
            yield f"{here}: has no watchdog: a lost controller or line leaves the current as it is; stay with the cell"
        elif profile.watchdog.device_action != "ramp_to_hold":
            yield f"{here}: its watchdog does {profile.watchdog.device_action}, not ramp_to_hold: a bath may freeze"
    if device.link.scheme == "serial" and _COUNTED_PORT.fullmatch(device.link.path):
        yield f"{here} link = {device.link.path}: the number may change at the next start; use /dev/serial/by-id/…"


def _unverified(plant: Plant) -> Iterator[str]:
    counts = {
        device.profile.id: count
        for cell in plant.cells
        for device in cell.devices
        if (count := sum(point.unverified for point in device.profile.points.values()))
    }
    if counts:
        listed = ", ".join(f"{name} ({count})" for name, count in counts.items())
        yield f"points nobody has compared with a device: {listed}; do so with `didymium profile read`"
