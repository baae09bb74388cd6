"""``profile read``: what a live device shows through a profile. Nothing is written to it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator, Mapping

from drivers.devices.reading_session import read_once
from drivers.devices.status import DeviceStatus, Phase
from drivers.link.address import LinkAddress, parse_link
from drivers.profiles.mistakes import Mistake, ProfileError
from drivers.profiles.printing import print_sections
from drivers.profiles.schema import ResolvedProfile
from drivers.profiles.sections import Section, plain
from drivers.profiles.wire_time import minimum_timeout_s
from drivers.reading import Reading

WATCH_PERIOD_S = 1.0


def read_command(profile: ResolvedProfile, args: argparse.Namespace) -> int:
    """0 when the device is the one the profile means; 2 when it is not, or does not answer. Raises ProfileError."""
    address = _checked_link(profile, args.link, args.unit)
    while True:
        status, readings = asyncio.run(read_once(profile, address, args.unit))
        ready = status.phase is Phase.READY
        if args.json:
            print(json.dumps(_as_json(profile, status, readings), allow_nan=False, ensure_ascii=False), flush=True)
        else:
            print_sections(_sections(profile, status, readings))
            if not ready:
                print(f"{profile.id} on {address} unit {args.unit}: {status.reason}", file=sys.stderr)
        if not args.watch:
            return 0 if ready else 2
        time.sleep(WATCH_PERIOD_S)


def _checked_link(profile: ResolvedProfile, link: str, unit: int) -> LinkAddress:
    def refuse(key: str, text: str) -> ProfileError:
        return ProfileError((Mistake(profile.id, "", key, text),))

    try:
        address = parse_link(link)
    except ValueError as error:
        raise refuse("--link", str(error)) from None
    if not 0 <= unit <= 255:
        raise refuse("--unit", f"{unit} is outside 0 to 255")
    if address.scheme == "memory":
        raise refuse("--link", f"{link!r} exists inside one program only; give a tcp or serial link")
    if profile.protocol != "modbus" and address.scheme == "tcp" and address.framing == "rtu":
        raise refuse("--link", f"{link!r}: {profile.protocol} over a serial server is written tcp://HOST:PORT")
    if address.scheme == "serial":
        least_s = minimum_timeout_s(profile, address.baud)
        if profile.bus.timeout_s < least_s:
            raise refuse(
                "--link",
                f"at {address.baud} baud the longest reply takes {least_s:.3f} s, but [bus] timeout_s is "
                f"{profile.bus.timeout_s:g} s; raise one or the other",
            )
    return address


def _sections(profile: ResolvedProfile, status: DeviceStatus, readings: Mapping[str, Reading]) -> Iterator[Section]:
    yield Section("", (), list(_status_rows(status)))
    rows = []
    for name, reading in readings.items():
        point = profile.points.get(name)
        label = ""
        if point is not None and isinstance(reading.value, float) and reading.value.is_integer():
            label = point.labels.get(int(reading.value), "")
        unverified = "?" if point is not None and point.unverified else ""
        value = plain(reading.value) if reading.value is not None else "–"
        rows.append(
            (
                name,
                value,
                point.unit if point else "",
                reading.quality.name.lower(),
                reading.reason or label,
                unverified,
            )
        )
    yield Section("readings", ("point", "value", "unit", "quality", "", ""), rows)


def _status_rows(status: DeviceStatus) -> Iterator[tuple[str, str]]:
    yield "device", status.phase.value + (f": {status.reason}" if status.reason else "")
    if status.identity:
        yield "identity", status.identity
    if status.simulated:
        yield "simulated", "it says so itself"


def _as_json(profile: ResolvedProfile, status: DeviceStatus, readings: Mapping[str, Reading]) -> dict[str, object]:
    units = {name: point.unit for name, point in profile.points.items()}
    return {
        "profile": profile.id,
        "phase": status.phase.value,
        "reason": status.reason,
        "simulated": status.simulated,
        "identity": status.identity,
        "readings": {
            name: {
                "value": reading.value,
                "unit": units.get(name, ""),
                "quality": reading.quality.name.lower(),
                "reason": reading.reason,
            }
            for name, reading in readings.items()
        },
    }
