from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.devices.block_schedule import BlockSchedule


def polls(every_s: float, scans_s: list[float]) -> list[float]:
    schedule = BlockSchedule(every_s)
    taken = []
    before: float | None = None
    for now_s in scans_s:
        if schedule.is_due(now_s, 0.0 if before is None else now_s - before):
            schedule.taken(now_s)
            taken.append(now_s)
        before = now_s
    return taken


@given(st.lists(st.floats(-0.1, 0.1), min_size=20, max_size=20))
def test_a_block_as_fast_as_the_scan_is_read_in_every_scan_whatever_the_jitter(jitter: list[float]) -> None:
    scans_s = [100.0 + n + late_s for n, late_s in enumerate(jitter)]
    assert polls(1.0, scans_s) == scans_s


@given(st.lists(st.floats(-0.1, 0.1), min_size=31, max_size=31))
def test_a_slow_block_keeps_its_mean_period(jitter: list[float]) -> None:
    scans_s = [100.0 + n + late_s for n, late_s in enumerate(jitter)]
    assert 6 <= len(polls(5.0, scans_s)) <= 8


def test_a_block_faster_than_the_scan_is_read_once_a_scan() -> None:
    assert polls(0.2, [0.0, 1.0, 2.0, 3.0]) == [0.0, 1.0, 2.0, 3.0]


def test_after_a_pause_nothing_is_caught_up() -> None:
    assert polls(5.0, [0.0, 1.0, 60.0, 61.0, 62.0, 63.0, 64.0, 65.0, 66.0]) == [0.0, 60.0, 65.0]


def test_a_read_that_came_to_nothing_is_due_at_once() -> None:
    schedule = BlockSchedule(5.0)
    schedule.taken(0.0)
    assert not schedule.is_due(1.0, 1.0)
    schedule.again()
    assert schedule.is_due(1.0, 1.0)
