"""Whatever the line does to the bytes: a value is the right one or there is none."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest

from drivers.errors import DriverError
from drivers.link.link import LinkState, Priority
from drivers.link.status import LinkCounters
from drivers.modbus.master import ModbusMaster
from drivers.modbus.question import Question, read_question
from drivers.modbus.rtu_exchange import RtuExchange, rtu_frame
from drivers.modbus.tcp_exchange import TcpExchange
from drivers.modbus.wire_state import WireState
from drivers.profiles.schema import Bus
from sim.virtual_time import run_virtual
from tests.support.links import state_of
from tests.support.memory_peer import memory_bench
from tests.support.misbehaving_peer import Delayed, honest_rtu, honest_tcp, mbap, rtu, words

TIMEOUT_S = 0.05
BUS = Bus(timeout_s=TIMEOUT_S, late_reply_guard_s=0.1)


class Treatment(NamedTuple):
    """What happens to one reply on its way."""

    delay_s: float
    cuts: Sequence[int]
    pause_s: float
    before: bytes
    after: bytes
    flip: tuple[int, int] | None
    of_previous: bool


NOISE = st.one_of(st.just(b""), st.binary(max_size=12), st.sampled_from((b"\0", b"\xff\xff", b"\x01\x03", b"\x01\x83")))


def treatments(*, longest_delay_s: float, previous: bool) -> st.SearchStrategy[Treatment]:
    return st.builds(
        Treatment,
        delay_s=st.one_of(st.just(0.0), st.floats(0.0, longest_delay_s)),
        cuts=st.lists(st.integers(0, 20), max_size=4),
        pause_s=st.sampled_from((0.0, 0.001, 0.004)),
        before=NOISE,
        after=NOISE,
        flip=st.one_of(st.none(), st.tuples(st.integers(0, 30), st.integers(1, 255))),
        of_previous=st.booleans() if previous else st.just(False),
    )


def pieces(reply: bytes, treatment: Treatment) -> Delayed:
    if treatment.flip is not None:
        place, mask = treatment.flip
        place %= len(reply)
        reply = reply[:place] + bytes((reply[place] ^ mask,)) + reply[place + 1 :]
    reply = treatment.before + reply + treatment.after
    bounds = sorted({0, len(reply), *(cut for cut in treatment.cuts if cut < len(reply))})
    parts = [reply[start:end] for start, end in itertools.pairwise(bounds)]
    return [(treatment.pause_s if number else treatment.delay_s, part) for number, part in enumerate(parts)]


async def read_all(framing: str, plan: Sequence[Treatment]) -> tuple[list[tuple[int, ...] | None], LinkCounters]:
    """Reads register 0, 1, 2, ... whose value is their address, through the treatments, and then one in peace."""
    honest = honest_rtu if framing == "rtu" else honest_tcp
    treated = iter(plan)
    last = b""

    def answer(request: bytes) -> Delayed:
        nonlocal last
        treatment = next(treated, None)
        reply = honest(request)
        if treatment is None:
            return [(0.0, reply)]
        sent, last = last if treatment.of_previous and last else reply, reply
        return pieces(sent, treatment)

    found: list[tuple[int, ...] | None] = []
    async with memory_bench(answer, framing=framing, bus=BUS) as (link, peer, _):
        master = ModbusMaster(link)
        for start in range(len(plan) + 1):
            while state_of(link) is not LinkState.UP:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            if start == len(plan):
                await asyncio.sleep(1.0)
            try:
                found.append(
                    await master.read(1, "holding", start, 1, priority=Priority.FAST_READ, timeout_s=TIMEOUT_S)
                )
            except DriverError:
                found.append(None)
        counters = link.counters
        assert len(peer.requests) == counters.requests == len(plan) + 1
    return found, counters


def check(found: Sequence[tuple[int, ...] | None], counters: LinkCounters) -> None:
    for start, value in enumerate(found):
        assert value in (None, (start,))
    ends = counters.replies + counters.refused + counters.bad_replies + counters.timeouts + counters.lost
    assert ends == counters.requests
    assert counters.replies == sum(value is not None for value in found)


@given(plan=st.lists(treatments(longest_delay_s=TIMEOUT_S + 0.08, previous=False), max_size=8))
def test_rtu_line_with_noise_dribble_and_late_replies_gives_the_right_value_or_none(plan: list[Treatment]) -> None:
    found, counters = run_virtual(read_all("rtu", plan))
    check(found, counters)
    assert found[-1] == (len(plan),), "the line heals"


@given(plan=st.lists(treatments(longest_delay_s=1.0, previous=True), max_size=8))
def test_tcp_stream_with_noise_dribble_and_replies_of_others_gives_the_right_value_or_none(
    plan: list[Treatment],
) -> None:
    """On TCP the checksum is the network's: a bit flipped inside the data is not for us to find, so none is flipped."""
    plan = [treatment._replace(flip=None) for treatment in plan]
    found, counters = run_virtual(read_all("tcp", plan))
    check(found, counters)


def question() -> Question[tuple[int, ...]]:
    return read_question(1, ReadHoldingRegistersRequest(address=0x0210, count=2), bits=False)


def rtu_exchange() -> RtuExchange[tuple[int, ...]]:
    asked = question()
    return RtuExchange(asked, WireState(LinkCounters()), rtu_frame(1, asked.body))


@given(data=st.binary(max_size=300))
def test_random_bytes_are_never_a_value_and_never_an_unknown_exception(data: bytes) -> None:
    for exchange in (rtu_exchange(), TcpExchange(question(), WireState(LinkCounters()))):
        for end in {len(data), len(data) // 2}:
            try:
                assert exchange.feed(data[:end]) is None
            except DriverError:
                break


@given(cuts=st.sets(st.integers(1, 12)), noise=st.binary(max_size=6))
def test_a_good_rtu_reply_in_any_pieces_behind_noise_is_found_or_called_bad(cuts: set[int], noise: bytes) -> None:
    reply = noise + rtu(1, words(0xABCD, 0x0123))
    exchange = rtu_exchange()
    value = None
    for end in sorted({*(cut for cut in cuts if cut < len(reply)), len(reply)}):
        try:
            value = exchange.feed(reply[:end])
        except DriverError:
            assert noise
            return
    assert value == (0xABCD, 0x0123) or (noise and value is None)


@given(cuts=st.sets(st.integers(1, 30)), stale=st.lists(st.integers(0, 0xFFFF), max_size=2))
def test_a_good_tcp_reply_in_any_pieces_behind_stale_ones_is_found(cuts: set[int], stale: list[int]) -> None:
    exchange = TcpExchange(question(), WireState(LinkCounters()))
    tag = int.from_bytes(exchange.request[:2], "big")
    frames = [mbap(other, 1, words(6, 6, 6)) for other in stale if other != tag]
    stream = b"".join(frames) + mbap(tag, 1, words(7, 8)) + b"\x12"
    held, at, value = b"", 0, None
    for end in sorted({*(cut for cut in cuts if cut < len(stream)), len(stream)}):
        held, at = held + stream[at:end], end
        value = exchange.feed(held)
        held = exchange.rest
        if value is not None:
            break
    assert value == (7, 8)
    assert stream.endswith(held)
