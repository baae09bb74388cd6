"""Closed loops of the demo's cells, and what a run leaves behind, as one number."""

from __future__ import annotations

import hashlib

from controller.journal.row import RecordedEvent
from controller.telemetry.message import Message
from sim.closed_loop import ClosedLoop, Seam
from sim.virtual_time import run_virtual
from tests.support.simulated_plants import demo_plant


def fingerprint(seam: Seam, seed: int, seconds: float, *cells: str) -> str:
    """Over every message, event and scan row of a run with a fault-free section in AUTOMATIC, in order and to the last
    bit (``repr`` of a float is exact)."""
    digest = hashlib.sha256()

    def take(message: Message) -> None:
        digest.update(repr(message).encode())

    async def run() -> None:
        loop = ClosedLoop(demo_plant(*cells), seed, seam)
        loop.messages.subscribe(take)
        async with loop:
            for cell in loop.cycles:
                await loop.automatic(cell)
            await loop.run(seconds)
        for row in loop.storage.scans:
            digest.update(repr(row).encode())
        for event in loop.storage.events:
            digest.update(_exactly(event).encode())

    run_virtual(run())
    return digest.hexdigest()


def _exactly(event: RecordedEvent) -> str:
    return repr((event.number, event.time_s, event.utc_ms, event.kind, event.cell, sorted(event.payload.items())))
