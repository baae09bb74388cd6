"""How long a line must be left in peace, from the port's settings and the profile's bus times."""

from __future__ import annotations

from typing import NamedTuple

from drivers.link.address import LinkAddress
from drivers.profiles.schema import Bus

_LONGEST_FRAME_BYTES = 256
"""A Modbus RTU frame; no ASCII line of ours is longer."""
_FIXED_GAP_ABOVE_BAUD = 19200
_FIXED_GAP_S = 1.75e-3
"""Modbus over serial line, 2.5.1.1: above 19200 baud the 3.5 characters are replaced by 1.75 ms."""
_SETTLE_S = 0.02
"""USB adapters hand bytes on in lumps, up to 16 ms apart, unless told otherwise."""


class LineTiming(NamedTuple):
    gap_s: float
    """From the last byte received to the first byte sent."""
    guard_s: float
    """After a missing or wrong reply: what comes in this time is the reply to nobody."""
    settle_s: float
    """How long the line has to be quiet before bytes nobody asked for are taken to be over."""
    post_connect_s: float


def line_timing(address: LinkAddress, bus: Bus) -> LineTiming:
    """A guard that the profile leaves at zero becomes the longest the device may take, plus its longest frame."""
    if not is_line(address):
        return LineTiming(bus.min_gap_s, 0.0, 0.0, bus.post_connect_s)
    character_s = character_time_s(address)
    gap_s = _FIXED_GAP_S if address.baud > _FIXED_GAP_ABOVE_BAUD else 3.5 * character_s
    guard_s = bus.late_reply_guard_s
    if guard_s <= 0.0:
        guard_s = max(bus.turnaround_s, bus.timeout_s) + _LONGEST_FRAME_BYTES * character_s
    settle_s = max(_SETTLE_S, gap_s)
    return LineTiming(max(bus.min_gap_s, gap_s), max(guard_s, settle_s), settle_s, bus.post_connect_s)


def is_line(address: LinkAddress) -> bool:
    """True for a serial line, or one in memory, as opposed to a network connection that can be made afresh."""
    return address.scheme != "tcp" and address.framing == "rtu"


def character_time_s(address: LinkAddress) -> float:
    """Seconds one character takes on the wire: start bit, data, parity, stop bits."""
    return (1 + address.bytesize + (address.parity != "N") + address.stopbits) / address.baud
