from __future__ import annotations

from controller.operator_requests import MOST_WAITING, RequestQueue, judge
from controller.process_image.requests import Request, Verb, Verdict


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
