"""The link's own promises, on virtual time: order, deadlines, withdrawal, guard, silence, reasons."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from drivers.errors import BadReply, DeviceRefused, LinkDown, NoReply, NotSent
from drivers.link.address import parse_link
from drivers.link.link import Link, LinkState, LinkStatus, Priority
from drivers.link.memory import MemorySeam
from drivers.profiles.schema import Bus
from sim.virtual_time import run_virtual
from tests.support.links import state_of
from tests.support.memory_peer import memory_bench
from tests.support.misbehaving_peer import Delayed


class Say:
    """An exchange that is done when the peer has said a whole line, whatever it says."""

    def __init__(self, text: str) -> None:
        self.request = text.encode() + b"\n"

    def feed(self, received: bytes) -> str | None:
        if not received.endswith(b"\n"):
            return None
        text = received.decode().strip()
        if text == "no":
            raise DeviceRefused("it said no", 1)
        if text == "??":
            raise BadReply("what?")
        if text == "bug":
            raise ZeroDivisionError("in the exchange")
        return text


def slow_echo(request: bytes) -> Delayed:
    return [(0.02, request)]


def virtual(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        run_virtual(test(), start_s=1000.0)

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run


def now_s() -> float:
    return asyncio.get_running_loop().time()


def say(
    link: Link,
    text: str,
    priority: Priority = Priority.FAST_READ,
    *,
    timeout_s: float = 0.05,
    deadline_s: float | None = None,
) -> asyncio.Future[str]:
    return link.submit(Say(text), priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)


async def error_of(future: Awaitable[object]) -> str:
    with pytest.raises((LinkDown, NotSent, NoReply, BadReply, DeviceRefused)) as failure:
        await future
    return f"{type(failure.value).__name__}: {failure.value}"


@virtual
async def test_a_stop_overtakes_queued_reads() -> None:
    async with memory_bench(slow_echo) as (link, peer, _):
        futures = [
            say(link, "in flight"),
            say(link, "slow", Priority.SLOW_READ),
            say(link, "fast 1", Priority.FAST_READ),
            say(link, "write", Priority.WRITE),
            say(link, "fast 2", Priority.FAST_READ),
            say(link, "beat", Priority.HEARTBEAT),
            say(link, "stop", Priority.STOP),
        ]
        await asyncio.gather(*futures)
        order = ["in flight", "stop", "beat", "write", "fast 1", "fast 2", "slow"]
        assert [request.decode().strip() for request in peer.requests] == order


@virtual
async def test_one_exchange_is_in_flight_at_a_time() -> None:
    async with memory_bench(slow_echo) as (link, peer, _):
        started = now_s()
        futures = [say(link, str(number)) for number in range(5)]
        await asyncio.sleep(0.01)
        assert len(peer.requests) == 1
        assert await asyncio.gather(*futures) == list("01234")
        assert now_s() - started >= 5 * 0.02 - 1e-5


@virtual
async def test_request_withdrawn_from_the_queue_is_not_sent() -> None:
    async with memory_bench(slow_echo) as (link, peer, _):
        first, second, third = say(link, "1"), say(link, "2"), say(link, "3")
        second.cancel()
        await asyncio.gather(first, third)
        assert peer.requests == [b"1\n", b"3\n"]


@virtual
async def test_request_withdrawn_in_flight_runs_to_its_end_and_its_reply_is_nobodys() -> None:
    async with memory_bench(slow_echo) as (link, _, _):
        first = say(link, "1")
        await asyncio.sleep(0.01)
        first.cancel()
        assert await say(link, "2") == "2"
        assert link.counters.replies == 2


@virtual
async def test_request_withdrawn_in_flight_that_times_out_is_guarded_like_any_other() -> None:
    bus = Bus(timeout_s=0.05, late_reply_guard_s=0.3)
    delays = iter((0.2, 0.0))
    async with memory_bench(lambda r: [(next(delays), r)], bus=bus) as (link, _, _):
        started = now_s()
        say(link, "1").cancel()
        assert await say(link, "2") == "2"
        assert now_s() - started == pytest.approx(0.05 + 0.3, abs=0.001)
        assert link.counters.timeouts == 1
        assert link.counters.discarded_bytes == 2


@virtual
async def test_deadline_passed_in_the_queue_means_not_sent_and_says_so_in_time() -> None:
    async with memory_bench(lambda _: None) as (link, peer, _):
        started = now_s()
        first = say(link, "1", timeout_s=1.0)
        late = say(link, "2", deadline_s=started + 0.3)
        assert "NotSent" in await error_of(late)
        assert now_s() == pytest.approx(started + 0.3, abs=0.001)
        assert "NotSent" in await error_of(say(link, "3", deadline_s=now_s() - 0.001))
        assert "NoReply" in await error_of(first)
        assert peer.requests == [b"1\n"]


@virtual
async def test_deadline_already_past_is_not_sent_on_an_idle_link_either() -> None:
    async with memory_bench(slow_echo) as (link, peer, _):
        assert "NotSent" in await error_of(say(link, "1", deadline_s=now_s() - 0.001))
        assert peer.requests == []


@virtual
async def test_deadline_bounds_the_sending_not_the_reply() -> None:
    async with memory_bench(slow_echo) as (link, _, _):
        assert await say(link, "1", deadline_s=now_s() + 0.001) == "1"


@virtual
async def test_timeout_counts_from_sending() -> None:
    async with memory_bench(lambda r: [(0.04, r)]) as (link, _, _):
        futures = [say(link, str(number)) for number in range(4)]
        assert await asyncio.gather(*futures) == list("0123")
        assert link.counters.timeouts == 0


@virtual
async def test_a_wrong_reply_is_guarded_and_a_refusal_is_not() -> None:
    answers = iter((b"??\n", b"no\n", b"yes\n"))
    bus = Bus(timeout_s=0.05, late_reply_guard_s=0.5)
    async with memory_bench(lambda _: next(answers), bus=bus) as (link, _, _):
        started = now_s()
        assert "BadReply: what?" in await error_of(say(link, "1"))
        assert "DeviceRefused: it said no" in await error_of(say(link, "2"))
        refused_s = now_s()
        assert refused_s >= started + 0.5 - 1e-5
        assert await say(link, "3") == "yes"
        assert now_s() - refused_s < 0.01
        assert (link.counters.bad_replies, link.counters.refused, link.counters.replies) == (1, 1, 1)


@virtual
async def test_a_mistake_in_an_exchange_is_a_bad_reply_and_not_the_end_of_the_link() -> None:
    answers = iter((b"bug\n", b"yes\n"))
    async with memory_bench(lambda _: next(answers)) as (link, _, _):
        assert "BadReply: reply not understood" in await error_of(say(link, "1"))
        assert await say(link, "2") == "yes"


class CannotSpeak(Say):
    @property
    def request(self) -> bytes:
        raise ZeroDivisionError

    @request.setter
    def request(self, text: bytes) -> None:
        pass


@virtual
async def test_an_exchange_without_a_request_fails_alone() -> None:
    async with memory_bench(slow_echo) as (link, _, _):
        first = say(link, "1")
        broken = link.submit(CannotSpeak(""), priority=Priority.STOP, timeout_s=0.1)
        last = say(link, "2")
        assert "NotSent" in await error_of(broken)
        assert list(await asyncio.gather(first, last)) == ["1", "2"]


@virtual
async def test_bytes_nobody_asked_for_delay_the_next_request_until_the_line_is_quiet() -> None:
    async with memory_bench(lambda r: r) as (link, peer, _):
        peer.say(b"noise\n")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        heard_s = now_s()
        assert await say(link, "1") == "1"
        assert now_s() - heard_s >= 0.02 - 1e-5
        assert link.counters.discarded_bytes == 6


@virtual
async def test_a_line_that_is_never_quiet_is_reopened() -> None:
    async with memory_bench(lambda r: r) as (link, peer, _):
        waiting = say(link, "1", timeout_s=1.0)
        assert await waiting == "1"
        peer.say(b"x")
        await asyncio.sleep(0.001)
        waiting = say(link, "2", timeout_s=1.0)
        for _ in range(300):
            if waiting.done():
                break
            peer.say(b"x" * 50)
            await asyncio.sleep(0.01)
        assert "LinkDown: link down: dropped because the line is never quiet" in await error_of(waiting)
        assert peer.requests == [b"1\n"]


@virtual
async def test_endless_reply_is_cut_off() -> None:
    async with memory_bench(lambda _: b"x" * 5000) as (link, _, _):
        assert "BadReply: 5000 bytes" in await error_of(say(link, "1"))


@virtual
async def test_minimum_gap_is_kept_between_reply_and_request() -> None:
    bus = Bus(timeout_s=0.05, min_gap_s=0.03)
    arrivals: list[float] = []

    def note(request: bytes) -> bytes:
        arrivals.append(now_s())
        return request

    async with memory_bench(note, bus=bus) as (link, _, _):
        await asyncio.gather(*(say(link, str(number)) for number in range(4)))
    assert all(later - earlier >= 0.03 - 1e-5 for earlier, later in itertools.pairwise(arrivals))


@virtual
async def test_first_request_waits_until_the_device_has_got_used_to_the_connection() -> None:
    bus = Bus(timeout_s=0.05, post_connect_s=0.7)
    async with memory_bench(lambda r: r, bus=bus) as (link, _, _):
        assert await say(link, "1") == "1"
        assert now_s() >= link.status.since_s + 0.7 - 1e-5


@virtual
async def test_full_queue_sheds_the_least_urgent_and_never_a_stop() -> None:
    async with memory_bench(lambda _: None) as (link, _, _):
        say(link, "in flight", timeout_s=10.0).add_done_callback(lambda done: done.exception())
        reads = [say(link, str(number), Priority.SLOW_READ) for number in range(256)]
        stop = say(link, "stop", Priority.STOP)
        assert "NotSent: not sent: queue full" in await error_of(reads[-1])
        assert "NotSent: not sent: queue full" in await error_of(say(link, "one more", Priority.SLOW_READ))
        assert not stop.done()
        assert not reads[0].done()
        for waiting in (stop, *reads):
            waiting.cancel()


@virtual
async def test_link_that_is_not_up_says_why_at_once() -> None:
    link = Link(parse_link("memory:nobody"), MemorySeam(), bus=Bus(timeout_s=0.1))
    assert await error_of(say(link, "1")) == "LinkDown: link down: not started"
    link.start()
    await asyncio.sleep(0.01)
    assert state_of(link) is LinkState.WAITING
    assert await error_of(say(link, "1")) == "LinkDown: link down: connection refused"
    await link.close()
    assert await error_of(say(link, "1")) == "LinkDown: link down: closed"
    assert link.counters.not_sent == 3


@virtual
async def test_no_queued_request_survives_a_lost_connection() -> None:
    async with memory_bench(lambda _: None) as (link, peer, seam):
        in_flight = say(link, "1", timeout_s=10.0)
        queued = say(link, "2", Priority.WRITE)
        await asyncio.sleep(0.01)
        peer.answer = lambda request: request
        seam.cut("device")
        assert (await error_of(in_flight)).startswith("NoReply: connection lost before the reply")
        assert (await error_of(queued)).startswith("LinkDown")
        await asyncio.sleep(1.0)
        assert state_of(link) is LinkState.UP
        assert link.epoch == 2
        assert peer.requests == [b"1\n"]
        assert link.counters.lost == 1


@virtual
async def test_listeners_hear_every_change_and_a_broken_one_disturbs_nobody() -> None:
    heard: list[LinkStatus] = []

    def broken(_: LinkStatus) -> None:
        raise ZeroDivisionError

    async with memory_bench(lambda r: r) as (link, _, seam):
        link.add_listener(broken)
        link.add_listener(heard.append)
        seam.cut("device")
        await asyncio.sleep(1.0)
        assert [status.state for status in heard] == [LinkState.WAITING, LinkState.CONNECTING, LinkState.UP]
        assert heard[0].reason == "closed by the other side"
    assert heard[-1].state is LinkState.CLOSED


@virtual
async def test_silence_sends_nothing_and_does_not_connect_before_its_end() -> None:
    async with memory_bench(lambda _: None) as (link, peer, _):
        in_flight, queued = say(link, "1", timeout_s=100.0), say(link, "2")
        await asyncio.sleep(0.01)
        end_s = now_s() + 60.0
        link.silence(end_s)
        assert state_of(link) is LinkState.SILENT
        assert "NoReply" in await error_of(in_flight)
        assert "LinkDown" in await error_of(queued)
        assert await error_of(say(link, "3")) == "LinkDown: link down: silent on purpose"
        link.silence(now_s() + 1.0)  # less than promised before: changes nothing
        await asyncio.sleep(59.9)
        assert (peer.connections, len(peer.requests)) == (1, 1)
        assert link.next_attempt_s == end_s
        await asyncio.sleep(0.2)
        assert state_of(link) is LinkState.UP
        assert peer.connections == 2
        assert link.status.since_s >= end_s - 1e-5


@virtual
async def test_silence_before_the_start_and_during_the_back_off_hold_as_well() -> None:
    seam = MemorySeam()
    link = Link(parse_link("memory:nobody"), seam, bus=Bus(timeout_s=0.1))
    started = now_s()
    link.silence(started + 5.0)
    link.start()
    assert state_of(link) is LinkState.SILENT
    await asyncio.sleep(5.1)
    assert state_of(link) is LinkState.WAITING
    link.silence(started + 20.0)
    states: list[LinkState] = []
    link.add_listener(lambda status: states.append(status.state))
    await asyncio.sleep(14.5)
    assert states == []
    await asyncio.sleep(1.0)
    assert LinkState.CONNECTING in states
    await link.close()


@virtual
async def test_idle_link_leaves_the_loop_alone() -> None:
    """On virtual time a timer that re-arms itself for nothing would keep a dead-lock from being seen."""
    async with memory_bench(slow_echo) as (link, _, _):
        assert await say(link, "1", timeout_s=1.0) == "1"
        await asyncio.sleep(2.0)
        loop: Any = asyncio.get_running_loop()
        assert [timer for timer in loop._scheduled if not timer.cancelled()] == []


@virtual
async def test_trace_keeps_the_last_frames_in_both_directions() -> None:
    async with memory_bench(slow_echo) as (link, _, _):
        for number in range(100):
            await say(link, str(number))
        frames = list(link.trace)
        assert len(frames) == 64
        assert [(frame.direction, frame.data) for frame in frames[-2:]] == [("sent", b"99\n"), ("received", b"99\n")]
        assert link.trace.dump(1).endswith("received  39 39 0a")


@virtual
async def test_dribbled_reply_is_put_together() -> None:
    async with memory_bench(lambda r: [(0.001, r[i : i + 1]) for i in range(len(r))]) as (link, _, _):
        assert await say(link, "dribble") == "dribble"


@virtual
async def test_a_request_made_while_the_reply_is_read_waits_its_turn() -> None:
    """An exchange may need a successor, and asks for it before its own end is known."""
    async with memory_bench(lambda r: r) as (link, _, _):
        more: list[asyncio.Future[str]] = []

        class Twice(Say):
            def feed(self, received: bytes) -> str | None:
                more.append(say(link, "again", Priority.STOP))
                return super().feed(received)

        other = link.submit(Twice("1"), priority=Priority.WRITE, timeout_s=0.1)
        waiting = say(link, "2", Priority.STOP)
        assert list(await asyncio.gather(other, waiting)) == ["1", "2"]
        assert await more[0] == "again"


def test_wrong_replies_are_shown_with_their_frames_but_not_every_time(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with memory_bench(lambda _: b"??\n") as (link, _, _):
            for _ in range(5):
                assert "BadReply" in await error_of(say(link, "1"))
            assert len(caplog.records) == 1
            assert "sent      31 0a\n" in caplog.text
            assert "received  3f 3f 0a" in caplog.text
            await asyncio.sleep(60.0)
            assert "BadReply" in await error_of(say(link, "1"))
            assert len(caplog.records) == 2

    run_virtual(run())
