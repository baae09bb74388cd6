"""Requests on their way from a door to the scan that takes them, and verdicts on their way back."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from controller.process_image.requests import LOWERING, Request, Verdict

MOST_WAITING = 32
"""More than a scan's worth of people pressing buttons; beyond it the door says so at once. What lowers energy is
counted by itself, so that a flood of anything else never keeps it out."""
ACTS_WITHIN_S = 5.0
"""A command older than this must not act: nobody expects it any more."""
MOST_REMEMBERED = 256


class RequestQueue:
    """One cell's waiting requests. A request is taken by at most one scan, ever: who sends it again under the same id
    is given the first verdict."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Request, float]] = []
        self._verdicts: dict[str, asyncio.Future[Verdict]] = {}
        self._settled: OrderedDict[str, Verdict] = OrderedDict()

    def put(self, request: Request) -> asyncio.Future[Verdict]:
        loop = asyncio.get_running_loop()
        verdict: asyncio.Future[Verdict] = loop.create_future()
        refusal = self._refusal(request)
        if refusal is not None:
            verdict.set_result(refusal)
        else:
            self._waiting.append((request, loop.time()))
            self._verdicts[request.id] = verdict
        return verdict

    def withdraw(self, request: Request) -> bool:
        """True if no scan had taken it: then it never acts. False: it has acted or is acting."""
        for place, (waiting, _) in enumerate(self._waiting):
            if waiting is request:
                del self._waiting[place]
                self._verdicts.pop(request.id, None)
                return True
        return False

    def take(self, suspended_s: float = 0.0) -> tuple[Request, ...]:
        """Everything that waits and is young enough to act; ``suspended_s`` is time that the loop's clock missed."""
        if not self._waiting:
            return ()
        oldest_s = asyncio.get_running_loop().time() - ACTS_WITHIN_S + suspended_s
        waiting, self._waiting = self._waiting, []
        text = f"it waited for more than {ACTS_WITHIN_S:g} s and never acts"
        self.settle(Verdict(request, False, "stale", text) for request, put_s in waiting if put_s < oldest_s)
        return tuple(request for request, put_s in waiting if put_s >= oldest_s)

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            self._settled[verdict.request.id] = verdict
            if len(self._settled) > MOST_REMEMBERED:
                self._settled.popitem(last=False)
            waiting = self._verdicts.pop(verdict.request.id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(verdict)

    def _refusal(self, request: Request) -> Verdict | None:
        settled = self._settled.get(request.id)
        if settled is not None and settled.request == request:
            return settled
        if settled is not None:
            return Verdict(request, False, "id_used", "this id was given to another command before")
        if request.id in self._verdicts:
            return Verdict(request, False, "duplicate", "this command is already on its way")
        lowers = request.verb in LOWERING
        if sum((waiting.verb in LOWERING) is lowers for waiting, _ in self._waiting) >= MOST_WAITING:
            return Verdict(request, False, "busy", f"{MOST_WAITING} commands are waiting for this cell")
        return None


def judge(requests: tuple[Request, ...], *judgements: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """One verdict per request: a refusal by anyone is a refusal, and silence from everyone is one too."""
    verdicts = []
    for request in requests:
        said = [verdict for verdicts_of_one in judgements for verdict in verdicts_of_one if verdict.request is request]
        refused = [verdict for verdict in said if not verdict.accepted]
        if refused:
            verdicts.append(refused[0])
        elif said:
            verdicts.append(said[0])
        else:
            verdicts.append(Verdict(request, False, "not_handled", f"nothing here knows how to {request.verb.value}"))
    return tuple(verdicts)
