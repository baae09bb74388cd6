"""Several devices may share a line, never an address on it; a line has one baud rate, one framing, one protocol."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from controller.plant import DevicePlan
from drivers.link.address import LinkAddress


class _User(NamedTuple):
    here: str
    address: str
    protocol: str


def link_mistakes(devices: Sequence[tuple[str, DevicePlan]]) -> Iterator[str]:
    """``devices`` with the words that name each."""
    units: dict[tuple[str, int], str] = {}
    lines: dict[str, _User] = {}
    for here, device in devices:
        address, protocol, place = str(device.link), device.profile.protocol, _place(device.link)
        where = f'{here} link = "{address}"'
        taken = units.setdefault((place, device.unit), here)
        if taken is not here:
            yield f"{where}: unit {device.unit} on this link is already {taken}"
        first = lines.setdefault(place, _User(here, address, protocol))
        if first.address != address:
            yield f'{where}: {first.here} opens the same port as "{first.address}"; write both alike'
        elif first.protocol != protocol:
            yield f"{where}: {first.here} speaks {first.protocol} on this line; a line carries one protocol"


def _place(address: LinkAddress) -> str:
    """What is one and the same line, however it is written: a port under /dev/serial/by-id is a link to the device."""
    if address.scheme == "tcp":
        return f"tcp {address.host}:{address.port}"
    return f"{address.scheme} {os.path.realpath(address.path) if address.scheme == 'serial' else address.path}"
