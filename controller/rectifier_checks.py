"""What a cell's rectifier must offer before anybody can arm the cell, and the times that must fit together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from controller.control.settings import ControlSettings
from controller.plant import DevicePlan
from controller.plant_file import CellTable

NEEDED = ("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_tripped")


def rectifier_mistakes(
    table: CellTable, here: str, devices: Sequence[DevicePlan], control: ControlSettings
) -> Iterator[str]:
    """``here`` names the cell in each line."""
    rectifiers = [device for device in devices if device.role == "rectifier"]
    if len(rectifiers) != 1:
        yield f'{here}: {len(rectifiers)} devices with role = "rectifier"; a cell has exactly one'
        return
    rectifier, target_a = rectifiers[0], control.current_target_a
    where = f'{here} device "{rectifier.name}"'
    if not rectifier.needed:
        yield f"{where} needed = false: no cell can do without its rectifier; leave the key out"
    profile = rectifier.profile
    takes = [command for command in profile.commands.values() if command.signal == "current_setpoint_a"]
    if not takes:
        yield f'{where} profile {profile.id}: no [[command]] has signal = "current_setpoint_a"'
    for command in takes:
        if command.limits is not None and not target_a <= command.limits.high:
            yield (
                f"{here} current_target_a = {target_a:g}: {rectifier.name} takes at most {command.limits.high:g} A; "
                f"lower it, or give the rectifier's rating in its parameters ({_parameters(rectifier)})"
            )
    for signal in NEEDED:
        if signal not in rectifier.signals.values():
            yield f"{where}: does not supply {signal}, and no cell is run without it; name its point in signals"
    yield from _read_often_enough(table, here, rectifier, control.scan_period_s)
    yield from _process_safety_time(table, here, rectifier)


def _read_often_enough(table: CellTable, here: str, rectifier: DevicePlan, scan_period_s: float) -> Iterator[str]:
    """A reading that is older than ``fresh_s`` before the next one comes is stale in every other scan."""
    profile = rectifier.profile
    for name in dict.fromkeys(profile.points[point.partition(".")[0]].block for point in rectifier.signals):
        every_s = profile.blocks[name].every_s
        if not table.fresh_s >= every_s + scan_period_s:
            yield (
                f"{here} fresh_s = {table.fresh_s:g}: the rectifier's block {name} is read every {every_s:g} s, so "
                f"at least {every_s + scan_period_s:g} is needed; or lower every_s in {profile.id}"
            )


def _process_safety_time(table: CellTable, here: str, rectifier: DevicePlan) -> Iterator[str]:
    """From the last good sample to the hold current: it grows old, the heartbeat ends, the watchdog waits, it ramps."""
    safety_s, watchdog = table.process_safety_time_s, rectifier.profile.watchdog
    if safety_s is None:
        return
    name = f"{here} process_safety_time_s = {safety_s:g}"
    if watchdog.mode == "none":
        yield f"{name}: {rectifier.profile.id} has no watchdog ({watchdog.reason}), so nothing keeps to it"
        return
    takes_s = table.fresh_s + watchdog.device_timeout_s + watchdog.device_ramp_s
    if not takes_s <= safety_s:
        yield (
            f"{name}: fresh_s {table.fresh_s:g} + watchdog {watchdog.device_timeout_s:g} + ramp "
            f"{watchdog.device_ramp_s:g} s make {takes_s:g} s; shorten one of them"
        )


def _parameters(device: DevicePlan) -> str:
    return ", ".join(f"{name} = {value}" for name, value in device.profile.parameters.items())
