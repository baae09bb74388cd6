"""Each way in which a stock Modbus client goes wrong, provoked on a real socket or pseudo-terminal.

The numbers are those of the list of pitfalls that the master was written against; what each is, its name says.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest

from drivers.errors import BadReply, DriverError, LinkDown, NoReply
from drivers.link.address import parse_link
from drivers.link.link import Link, LinkState, Priority
from drivers.link.real import RealSeam
from drivers.link.status import LinkCounters
from drivers.modbus.master import ModbusMaster
from drivers.modbus.question import read_question
from drivers.modbus.rtu_exchange import RtuExchange, rtu_frame
from drivers.modbus.wire_state import WireState
from drivers.profiles.schema import Bus
from tests.support.eventually import eventually
from tests.support.links import QUICK_BUS, open_link, until_up
from tests.support.misbehaving_peer import (
    Delayed,
    honest_rtu,
    honest_tcp,
    mbap,
    pty_peer,
    rtu,
    start_and_count,
    tcp_peer,
    words,
)


@pytest.fixture(autouse=True)
async def nothing_raised_in_the_loop() -> Any:
    """No pitfall may show as an exception in a callback, which asyncio logs and nobody handles."""
    raised: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
    yield raised
    assert not raised


def read(
    link: Link, start: int, count: int = 1, *, unit: int = 1, timeout_s: float = 2.0
) -> Awaitable[tuple[int, ...]]:
    return ModbusMaster(link).read(unit, "holding", start, count, priority=Priority.FAST_READ, timeout_s=timeout_s)


def tag_of(request: bytes) -> int:
    return int.from_bytes(request[:2], "big")


LONG_GUARD = Bus(timeout_s=0.1, late_reply_guard_s=0.3)


async def answers_or_none(link: Link, starts: range) -> list[int | None]:
    found: list[int | None] = []
    for start in starts:
        try:
            found.append((await read(link, start, timeout_s=0.1))[0])
        except DriverError:
            found.append(None)
            await until_up(link)
    return found


async def test_pitfall_01_late_rtu_reply_never_answers_the_next_request() -> None:
    replies = 0

    def late_at_first(request: bytes) -> Delayed:
        nonlocal replies
        replies += 1
        return [(0.15 if replies in (1, 3) else 0.0, honest_rtu(request))]

    async with pty_peer(late_at_first) as peer, open_link(peer.address, bus=LONG_GUARD) as link:
        assert await answers_or_none(link, range(2, 7)) == [None, 3, None, 5, 6]
        assert link.epoch == 1, "a serial port stays open when a unit is late"
        assert link.counters.discarded_bytes == 2 * 7
        assert link.counters.timeouts == 2


async def test_pitfall_01_late_reply_on_rtu_over_tcp_dies_with_its_connection() -> None:
    replies = 0

    def late_at_first(request: bytes) -> Delayed:
        nonlocal replies
        replies += 1
        return [(0.15 if replies == 1 else 0.0, honest_rtu(request))]

    async with tcp_peer(late_at_first, scheme="rtu+tcp") as peer, open_link(peer.address) as link:
        assert await answers_or_none(link, range(2, 5)) == [None, 3, 4]
        assert link.epoch == 2


async def test_pitfall_01_a_cancelled_read_leaves_no_reply_behind() -> None:
    async with pty_peer(lambda request: [(0.02, honest_rtu(request))]) as peer, open_link(peer.address) as link:
        given_up = asyncio.ensure_future(read(link, 2))
        await eventually(lambda: bool(peer.requests))
        given_up.cancel()
        assert await read(link, 3) == (3,)
        assert link.counters.replies == 2


async def test_pitfall_01_a_cancelled_read_that_is_late_as_well() -> None:
    waits_s = iter((0.15, 0.0))
    async with (
        pty_peer(lambda r: [(next(waits_s), honest_rtu(r))]) as peer,
        open_link(peer.address, bus=LONG_GUARD) as link,
    ):
        given_up = asyncio.ensure_future(read(link, 2, timeout_s=0.1))
        await eventually(lambda: bool(peer.requests))
        given_up.cancel()
        assert await read(link, 3) == (3,)
        assert link.counters.timeouts == 1


async def test_pitfall_01_late_reply_that_a_held_up_loop_finds_together_with_the_end_of_the_guard() -> None:
    async with (
        pty_peer(lambda _: None) as peer,
        open_link(peer.address, bus=Bus(timeout_s=0.05, late_reply_guard_s=0.1)) as link,
    ):
        with pytest.raises(NoReply):
            await read(link, 2, timeout_s=0.05)
        peer.answer = honest_rtu

        def reply_late_and_hold_the_loop_up() -> None:
            peer.say(honest_rtu(peer.requests[0]))
            time.sleep(0.05)

        asyncio.get_running_loop().call_later(0.05, reply_late_and_hold_the_loop_up)
        following = asyncio.ensure_future(read(link, 3))
        await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251 - the point: all timers are overdue when the loop goes on
        assert await following == (3,)
        assert link.counters.discarded_bytes == 7


BENT_BODIES = {
    "wrong function": bytes((4, 4, 0, 1, 0, 2)),
    "too few registers": words(1),
    "too many registers": words(1, 2, 3),
    "odd byte count": bytes((3, 3, 0, 1, 0)),
    "byte count that is not the length": bytes((3, 6, 0, 1, 0, 2)),
    "refusal of another function": bytes((0x86, 2)),
    "reply to a write": bytes((6, 0, 5, 0, 2)),
    "unknown function": bytes((0x55, 1, 2, 3)),
}


@pytest.mark.parametrize("body", BENT_BODIES.values(), ids=BENT_BODIES)
async def test_pitfall_02_reply_with_wrong_function_or_length_is_no_value_on_tcp(body: bytes) -> None:
    async with tcp_peer(lambda request: mbap(tag_of(request), 1, body)) as peer, open_link(peer.address) as link:
        with pytest.raises(BadReply):
            await read(link, 5, 2, timeout_s=5.0)
        peer.answer = honest_tcp
        await until_up(link, epoch=2)
        assert await read(link, 5, 2) == (5, 6)
        assert link.counters.bad_replies == 1


@pytest.mark.parametrize("body", BENT_BODIES.values(), ids=BENT_BODIES)
async def test_pitfall_02_reply_with_wrong_function_or_length_is_no_value_on_rtu(body: bytes) -> None:
    async with pty_peer(lambda _: rtu(1, body)) as peer, open_link(peer.address) as link:
        with pytest.raises((BadReply, NoReply)):
            await read(link, 5, 2, timeout_s=0.1)
        peer.answer = honest_rtu
        assert await read(link, 5, 2) == (5, 6)
        assert link.epoch == 1


@pytest.mark.parametrize("unit", [0, 2, 255])
async def test_pitfall_02_reply_of_another_unit_is_no_value(unit: int) -> None:
    async with tcp_peer(lambda r: mbap(tag_of(r), unit, words(7))) as peer, open_link(peer.address) as link:
        with pytest.raises(BadReply, match=f"unit {unit}"):
            await read(link, 7)
    async with pty_peer(lambda _: rtu(unit, words(7))) as peer, open_link(peer.address) as link:
        with pytest.raises(BadReply, match=f"unit {unit}"):
            await read(link, 7)


@pytest.mark.parametrize("echo", [(6, 0, 9, 0, 5), (6, 0, 8, 0, 4)], ids=["address", "value"])
async def test_pitfall_02_write_that_confirms_something_else_is_not_confirmed(echo: tuple[int, ...]) -> None:
    for peer_of, answer in (
        (tcp_peer, lambda request: mbap(tag_of(request), 1, bytes(echo))),
        (pty_peer, lambda _: rtu(1, bytes(echo))),
    ):
        async with peer_of(answer) as peer, open_link(peer.address) as link:
            with pytest.raises(BadReply, match="confirms"):
                await ModbusMaster(link).write_register(1, 8, 5, priority=Priority.WRITE, timeout_s=0.5)
            assert len(peer.requests) == 1


async def test_pitfall_03_transaction_id_zero_matches_nothing() -> None:
    async with tcp_peer(lambda _: mbap(0, 1, words(7))) as peer, open_link(peer.address) as link:
        with pytest.raises(NoReply, match="another transaction id"):
            await read(link, 7, timeout_s=0.1)
        with pytest.raises(NoReply):
            await read(link, 7, timeout_s=0.1)
        assert link.status.state is not LinkState.UP, "a stream that stays out of step is given up"
        assert link.counters.replies == 0


async def test_pitfall_03_stale_reply_is_skipped_and_the_right_one_behind_it_taken() -> None:
    def stale_first(request: bytes) -> bytes:
        return mbap(tag_of(request) - 1, 1, words(666)) + honest_tcp(request)

    async with tcp_peer(stale_first) as peer, open_link(peer.address) as link:
        assert [await read(link, start) for start in range(3)] == [(0,), (1,), (2,)]
        assert link.counters.discarded_bytes == 3 * 11
        assert link.epoch == 1


async def test_pitfall_03_replies_one_step_out_of_phase_end_the_connection() -> None:
    last = b""

    def previous(request: bytes) -> bytes | None:
        nonlocal last
        last, answer = honest_tcp(request), last
        return answer or None

    async with tcp_peer(previous) as peer, open_link(peer.address) as link:
        with pytest.raises(NoReply):
            await read(link, 0, timeout_s=0.1)
        with pytest.raises(NoReply, match="another transaction id"):
            await read(link, 1, timeout_s=0.1)
        await until_up(link, epoch=2)
        assert peer.connections == 2


async def test_pitfall_07_dead_peer_costs_one_timeout_a_request_and_then_the_connection() -> None:
    async with tcp_peer(lambda _: None) as peer, open_link(peer.address) as link:
        for _ in range(3):
            with pytest.raises(NoReply):
                await read(link, 0, timeout_s=0.05)
        assert link.status.state is LinkState.WAITING
        with pytest.raises(LinkDown, match="without a reply"):
            await read(link, 0)
        await until_up(link, epoch=2)
        await eventually(lambda: peer.open_connections == 1)
        assert len(peer.requests) == 3


async def test_pitfall_08_peer_that_closes_fails_the_request_at_once() -> None:
    async with tcp_peer(lambda _: None) as peer, open_link(peer.address) as link:
        pending = asyncio.ensure_future(read(link, 0, timeout_s=3600.0))
        queued = asyncio.ensure_future(read(link, 1, timeout_s=3600.0))
        await eventually(lambda: bool(peer.requests))
        peer.hang_up()
        with pytest.raises(NoReply, match="connection lost"):
            await asyncio.wait_for(pending, 5.0)
        with pytest.raises(LinkDown, match=r"closed|reset"):
            await asyncio.wait_for(queued, 5.0)


UNDECODABLE = {
    "protocol id": bytes.fromhex("0001beef0003010302"),
    "length zero": bytes.fromhex("000100000000010302"),
    "length of a novel": bytes.fromhex("00010000ffff010302"),
    "text": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "byte count beyond the frame": bytes.fromhex("0001000000030103ff"),
    "no byte count": bytes.fromhex("0001000000020103"),
    "refusal without a code": bytes.fromhex("0001000000020183"),
    "only a unit": bytes.fromhex("0001000000010103"),
    "function without a class": bytes.fromhex("000100000004016f0102"),
}


@pytest.mark.parametrize("reply", UNDECODABLE.values(), ids=UNDECODABLE)
async def test_pitfall_09_undecodable_reply_is_a_bad_reply_and_no_exception_in_the_loop(reply: bytes) -> None:
    async with tcp_peer(lambda request: request[:2] + reply[2:]) as peer, open_link(peer.address) as link:
        with pytest.raises((BadReply, NoReply)):
            await read(link, 0, timeout_s=0.1)
        peer.answer = honest_tcp
        peer.hang_up()
        await until_up(link, epoch=2)
        assert await read(link, 4) == (4,)


def test_pitfall_09_no_function_code_makes_an_rtu_reply_raise() -> None:
    question = read_question(1, ReadHoldingRegistersRequest(address=0, count=1), bits=False)
    tails = (b"", b"\0", b"\xc8\1\2", b"\1\2\3\4\5")
    for body in (bytes((function,)) + tail for function in range(256) for tail in tails):
        exchange = RtuExchange(question, WireState(LinkCounters()), rtu_frame(1, question.body))
        with contextlib.suppress(DriverError):
            assert exchange.feed(rtu(1, body)) is None


async def test_pitfall_10_dead_unit_holds_the_others_for_one_timeout_only() -> None:
    def only_unit_1(request: bytes) -> bytes | None:
        return honest_rtu(request) if request[0] == 1 else None

    async with pty_peer(only_unit_1) as peer, open_link(peer.address) as link:
        dead, healthy = await asyncio.gather(
            read(link, 0, unit=9, timeout_s=0.1), read(link, 1), return_exceptions=True
        )
        assert isinstance(dead, NoReply)
        assert healthy == (1,)
        assert [request[0] for request in peer.requests] == [9, 1]
        assert link.epoch == 1


async def test_pitfall_11_no_write_is_ever_repeated() -> None:
    def deaf_to_writes(request: bytes) -> bytes | None:
        return None if request[7] in (5, 6, 15, 16, 22) else honest_tcp(request)

    async with tcp_peer(deaf_to_writes) as peer, open_link(peer.address) as link:
        master = ModbusMaster(link)
        first = master.write_register(1, 1, 5, priority=Priority.WRITE, timeout_s=0.05)
        peer_saw = asyncio.ensure_future(eventually(lambda: bool(peer.requests)))
        await peer_saw
        queued = master.write_register(1, 2, 6, priority=Priority.WRITE, timeout_s=0.05)
        peer.hang_up()
        with pytest.raises(NoReply):
            await first
        with pytest.raises(LinkDown):
            await queued
        await until_up(link, epoch=2)
        assert await read(link, 3) == (3,)
        with pytest.raises(NoReply):
            await master.write_registers(1, 1, (7, 8), priority=Priority.WRITE, timeout_s=0.05)
        assert await read(link, 3) == (3,)
        assert [request[7] for request in peer.requests] == [6, 3, 16, 3]


async def test_pitfall_16_port_that_cannot_do_the_settings_is_a_reason_and_not_a_crash() -> None:
    async with pty_peer(settings="baud=115200&parity=E") as peer, open_link(peer.address, wait=False) as link:
        failures: list[str] = []
        link.add_listener(lambda status: failures.append(status.reason) if status.state is LinkState.WAITING else None)
        await eventually(lambda: len(failures) == 2)
        assert all("cannot do these settings" in reason for reason in failures)
        with pytest.raises(LinkDown, match="cannot do these settings"):
            await read(link, 0)


async def test_pitfall_17_port_has_one_owner_and_the_second_is_told() -> None:
    async with pty_peer() as peer, open_link(peer.address) as owner, open_link(peer.address, wait=False) as second:
        await eventually(lambda: second.status.state is LinkState.WAITING)
        assert second.status.reason == "port is in use by another process"
        assert await read(owner, 5) == (5,)
        await owner.close()
        await until_up(second)
        assert await read(second, 6) == (6,)


async def test_pitfall_18_pty_that_goes_is_a_lost_link_and_its_successor_is_found(tmp_path: Path) -> None:
    port = tmp_path / "port"
    async with pty_peer(lambda _: None, link=port) as peer, open_link(peer.address) as link:
        pending = asyncio.ensure_future(read(link, 0, timeout_s=3600.0))
        await eventually(lambda: bool(peer.requests))
        peer.hang_up()
        with pytest.raises(NoReply, match="connection lost"):
            await asyncio.wait_for(pending, 5.0)
        assert link.status.state is LinkState.WAITING
        assert link.status.reason
        os.unlink(port)  # noqa: PTH108
        await eventually(lambda: link.status.reason == f"{port} does not exist")
        async with pty_peer(link=port):
            await until_up(link, epoch=2)
            assert await read(link, 8) == (8,)


async def test_pitfall_21_failed_open_leaves_no_lock_behind() -> None:
    async with pty_peer() as peer:
        wrong = parse_link(peer.address + "&parity=E")
        for _ in range(3):
            with pytest.raises(OSError) as failure:  # noqa: PT011 - the type is the point: termios.error is none
                await RealSeam().open(wrong, asyncio.Protocol)
            assert failure.value.errno == errno.EINVAL
        async with open_link(peer.address, bus=QUICK_BUS) as link:
            assert await read(link, 5) == (5,)


def test_the_peer_counts_from_the_specification() -> None:
    """The example of the Modbus serial line guide: 02 07 has the checksum 41 12."""
    assert rtu(2, b"\x07") == bytes.fromhex("02074112")
    assert start_and_count(bytes.fromhex("030010000a")) == (16, 10)
