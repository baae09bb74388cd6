"""Requests that wait for their turn on a link: most urgent first, in order of arrival within one priority."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, NamedTuple

from drivers.link.exchange import Exchange, Priority


class Waiting(NamedTuple):
    exchange: Exchange[Any]
    future: asyncio.Future[Any]
    timeout_s: float
    deadline_s: float
    """Event loop time after which the request is no longer worth sending."""


class ExchangeQueue:
    """Bounded. A request whose future is done (withdrawn by its caller) is skipped when its turn comes."""

    __slots__ = ("_capacity", "_length", "_lines", "earliest_deadline_s")

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self._length = 0
        self._lines: tuple[deque[Waiting], ...] = tuple(deque() for _ in Priority)
        self.earliest_deadline_s = inf
        """No deadline in the queue is earlier; it may be a deadline whose request has left since."""

    def __len__(self) -> int:
        return self._length

    def put(self, waiting: Waiting, priority: Priority) -> Waiting | None:
        """Returns who has to leave because the queue is full: the newest of the least urgent, maybe ``waiting``."""
        displaced = None
        if self._length >= self._capacity:
            self._forget_withdrawn()
            if self._length >= self._capacity:
                displaced = self._displace(priority)
                if displaced is None:
                    return waiting
        self._lines[priority].append(waiting)
        self._length += 1
        self.earliest_deadline_s = min(self.earliest_deadline_s, waiting.deadline_s)
        return displaced

    def pop(self) -> Waiting | None:
        if self._length:
            for line in self._lines:
                while line:
                    waiting = line.popleft()
                    self._length -= 1
                    if not waiting.future.done():
                        return waiting
        self.earliest_deadline_s = inf
        return None

    def take_expired(self, now_s: float) -> list[Waiting]:
        expired: list[Waiting] = []
        self._keep(lambda waiting: waiting.deadline_s >= now_s, expired)
        return expired

    def take_all(self) -> list[Waiting]:
        everyone: list[Waiting] = []
        self._keep(lambda _: False, everyone)
        return everyone

    def _forget_withdrawn(self) -> None:
        self._keep(lambda _: True, [])

    def _keep(self, is_kept: Callable[[Waiting], bool], left: list[Waiting]) -> None:
        earliest_s = inf
        for line in self._lines:
            for _ in range(len(line)):
                waiting = line.popleft()
                if waiting.future.done():
                    self._length -= 1
                elif is_kept(waiting):
                    line.append(waiting)
                    earliest_s = min(earliest_s, waiting.deadline_s)
                else:
                    self._length -= 1
                    left.append(waiting)
        self.earliest_deadline_s = earliest_s

    def _displace(self, priority: Priority) -> Waiting | None:
        """The newest of the least urgent, if that is less urgent than ``priority``."""
        for level in range(len(self._lines) - 1, priority, -1):
            if self._lines[level]:
                self._length -= 1
                return self._lines[level].pop()
        return None

    def __iter__(self) -> Iterator[Waiting]:
        return (waiting for line in self._lines for waiting in line)
