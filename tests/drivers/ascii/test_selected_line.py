"""What depends on two things in one turn of the event loop, which no real line can be made to repeat."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from drivers.ascii.selected_line import SelectedLine
from drivers.errors import NotSent
from drivers.link.exchange import Exchange, Priority

if TYPE_CHECKING:
    from drivers.link.link import Link


class QueueOnly:
    """A link that keeps what is submitted, for the test to send in its own order."""

    epoch = 1

    def __init__(self) -> None:
        self.waiting: list[tuple[Exchange[Any], asyncio.Future[Any]]] = []

    def submit(self, exchange: Exchange[Any], **_: object) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.append((exchange, future))
        return future

    def send(self, reply: bytes) -> bytes:
        exchange, future = self.waiting.pop(0)
        request = exchange.request
        result = exchange.feed(reply)
        assert result is not None
        future.set_result(result)
        return request


def say(line: SelectedLine, unit: int, text: str) -> asyncio.Future[str]:
    return line.say(unit, text, str, checksum=False, priority=Priority.WRITE, timeout_s=1.0, deadline_s=None)


async def test_nobody_changes_places_with_a_turn_that_has_just_expired() -> None:
    link = QueueOnly()
    line = SelectedLine(cast("Link", link))
    late = say(line, 6, "MV?")
    other = say(line, 7, "MC?")
    assert link.send(b"OK\r") == b"ADR 06\r"
    _, expired = link.waiting.pop()
    expired.set_exception(NotSent("its turn came too late"))
    assert link.send(b"OK\r") == b"ADR 07\r"
    assert link.send(b"1.25\r") == b"MC?\r"
    assert await other == "1.25"
    with pytest.raises(NotSent):
        await late


async def test_equals_change_places_and_each_gets_its_own_answer() -> None:
    link = QueueOnly()
    line = SelectedLine(cast("Link", link))
    one, other = say(line, 6, "MV?"), say(line, 7, "MC?")
    assert [link.send(reply) for reply in (b"OK\r", b"6.5\r", b"OK\r", b"1.25\r")] == [
        b"ADR 06\r",
        b"MV?\r",
        b"ADR 07\r",
        b"MC?\r",
    ]
    assert (await one, await other) == ("6.5", "1.25")


async def test_whoever_changed_places_can_still_withdraw() -> None:
    link = QueueOnly()
    line = SelectedLine(cast("Link", link))
    one, other = say(line, 6, "MV?"), say(line, 7, "MC?")
    link.send(b"OK\r")
    link.send(b"6.5\r")
    other.cancel()
    await asyncio.sleep(0)
    [(_, place)] = link.waiting
    assert place.cancelled()
    assert await one == "6.5"
