"""A serial line shared by Genesys supplies, on which one ``ADR`` selects whom all later lines are for.

Whoever takes a turn on the line while another supply is selected, or while nobody knows which, spends the turn on
``ADR``, and gets the next one, unless somebody more urgent wants it, for what it came for. The two are never sent in
one go: a supply that did not hear a damaged ``ADR`` would leave the set-point that follows to the supply selected
before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary, proxy

from drivers.ascii import genesys
from drivers.ascii.lines import first_line
from drivers.errors import BadReply, DeviceRefused

if TYPE_CHECKING:
    from drivers.link.exchange import Priority
    from drivers.link.link import Link

T = TypeVar("T")


class _Job(Generic[T]):
    """What a caller wants said to one supply; it outlives the turn spent on ``ADR``."""

    __slots__ = ("checksum", "deadline_s", "future", "line", "priority", "timeout_s", "turn", "understand", "unit")

    def __init__(
        self,
        unit: int,
        line: bytes,
        understand: Callable[[str], T],
        *,
        checksum: bool,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> None:
        self.unit = unit
        self.checksum = checksum
        self.line = line
        self.understand = understand
        self.priority = priority
        self.timeout_s = timeout_s
        self.deadline_s = deadline_s
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.turn: asyncio.Future[object] | None = None


class _Turn:
    """An exchange on the link. What it says is decided when it is sent: only then is it known who is selected."""

    __slots__ = ("_line", "job", "selects")

    def __init__(self, line: SelectedLine, job: _Job[Any]) -> None:
        self._line = line
        self.job = job
        self.selects = False

    @property
    def request(self) -> bytes:
        return self._line.speak(self)

    def feed(self, received: bytes) -> object | None:
        return self._line.hear(self, received)

    def is_no_less_urgent_than(self, other: _Turn) -> bool:
        """False once withdrawn: what is given to such a turn would never be said."""
        withdrawn = self.job.turn is None or self.job.turn.done()
        return not withdrawn and self.job.priority <= other.job.priority


class SelectedLine:
    """One per link, however many masters use it: the selection belongs to the wire."""

    def __init__(self, link: Link) -> None:
        self._link: Link = proxy(link)  # the link owns its line, not the other way round
        self._selected: tuple[int, int] | None = None
        """Unit and the link's epoch in which it was selected; None after anything went wrong."""
        self._next: _Turn | None = None
        """The turn, still queued, for whose sake the present selection was made."""

    def say(
        self,
        unit: int,
        text: str,
        understand: Callable[[str], T],
        *,
        checksum: bool,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> asyncio.Future[T]:
        """``timeout_s`` is for each line. Raises ValueError for text or a unit that cannot be sent."""
        genesys.select(unit)
        job = _Job(
            unit,
            genesys.to_wire(text, checksum=checksum),
            understand,
            checksum=checksum,
            priority=priority,
            timeout_s=timeout_s,
            deadline_s=deadline_s,
        )
        job.future.add_done_callback(lambda future: _withdraw(job) if future.cancelled() else None)
        self._queue(_Turn(self, job))
        return job.future

    def _queue(self, turn: _Turn) -> None:
        job = turn.job
        future = self._link.submit(turn, priority=job.priority, timeout_s=job.timeout_s, deadline_s=job.deadline_s)
        turn.job.turn = future
        future.add_done_callback(lambda done: self._finish(turn, done))

    def speak(self, turn: _Turn) -> bytes:
        waiting, self._next = self._next, None
        if waiting is not None and waiting is not turn and waiting.is_no_less_urgent_than(turn):
            # Another line, no more urgent, came between ADR and what it was sent for. They change places:
            # re-selecting to and fro would let two supplies keep each other from ever being spoken to.
            turn.job, waiting.job = waiting.job, turn.job
            turn.job.turn, waiting.job.turn = waiting.job.turn, turn.job.turn
        job = turn.job
        turn.selects = self._selected != (job.unit, self._link.epoch)
        return genesys.to_wire(genesys.select(job.unit), checksum=job.checksum) if turn.selects else job.line

    def hear(self, turn: _Turn, received: bytes) -> object | None:
        line = first_line(received)
        if line is None:
            return None
        selected, self._selected = self._selected, None
        job = turn.job
        text = genesys.strip_checksum(line, checksum=job.checksum)
        if turn.selects:
            accept(job.unit, text, genesys.OK)
            self._selected = (job.unit, self._link.epoch)
            if not job.future.done():
                # Queued before this exchange ends, so that the link finds it when it looks for the next.
                self._next = _Turn(self, job)
                self._queue(self._next)
            return ()
        try:
            answer = job.understand(text)
        except DeviceRefused:
            self._selected = selected
            raise
        self._selected = selected
        return (answer,)

    def _finish(self, turn: _Turn, done: asyncio.Future[Any]) -> None:
        if self._next is turn:
            self._next = None
        error = None if done.cancelled() else done.exception()
        if done.cancelled() or (error is not None and not isinstance(error, DeviceRefused)):
            self._selected = None
        future = turn.job.future
        if future.done():
            return
        if done.cancelled():
            future.cancel()
        elif error is not None:
            future.set_exception(error)
        elif not turn.selects:
            future.set_result(done.result()[0])


def _withdraw(job: _Job[Any]) -> None:
    if job.turn is not None:
        job.turn.cancel()


def accept(unit: int, text: str, ok: str) -> bool:
    """True for the one reply that means done. Raises DeviceRefused or BadReply for all others."""
    if genesys.parse_reply_of(unit, text) != ok:
        raise BadReply(f"supply {unit:02d} answered {text!r} instead of {ok!r}")
    return True


_LINES: WeakKeyDictionary[Link, SelectedLine] = WeakKeyDictionary()


def line_of(link: Link) -> SelectedLine:
    line = _LINES.get(link)
    if line is None:
        line = _LINES[link] = SelectedLine(link)
    return line
