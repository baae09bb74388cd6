from __future__ import annotations

import asyncio
from collections.abc import Iterator
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.link.exchange import Priority
from drivers.link.exchange_queue import ExchangeQueue, Waiting


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def waiting(loop: asyncio.AbstractEventLoop, deadline_s: float = inf) -> Waiting:
    exchange: Any = None
    return Waiting(exchange, loop.create_future(), 1.0, deadline_s)


REQUESTS = st.lists(
    st.tuples(st.sampled_from(Priority), st.one_of(st.just(inf), st.floats(0.0, 100.0)), st.booleans()), max_size=40
)


@given(requests=REQUESTS, capacity=st.integers(1, 20))
def test_most_urgent_first_then_in_order_and_nobody_is_lost(
    loop: asyncio.AbstractEventLoop, requests: list[tuple[Priority, float, bool]], capacity: int
) -> None:
    queue = ExchangeQueue(capacity)
    entries: dict[int, tuple[Priority, int]] = {}
    everyone: list[Waiting] = []
    withdrawn: set[int] = set()
    shed: set[int] = set()
    for number, (priority, deadline_s, is_withdrawn) in enumerate(requests):
        one = waiting(loop, deadline_s)
        everyone.append(one)
        entries[id(one)] = (priority, number)
        displaced = queue.put(one, priority)
        assert len(queue) <= capacity
        if displaced is not None:
            shed.add(id(displaced))
            assert entries[id(displaced)][0] >= priority, "only the less urgent or the newcomer has to leave"
        elif is_withdrawn:
            one.future.cancel()
            withdrawn.add(id(one))
        entries_kept = [one for one in queue if not one.future.done()]
        assert all(queue.earliest_deadline_s <= one.deadline_s for one in entries_kept)
    alive = [one for one in queue if not one.future.done()]
    served: list[tuple[Priority, int]] = []
    while (next_one := queue.pop()) is not None:
        assert id(next_one) not in withdrawn | shed
        served.append(entries[id(next_one)])
    assert served == sorted(served)
    assert len(served) == len(alive)
    assert len(queue) == 0


@given(deadlines_s=st.lists(st.floats(0.0, 10.0), max_size=20), now_s=st.floats(0.0, 10.0))
def test_expired_are_taken_out_and_only_they(
    loop: asyncio.AbstractEventLoop, deadlines_s: list[float], now_s: float
) -> None:
    queue = ExchangeQueue()
    for deadline_s in deadlines_s:
        assert queue.put(waiting(loop, deadline_s), Priority.WRITE) is None
    expired = queue.take_expired(now_s)
    assert sorted(one.deadline_s for one in expired) == sorted(at for at in deadlines_s if at < now_s)
    left = [one.deadline_s for one in queue]
    assert left == [at for at in deadlines_s if at >= now_s]
    assert queue.earliest_deadline_s == min(left, default=inf)
    assert [one.deadline_s for one in queue.take_all()] == left
    assert len(queue) == 0
