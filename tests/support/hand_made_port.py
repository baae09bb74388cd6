"""A process port made by hand: a healthy cell that does what it is told, and whatever a test makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

from controller.process_image.commands import Commands, RectifierOrder
from controller.process_image.measurements import Measurements
from tests.support.process_images import image


class HandMadePort:
    """``written`` holds every write in order; ``changes`` overlays the image; ``fail`` is what writes report."""

    def __init__(self) -> None:
        self.written: list[Commands] = []
        self.changes: dict[str, Any] = {}
        self.fail: tuple[str, ...] = ()
        self.fail_beats: tuple[str, ...] = ()
        self.read_lasts_s = 0.0
        self.write_lasts_s = 0.0
        self.setpoint_a = 25000.0
        self.beats = 0
        self.silenced = 0
        self.started = self.closed = False

    async def start(self) -> None:
        self.started = True

    async def read(self, time_s: float) -> Measurements:
        if self.read_lasts_s:
            await asyncio.sleep(self.read_lasts_s)
        shown = {
            "current_setpoint_readback_a": self.setpoint_a,
            "line_current_a": self.setpoint_a,
            "rectifier_heartbeat_echo": float(self.beats),
        }
        return image(time_s, **{**shown, **self.changes})

    async def write(self, commands: Commands) -> tuple[str, ...]:
        if self.write_lasts_s and not commands.heartbeat:
            await asyncio.sleep(self.write_lasts_s)
        self.written.append(commands)
        failures = self.fail_beats if commands.heartbeat else self.fail
        if failures:
            return failures
        if commands.current_setpoint_a is not None:
            self.setpoint_a = commands.current_setpoint_a
        self.beats += commands.heartbeat
        return ()

    def silence(self) -> None:
        self.silenced += 1

    async def close(self) -> None:
        self.closed = True

    @property
    def orders(self) -> list[RectifierOrder]:
        return [write.rectifier_order for write in self.written if write.rectifier_order is not RectifierOrder.NONE]

    @property
    def setpoints_a(self) -> list[float]:
        return [write.current_setpoint_a for write in self.written if write.current_setpoint_a is not None]
