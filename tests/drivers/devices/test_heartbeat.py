from __future__ import annotations

import pytest

from drivers.devices.heartbeat import HeartbeatCounter


def test_counts_on_from_the_echo_and_wraps() -> None:
    counter = HeartbeatCounter("increment")
    assert [counter.next(65533.0), counter.next(65533.0), counter.next(0.0), counter.next(None)] == [65534, 65535, 0, 1]


def test_starts_at_one_where_nothing_is_echoed() -> None:
    assert HeartbeatCounter("increment").next(None) == 1


@pytest.mark.parametrize("echo", [-1.0, 65536.0, 1e300])
def test_an_impossible_echo_is_no_place_to_start(echo: float) -> None:
    assert HeartbeatCounter("increment").next(echo) == 1


def test_a_toggle_changes_every_time() -> None:
    counter = HeartbeatCounter("toggle")
    assert [counter.next(1.0), counter.next(1.0), counter.next(1.0)] == [0, 1, 0]


def test_after_forgetting_it_follows_the_echo_again() -> None:
    counter = HeartbeatCounter("increment")
    counter.next(7.0)
    counter.forget()
    assert counter.next(100.0) == 101
