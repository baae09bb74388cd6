"""Requests on their way from a door to the scan that takes them, and verdicts on their way back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from controller.process_image.requests import Request, Verdict

MOST_WAITING = 32
"""More than a scan's worth of people pressing buttons; beyond it the door says so at once."""


class RequestQueue:
    """One cell's waiting requests. A request is taken by at most one scan, ever."""

    def __init__(self) -> None:
        self._waiting: list[Request] = []
        self._verdicts: dict[str, asyncio.Future[Verdict]] = {}

    def put(self, request: Request) -> asyncio.Future[Verdict]:
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        if request.id in self._verdicts:
            verdict.set_result(Verdict(request, False, "duplicate", "this command is already on its way"))
        elif len(self._waiting) >= MOST_WAITING:
            verdict.set_result(Verdict(request, False, "busy", f"{MOST_WAITING} commands are waiting for this cell"))
        else:
            self._waiting.append(request)
            self._verdicts[request.id] = verdict
        return verdict

    def withdraw(self, request: Request) -> bool:
        """True if no scan had taken it: then it never acts. False: it has acted or is acting."""
        if request not in self._waiting:
            return False
        self._waiting.remove(request)
        self._verdicts.pop(request.id, None)
        return True

    def take(self) -> tuple[Request, ...]:
        taken, self._waiting = tuple(self._waiting), []
        return taken

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            waiting = self._verdicts.pop(verdict.request.id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(verdict)


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
