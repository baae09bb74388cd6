"""A rectifier seen by somebody who is not us: pymodbus's own client on the shipped PLC map."""

from __future__ import annotations

import time
from typing import NamedTuple

from pymodbus.client import ModbusTcpClient

RATED_A = 30_000.0
FULL_SCALE = 27_648


class Panel(NamedTuple):
    at_s: float
    """Monotonic."""
    remote: bool
    tripped: bool
    fallback: bool
    line_current_a: float
    hold_current_a: float
    setpoint_a: float
    heartbeat: int
    commands: tuple[int, ...]
    """The command registers: set-point, heartbeat, remote, output."""


def look(port: int) -> Panel:
    """Reads, and feeds no watchdog by that: this rectifier wants a heartbeat."""
    with ModbusTcpClient("127.0.0.1", port=port, timeout=2.0, retries=0) as client:
        now = client.read_holding_registers(0, count=15, device_id=1)
        asked = client.read_holding_registers(100, count=4, device_id=1)
    assert not now.isError()
    assert not asked.isError()
    words = now.registers
    return Panel(
        time.monotonic(),
        bool(words[0] & 1 << 2),
        bool(words[0] & 1 << 4),
        bool(words[0] & 1 << 5),
        0.1 * (words[2] << 16 | words[3]),
        words[5] * RATED_A / FULL_SCALE,
        words[10] * RATED_A / FULL_SCALE,
        words[8],
        tuple(asked.registers),
    )
