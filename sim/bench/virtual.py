"""How much faster than the wall clock a whole section runs on virtual time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from controller.plant import Plant
from sim.closed_loop import ClosedLoop, Seam
from sim.plant import SimulatedPlant
from sim.virtual_time import run_virtual

WARM_UP_S = 60.0
BY_HAND_EVERY_S = 300.0
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
            left_s = seconds
            began_s = time.process_time()
            while left_s > 0.0:
                _feed_by_hand(loop.simulated)
                await loop.run(min(left_s, BY_HAND_EVERY_S))
                left_s -= BY_HAND_EVERY_S
            return seconds / (time.process_time() - began_s)

    try:
        return run_virtual(run())
    finally:
        gc.unfreeze()


def _feed_by_hand(plant: SimulatedPlant) -> None:
    """A cell without a feeder would starve within the hour, and its anode effect be measured instead of its service."""
    for cell in plant.cells.values():
        if all(device.role != "feeder" for device in cell.plan.devices):
            used_c = cell.state.line_current_a * cell.state.current_efficiency * BY_HAND_EVERY_S
            cell.hand_feed(used_c * cell.parameters.oxide_kg_per_coulomb)


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
