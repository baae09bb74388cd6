"""The process seam: everything the scan cycle needs of the field. ``field_io`` speaks to drivers, ``sim.direct_io`` to
the simulated cell without a wire in between."""

from __future__ import annotations

from typing import Protocol

from controller.process_image.commands import Commands
from controller.process_image.measurements import Measurements


class ProcessPort(Protocol):
    async def start(self) -> None:
        """Open what must be open. Returns at once; a device that cannot be reached is a quality, not an exception."""

    async def read(self, time_s: float) -> Measurements:
        """One process image. Never raises for a device and never waits longer than half a scan period."""

    async def write(self, commands: Commands) -> tuple[str, ...]:
        """Carry out what the guard let through; the heartbeat last, and only if every other write went well.

        Returns one line per write that failed, fit for an operator; a failed write is not repeated here: the next
        scan reads the truth back and decides anew.
        """

    def silence(self) -> None:
        """Nobody is in control of the rectifier any more: let its own watchdog act. Where any frame feeds that, nothing
        is asked either until watchdog and ramp have passed; where it wants a heartbeat, none is enough. An order that
        is still being carried out ends where it stands, unless it is a stop."""

    async def close(self) -> None:
        """Let go of every device without a further write: its own watchdog takes over."""
