"""Each ``[[cell.device]]`` of a plant file, joined with its profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from controller.plant import DevicePlan
from controller.plant_file import DeviceTable
from controller.plant_file_reading import CellEntry
from controller.process_image.signals import ROLE_SIGNALS
from drivers.link.address import LinkAddress, parse_link
from drivers.profiles.load import ProfileError, find_profile, load_profile, minimum_timeout_s, resolve
from drivers.profiles.schema import Protocol, ResolvedProfile

WATCHDOG_SCANS_MIN = 3.0
"""A watchdog shorter than three scan periods trips on one missed scan."""
_UNITS: Mapping[Protocol, tuple[int, int]] = {"modbus": (0, 255), "dcon": (0, 255), "genesys": (0, 30)}
_RTU_UNITS = (1, 247)
"""On a serial line 0 is everybody, and nobody answers; 248 and more are reserved."""


def device_plans(entry: CellEntry, folder: Path, scan_period_s: float, mistakes: list[str]) -> tuple[DevicePlan, ...]:
    """The devices of a cell that are right by themselves; what is wrong with the others is appended to ``mistakes``."""
    for here, written in entry.unread:
        _look_at_unread(written, here, folder, mistakes)
    plans = [_device_plan(table, entry.here, folder, scan_period_s, mistakes) for table in entry.devices if table]
    return tuple(plan for plan in plans if plan is not None)


def _device_plan(
    table: DeviceTable, cell: str, folder: Path, scan_period_s: float, mistakes: list[str]
) -> DevicePlan | None:
    here = f'{cell} device "{table.name}"'
    before = len(mistakes)
    try:
        link = parse_link(table.link)
    except ValueError as error:
        mistakes.append(f"{here} {error}")
        link = None
    profile = _profile(table, here, folder, mistakes)
    if profile is None:
        return None
    if profile.kind != table.role:
        mistakes.append(f'{here} role = "{table.role}": {table.profile} is the profile of a {profile.kind}')
    mistakes += _watchdog(table, here, profile, scan_period_s)
    if link is not None:
        mistakes += _wire(table, here, profile, link)
    signals = _signals(table, here, profile, mistakes)
    if link is None or len(mistakes) > before:
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


def _wire(table: DeviceTable, here: str, profile: ResolvedProfile, link: LinkAddress) -> Iterator[str]:
    """What the profile's protocol asks of the link and the address on it."""
    if profile.protocol != "modbus" and link.scheme == "tcp" and link.framing == "rtu":
        yield f'{here} link = "{table.link}": {profile.protocol} over a serial server is written tcp://HOST:PORT'
    low, high = _UNITS[profile.protocol]
    if profile.protocol == "modbus" and link.framing == "rtu":
        low, high = _RTU_UNITS
    if not low <= table.unit <= high:
        yield f"{here} unit = {table.unit}: {profile.protocol} on this link has units {low} to {high}"
    if link.scheme == "serial":
        least_s = minimum_timeout_s(profile, link.baud)
        if profile.bus.timeout_s < least_s:
            yield (
                f'{here} link = "{table.link}": at {link.baud} baud the longest reply takes {least_s:.3f} s, '
                f"but {profile.id} waits {profile.bus.timeout_s:g} s; raise the baud rate or [bus] timeout_s"
            )


def _watchdog(table: DeviceTable, here: str, profile: ResolvedProfile, scan_period_s: float) -> Iterator[str]:
    watchdog, least_s = profile.watchdog, WATCHDOG_SCANS_MIN * scan_period_s
    if watchdog.mode != "none" and watchdog.device_timeout_s < least_s:
        yield (
            f'{here} profile = "{table.profile}": its watchdog of {watchdog.device_timeout_s:g} s is shorter than '
            f"{WATCHDOG_SCANS_MIN:g} scan periods ({least_s:g} s); shorten [plant] scan_period_s or set the device and "
            "the profile to a longer time"
        )


def _look_at_unread(written: Mapping[str, Any], here: str, folder: Path, mistakes: list[str]) -> None:
    """What can be said of a device that has another key wrong, so that all its mistakes come at once."""
    link, profile = written.get("link"), written.get("profile")
    if isinstance(link, str) and link:
        try:
            parse_link(link)
        except ValueError as error:
            mistakes.append(f"{here} {error}")
    if isinstance(profile, str) and profile:
        try:
            load_profile(_profile_path(profile, folder))
        except ProfileError as error:
            mistakes += [f'{here} profile = "{profile}": {mistake}' for mistake in error.mistakes]


def _profile_path(name: str, folder: Path) -> Path:
    return find_profile(str(folder / name) if name.endswith(".toml") else name)


def _profile(table: DeviceTable, here: str, folder: Path, mistakes: list[str]) -> ResolvedProfile | None:
    try:
        return resolve(load_profile(_profile_path(table.profile, folder)), table.parameters)
    except ProfileError as error:
        mistakes += [f'{here} profile = "{table.profile}": {mistake}' for mistake in error.mistakes]
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
        where = f'{here} signals {point_name} = "{signal}"'
        if point_name not in known:
            mistakes.append(f"{where}: {profile.id} has no such point; it has {', '.join(sorted(known))}")
        elif signal and not allowed.fullmatch(signal):
            mistakes.append(f"{where}: a {table.role} supplies {_forms(allowed)}")
        else:
            signals[point_name] = signal
    return {point: signal for point, signal in signals.items() if signal and allowed.fullmatch(signal)}


def _forms(allowed: re.Pattern[str]) -> str:
    return allowed.pattern.replace(r"[1-9]\d?", "N").replace("|", ", ")
