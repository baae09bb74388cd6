"""When a lost link is tried again, on a clock that can be read exactly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from drivers.link.address import LinkAddress, parse_link
from drivers.link.link import Link, LinkState, LinkStatus, Priority
from drivers.modbus.master import ModbusMaster
from drivers.profiles.schema import Bus
from sim.virtual_time import run_virtual
from tests.support.links import state_of
from tests.support.memory_peer import memory_bench
from tests.support.misbehaving_peer import honest_rtu
from tests.support.refusing_seam import HangingSeam, RefusingSeam

BUS = Bus(timeout_s=0.1)


def asked_within(seam: RefusingSeam, seconds: float, *, needed: bool, name: str = "tcp://10.0.0.5:502") -> list[float]:
    async def run() -> list[float]:
        link = Link(parse_link(name), seam, bus=BUS, needed=needed)
        link.start()
        await asyncio.sleep(seconds)
        await link.close()
        return seam.asked_s

    return run_virtual(run())


@pytest.mark.parametrize(("needed", "longest_s"), [(True, 2.0), (False, 5.0)])
def test_first_retry_within_a_second_and_back_off_up_to_its_bound(needed: bool, longest_s: float) -> None:
    asked_s = asked_within(RefusingSeam(), 120.0, needed=needed)
    waits_s = [later - earlier for earlier, later in pairwise(asked_s)]
    assert asked_s[0] == 0.0
    assert waits_s[0] <= 1.0
    assert max(waits_s) <= longest_s
    assert min(waits_s[5:]) >= 0.75 * longest_s - 1e-9
    assert waits_s[0] < waits_s[1] < waits_s[2]


def test_links_do_not_retry_in_step_and_the_same_link_always_alike() -> None:
    one = asked_within(RefusingSeam(), 30.0, needed=True, name="tcp://10.0.0.5:502")
    other = asked_within(RefusingSeam(), 30.0, needed=True, name="tcp://10.0.0.6:502")
    assert not set(one[1:]) & set(other[1:])
    assert one == asked_within(RefusingSeam(), 30.0, needed=True, name="tcp://10.0.0.5:502")


def test_attempt_that_gets_no_answer_is_given_up() -> None:
    asked_s = asked_within(HangingSeam(), 20.0, needed=True)
    assert all(2.0 <= later - earlier <= 4.0 + 1e-6 for earlier, later in pairwise(asked_s))
    assert len(asked_s) >= 5


def test_any_error_of_a_seam_is_a_reason_and_another_attempt(caplog: pytest.LogCaptureFixture) -> None:
    assert len(asked_within(RefusingSeam(ZeroDivisionError("seam")), 10.0, needed=True)) > 3
    assert "opening failed" in caplog.text


def test_a_device_that_answered_is_tried_soon_and_one_that_never_did_ever_later() -> None:
    async def waits_after_cuts(*, answers: bool) -> list[float]:
        changes: list[LinkStatus] = []
        async with memory_bench(honest_rtu) as (link, _, seam):
            link.add_listener(changes.append)
            for _ in range(4):
                if answers:
                    await ModbusMaster(link).read(1, "holding", 0, 1, priority=Priority.FAST_READ, timeout_s=0.1)
                seam.cut("device")
                await asyncio.sleep(3.0)
        lost_s = [status.since_s for status in changes if status.state is LinkState.WAITING]
        up_s = [status.since_s for status in changes if status.state is LinkState.UP]
        return [up - lost for lost, up in zip(lost_s, up_s, strict=True)]

    assert max(run_virtual(waits_after_cuts(answers=True))) <= 0.25
    waits_s = run_virtual(waits_after_cuts(answers=False))
    assert waits_s == sorted(waits_s)
    assert waits_s[-1] >= 1.5


def next_attempt_s(link: Link) -> float | None:
    return link.next_attempt_s


def test_reason_and_next_attempt_stay_visible_while_it_is_tried() -> None:
    async def run() -> None:
        statuses: list[LinkStatus] = []
        link = Link(parse_link("tcp://10.0.0.5:502"), RefusingSeam(), bus=BUS)
        link.add_listener(statuses.append)
        link.start()
        assert link.next_attempt_s is None
        await asyncio.sleep(0.01)
        assert 0.1 < (next_attempt_s(link) or 0.0) <= 0.26
        await asyncio.sleep(0.5)
        await link.close()
        assert next_attempt_s(link) is None
        assert [status[:2] for status in statuses[:4]] == [
            (LinkState.CONNECTING, "connecting"),
            (LinkState.WAITING, "connection refused"),
            (LinkState.CONNECTING, "connection refused"),
            (LinkState.WAITING, "connection refused"),
        ]

    run_virtual(run())


def test_closing_while_an_attempt_is_under_way_ends_it() -> None:
    async def run() -> None:
        link = Link(parse_link("tcp://10.0.0.5:502"), HangingSeam(), bus=BUS)
        link.start()
        await asyncio.sleep(0.5)
        await link.close()
        assert state_of(link) is LinkState.CLOSED
        assert len(asyncio.all_tasks()) == 1

    run_virtual(run())


def test_silence_while_an_attempt_is_under_way_stops_it_and_the_link_comes_back_later() -> None:
    async def run() -> None:
        seam = HangingSeam()
        link = Link(parse_link("tcp://10.0.0.5:502"), seam, bus=BUS)
        link.start()
        await asyncio.sleep(0.5)
        link.silence(0.6)
        assert state_of(link) is LinkState.SILENT
        await asyncio.sleep(0.2)
        assert state_of(link) is LinkState.CONNECTING
        assert seam.asked_s == [0.0, pytest.approx(0.6)]
        await link.close()

    run_virtual(run())


def test_a_closed_link_can_be_started_again() -> None:
    async def run() -> None:
        async with memory_bench(honest_rtu) as (link, peer, _):
            await link.close()
            link.start()
            await asyncio.sleep(0.1)
            assert state_of(link) is LinkState.UP
            assert peer.connections == 2

    run_virtual(run())


class ForeignTransport:
    """What uvloop hands out: the methods of a transport, but none of asyncio's classes among its ancestors."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        self._protocol = protocol
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def abort(self) -> None:
        asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


class ForeignSeam:
    async def open(self, address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> Any:
        protocol = protocol_factory()
        transport: Any = ForeignTransport(protocol)
        protocol.connection_made(transport)
        return transport


def test_the_transports_of_another_event_loop_will_do() -> None:
    async def run() -> None:
        link = Link(parse_link("tcp://10.0.0.5:502"), ForeignSeam(), bus=BUS)
        link.start()
        await asyncio.sleep(0.01)
        assert state_of(link) is LinkState.UP
        await link.close()
        assert state_of(link) is LinkState.CLOSED

    run_virtual(run())
