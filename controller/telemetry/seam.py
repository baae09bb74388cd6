"""The message seam: what the daemon asks of whoever carries its messages."""

from __future__ import annotations

from typing import NamedTuple, Protocol


class MessageStatus(NamedTuple):
    """``reason`` says why there is no connection; ``since_s`` is when this status began, in loop time."""

    connected: bool
    reason: str
    since_s: float


class MessageCounters(NamedTuple):
    published: int
    """Handed to the connection, repetitions after a reconnect included."""
    dropped: int
    """Telemetry that was never sent: the broker was away or too slow."""
    coalesced: int
    """Retained states replaced by a newer one before they were sent."""
    events_refused: int
    """Events that found their queue full."""
    queued: int
    connects: int


class Messages(Protocol):
    @property
    def status(self) -> MessageStatus: ...
    @property
    def counters(self) -> MessageCounters: ...

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        """Never blocks, never raises for the broker's sake. Retained state is kept and repeated after a reconnect;
        QoS 1 without retain is an event and is delivered at least once; the rest is telemetry and may be dropped."""
        ...

    def start(self) -> None: ...
    async def close(self) -> None: ...
