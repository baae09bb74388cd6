"""One ``[[cell.device]]`` of a plant file, joined with its profile."""

from __future__ import annotations

from pathlib import Path

from controller.plant import DevicePlan
from controller.plant_file import DeviceTable
from controller.process_image.signals import ROLE_SIGNALS
from drivers.link.address import parse_link
from drivers.profiles.load import ProfileError, find_profile, load_profile, minimum_timeout_s, resolve
from drivers.profiles.schema import ResolvedProfile

WATCHDOG_SCANS_MIN = 3.0
"""A watchdog shorter than three scan periods trips on one missed scan."""


def device_plan(
    table: DeviceTable, cell: str, folder: Path, scan_period_s: float, mistakes: list[str]
) -> DevicePlan | None:
    """None where mistakes (appended) leave nothing to build on."""
    here = f'{cell} device "{table.name}"'
    before = len(mistakes)
    try:
        link = parse_link(table.link)
    except ValueError as error:
        mistakes.append(f"{here} {error}")
        link = None
    profile = _profile(table, here, folder, mistakes)
    if profile is None or link is None:
        return None
    if profile.protocol != "modbus" and link.scheme == "tcp" and link.framing == "rtu":
        mistakes.append(
            f"{here} link = {table.link!r}: {profile.protocol} over a serial server is written tcp://HOST:PORT"
        )
    if link.scheme == "serial":
        least_s = minimum_timeout_s(profile, link.baud)
        if profile.bus.timeout_s < least_s:
            mistakes.append(
                f"{here} link = {table.link!r}: at {link.baud} baud the longest reply takes {least_s:.3f} s, "
                f"but {profile.id} waits {profile.bus.timeout_s:g} s; raise the baud rate or [bus] timeout_s"
            )
    watchdog = profile.watchdog
    if watchdog.mode != "none" and watchdog.device_timeout_s < WATCHDOG_SCANS_MIN * scan_period_s:
        mistakes.append(
            f"{here} profile = {table.profile!r}: its watchdog of {watchdog.device_timeout_s:g} s is shorter than "
            f"{WATCHDOG_SCANS_MIN:g} scan periods ({WATCHDOG_SCANS_MIN * scan_period_s:g} s)"
        )
    signals = _signals(table, here, profile, mistakes)
    if len(mistakes) > before:
        return None
    return DevicePlan(
        name=table.name,
        role=table.role,
        profile=profile,
        link=link,
        unit=table.unit,
        needed=table.needed,
        signals=signals,
    )


def _profile(table: DeviceTable, here: str, folder: Path, mistakes: list[str]) -> ResolvedProfile | None:
    name = str(folder / table.profile) if table.profile.endswith(".toml") else table.profile
    try:
        return resolve(load_profile(find_profile(name)), table.parameters)
    except ProfileError as error:
        mistakes += [f"{here} profile = {table.profile!r}: {mistake}" for mistake in error.mistakes]
        return None


def _signals(table: DeviceTable, here: str, profile: ResolvedProfile, mistakes: list[str]) -> dict[str, str]:
    """The profile's own signals, overlaid by the plant file's; an empty name takes a signal away."""
    signals: dict[str, str] = {}
    known = set(profile.points)
    for name, point in profile.points.items():
        if point.signal:
            signals[name] = point.signal
        for bit in point.bits:
            known.add(f"{name}.{bit.name}")
            if bit.signal:
                signals[f"{name}.{bit.name}"] = bit.signal
    allowed = ROLE_SIGNALS[table.role]
    for point_name, signal in table.signals.items():
        if point_name not in known:
            mistakes.append(
                f"{here} signals {point_name}: {profile.id} has no such point; it has {', '.join(sorted(known))}"
            )
        elif signal and not allowed.fullmatch(signal):
            mistakes.append(f"{here} signals {point_name} = {signal!r}: a {table.role} supplies {allowed.pattern}")
        else:
            signals[point_name] = signal
    return {point: signal for point, signal in signals.items() if signal and allowed.fullmatch(signal)}
