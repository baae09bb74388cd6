"""How much faster than the wall clock a whole section runs on virtual time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from controller.plant import Plant
from sim.closed_loop import ClosedLoop, Seam
from sim.virtual_time import run_virtual

WARM_UP_S = 60.0
KEEP = 200
"""Messages and rows remembered: a long run is not measured by how much memory it fills."""


def times_real(plant: Plant, seam: Seam, seconds: float, *, telemetry: bool) -> float:
    """Virtual seconds per second of CPU, with every cell of the plant in AUTOMATIC. There is one thread, so CPU is what
    the clock of an idle machine would show."""

    async def run() -> float:
        async with ClosedLoop(plant, 1, seam, telemetry=telemetry, keep=KEEP) as loop:
            for cell in loop.cycles:
                await loop.automatic(cell)
            await loop.run(WARM_UP_S)
            gc.collect()
            gc.freeze()
            began_s = time.process_time()
            await loop.run(seconds)
            return seconds / (time.process_time() - began_s)

    try:
        return run_virtual(run())
    finally:
        gc.unfreeze()


def collection_pauses_s(plant: Plant, seconds: float) -> tuple[float, float]:
    """How long a full garbage collection takes in a running section: as it is, and after ``gc.freeze()``."""

    async def run() -> tuple[float, float]:
        async with ClosedLoop(plant, 1, "bytes", keep=KEEP) as loop:
            for cell in loop.cycles:
                await loop.automatic(cell)
            await loop.run(seconds)
            gc.collect()
            thawed_s = _timed(gc.collect)
            gc.freeze()
            await loop.run(seconds)
            return thawed_s, _timed(gc.collect)

    try:
        return run_virtual(run())
    finally:
        gc.unfreeze()


def _timed(action: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    action()
    return time.perf_counter() - began_s
