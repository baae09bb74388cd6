from __future__ import annotations

import asyncio

from controller.operator_requests import ACTS_WITHIN_S, MOST_REMEMBERED, MOST_WAITING, RequestQueue, judge
from controller.process_image.requests import Request, Verb, Verdict
from sim.virtual_time import run_virtual


def request(identity: str, verb: Verb = Verb.HOLD) -> Request:
    return Request(id=identity, verb=verb, actor="ann")


async def test_a_request_is_taken_once_and_settled() -> None:
    queue = RequestQueue()
    wanted = request("a")
    verdict = queue.put(wanted)
    assert queue.take() == (wanted,)
    assert queue.take() == ()
    queue.settle([Verdict(wanted, True, "accepted", "")])
    assert (await verdict).accepted


async def test_a_repeated_id_is_refused_while_the_first_is_on_its_way() -> None:
    queue = RequestQueue()
    queue.put(request("a"))
    assert (await queue.put(request("a"))).code == "duplicate"
    assert len(queue.take()) == 1


async def test_a_withdrawn_request_never_acts() -> None:
    queue = RequestQueue()
    wanted = request("a")
    queue.put(wanted)
    assert queue.withdraw(wanted)
    assert queue.take() == ()
    queue.put(wanted)
    queue.take()
    assert not queue.withdraw(wanted)


async def test_the_queue_is_bounded() -> None:
    queue = RequestQueue()
    for number in range(MOST_WAITING):
        queue.put(request(str(number)))
    assert (await queue.put(request("one more"))).code == "busy"
    assert len(queue.take()) == MOST_WAITING


def test_one_refusal_refuses_and_silence_refuses_too() -> None:
    first, second, third = request("1"), request("2"), request("3")
    yes, no = Verdict(first, True, "accepted", ""), Verdict(first, False, "not_armed", "arm first")
    verdicts = judge((first, second, third), (yes,), (no, Verdict(second, True, "accepted", "")))
    assert [(v.request.id, v.accepted, v.code) for v in verdicts] == [
        ("1", False, "not_armed"),
        ("2", True, "accepted"),
        ("3", False, "not_handled"),
    ]


async def test_a_settled_request_is_not_taken_again_and_gets_its_verdict() -> None:
    queue = RequestQueue()
    wanted = request("a")
    queue.put(wanted)
    queue.take()
    verdict = Verdict(wanted, True, "accepted", "done")
    queue.settle([verdict])
    assert await queue.put(request("a")) == verdict
    assert (await queue.put(request("a", Verb.STOP))).code == "id_used"
    assert queue.take() == ()


async def test_what_lowers_is_counted_by_itself() -> None:
    queue = RequestQueue()
    for number in range(MOST_WAITING):
        queue.put(request(str(number), Verb.DOSE))
    assert (await queue.put(request("more", Verb.DOSE))).code == "busy"
    assert not queue.put(request("stop", Verb.STOP)).done()
    assert queue.take()[-1].verb is Verb.STOP


def test_an_old_request_never_acts() -> None:
    async def test() -> None:
        queue = RequestQueue()
        old = queue.put(request("old"))
        await asyncio.sleep(ACTS_WITHIN_S - 1.0)
        queue.put(request("young"))
        await asyncio.sleep(1.1)
        assert [taken.id for taken in queue.take()] == ["young"]
        assert (await old).code == "stale"
        slept = queue.put(request("slept"))
        assert queue.take(suspended_s=6.0) == ()
        assert (await slept).code == "stale"

    run_virtual(test())


async def test_what_is_remembered_is_bounded() -> None:
    queue = RequestQueue()
    for number in range(MOST_REMEMBERED + 10):
        wanted = request(str(number))
        queue.put(wanted)
        queue.take()
        queue.settle([Verdict(wanted, True, "accepted", "")])
    assert len(queue._settled) == MOST_REMEMBERED
