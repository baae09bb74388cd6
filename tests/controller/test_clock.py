from __future__ import annotations

import asyncio

from controller.clock import Clock, Tick
from sim.virtual_time import VirtualTimeLoop, run_virtual


def ticks(work_s: list[float], period_s: float = 1.0) -> list[tuple[Tick, float]]:
    """The ticks of a loop whose n-th round takes ``work_s[n]``, each with the time at which it really began."""

    async def main() -> list[tuple[Tick, float]]:
        loop = asyncio.get_running_loop()
        seen: list[tuple[Tick, float]] = []
        grid = Clock.every(period_s, start_s=loop.time())
        async for tick in grid:
            seen.append((tick, loop.time()))
            await asyncio.sleep(work_s[len(seen) - 1])
            if len(seen) == len(work_s):
                break
        await grid.aclose()  # type: ignore[attr-defined]
        return seen

    return run_virtual(main())


def test_ticks_stand_on_an_absolute_grid() -> None:
    seen = ticks([0.3, 0.7, 0.1, 0.9, 0.2])
    assert [round(began - seen[0][1], 9) for _, began in seen] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [tick.number for tick, _ in seen] == [1, 2, 3, 4, 5]
    assert all(tick.missed == 0 for tick, _ in seen)


def test_an_overrun_skips_to_the_grid_and_is_counted() -> None:
    seen = ticks([0.1, 2.5, 0.1, 0.1])
    began = [round(moment - seen[0][1], 9) for _, moment in seen]
    assert began[:2] == [0.0, 1.0]
    assert seen[2][0].missed >= 1
    assert seen[3][0].missed == 0
    assert round(seen[3][0].time_s - seen[0][0].time_s, 9) == round(began[3], 9)


def test_a_slight_overrun_runs_late_and_misses_nothing() -> None:
    seen = ticks([1.05, 0.1, 0.1])
    assert [tick.missed for tick, _ in seen] == [0, 0, 0]
    assert [round(tick.time_s - seen[0][0].time_s, 9) for tick, _ in seen] == [0.0, 1.0, 2.0]


def test_a_process_that_was_stopped_skips_to_the_grid() -> None:
    async def main() -> list[Tick]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        seen: list[Tick] = []
        grid = Clock.every(1.0, start_s=0.0)
        async for tick in grid:
            seen.append(tick)
            assert loop.time() - tick.time_s <= 0.5, "never begun so late that it crowds the next one"
            if len(seen) == 2:
                loop.call_later(0.9, setattr, loop._jumping, "now_s", 11.8)
            if len(seen) == 4:
                break
        await grid.aclose()  # type: ignore[attr-defined]
        return seen

    assert [(tick.time_s, tick.missed) for tick in run_virtual(main())] == [(0.0, 0), (1.0, 0), (12.0, 10), (13.0, 0)]
