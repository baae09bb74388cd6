from __future__ import annotations

import asyncio
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.virtual_time import NothingLeftToWaitFor, run_virtual


def test_sleeping_a_day_moves_the_clock_by_a_day_without_waiting_for_it() -> None:
    async def main() -> float:
        await asyncio.sleep(86_400.0)
        return asyncio.get_running_loop().time()

    assert run_virtual(main(), start_s=100.0) == pytest.approx(86_500.0)


def test_a_sleep_longer_than_asyncios_longest_select_still_ends_on_time() -> None:
    async def main() -> float:
        await asyncio.sleep(10 * 86_400.0)
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == pytest.approx(864_000.0)


def test_a_dead_lock_is_an_error_that_says_when() -> None:
    async def main() -> None:
        await asyncio.sleep(2.5)
        await asyncio.Event().wait()

    with pytest.raises(NothingLeftToWaitFor, match=r"at 2\.500 s"):
        run_virtual(main())


def test_cancelled_timers_neither_move_the_clock_nor_hide_a_dead_lock() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        for delay in (1.0, 5.0, 50.0):
            loop.call_later(delay, lambda: None).cancel()
        await asyncio.sleep(7.0)
        assert loop.time() == pytest.approx(7.0)
        loop.call_later(1.0, lambda: None).cancel()
        await asyncio.Event().wait()

    with pytest.raises(NothingLeftToWaitFor, match=r"at 7\.000 s"):
        run_virtual(main())


def test_a_timeout_fires_exactly_when_due() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await asyncio.sleep(3.0)
        return asyncio.get_running_loop().time()

    assert run_virtual(main(), start_s=1e6) == pytest.approx(1e6 + 0.4)


def test_sockets_are_refused() -> None:
    async def main() -> None:
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            await asyncio.get_running_loop().sock_recv(left, 1)

    with pytest.raises(RuntimeError, match="memory seam"):
        run_virtual(main())


def test_threads_are_refused() -> None:
    async def main() -> None:
        await asyncio.to_thread(time.monotonic)

    with pytest.raises(RuntimeError, match="no threads"):
        run_virtual(main())


def test_what_main_raises_passes_through_and_what_it_left_running_is_cancelled() -> None:
    cancelled: list[str] = []

    async def sleeper() -> None:
        try:
            await asyncio.sleep(1e9)
        except asyncio.CancelledError:
            cancelled.append("sleeper")
            raise

    async def main() -> None:
        task = asyncio.create_task(sleeper())
        await asyncio.sleep(0.0)
        assert not task.done()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_virtual(main())
    assert cancelled == ["sleeper"]


@given(st.lists(st.floats(0.0, 1e5), min_size=1, max_size=30))
def test_timers_fire_in_order_of_time_and_each_at_its_own(delays: list[float]) -> None:
    fired: list[tuple[float, float]] = []

    async def wait(delay: float) -> None:
        await asyncio.sleep(delay)
        fired.append((delay, asyncio.get_running_loop().time()))

    async def main() -> None:
        await asyncio.gather(*(wait(delay) for delay in delays))

    run_virtual(main())
    assert [delay for delay, _ in fired] == sorted(delays)
    assert all(at == pytest.approx(delay, abs=1e-6) for delay, at in fired)
