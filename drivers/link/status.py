"""What a link lets others know about itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class LinkState(Enum):
    CLOSED = "closed"
    CONNECTING = "connecting"
    UP = "up"
    WAITING = "waiting"
    """Not connected; the next attempt is set."""
    SILENT = "silent"
    """Not connected on purpose, and not to be connected before a given time."""


class LinkStatus(NamedTuple):
    state: LinkState
    reason: str
    """Why it is not up, in words for an operator; empty while it is."""
    since_s: float
    """Event loop time at which this state was entered."""


@dataclass(slots=True)
class LinkCounters:
    """Since the link was made. Every request ends as exactly one of replies, refused, bad_replies, timeouts or lost."""

    requests: int = 0
    replies: int = 0
    refused: int = 0
    """Replies that say no."""
    bad_replies: int = 0
    timeouts: int = 0
    lost: int = 0
    """Requests whose connection ended before the reply."""
    not_sent: int = 0
    """Requests that failed in the queue."""
    connects: int = 0
    discarded_bytes: int = 0

    @property
    def errors(self) -> int:
        return self.refused + self.bad_replies + self.timeouts + self.lost
