"""What waits to be sent, and what must be said again to a broker that has forgotten it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from controller.telemetry.message import Message

MOST_TELEMETRY = 512
MOST_EVENTS = 10_000
MOST_DELETIONS = 1_000


class Outbox:
    """Three kinds of message, three rules. Retained state: one message per topic, the newest, never dropped. Events
    (QoS 1): in order, never dropped; refused when the queue is full, which their numbers then show. Telemetry: oldest
    dropped first, and none kept while there is no connection, for old telemetry must not arrive as if it were new."""

    def __init__(self, *, most_telemetry: int = MOST_TELEMETRY, most_events: int = MOST_EVENTS) -> None:
        self.dropped = 0
        self.coalesced = 0
        self.events_refused = 0
        self._most_telemetry = most_telemetry
        self._most_events = most_events
        self._online = False
        self._retained: dict[str, Message] = {}
        self._due: dict[str, None] = {}
        self._deleted: dict[str, None] = {}
        self._events: deque[Message] = deque()
        self._telemetry: deque[Message] = deque()

    def __len__(self) -> int:
        return len(self._due) + len(self._events) + len(self._telemetry)

    def holds(self, topic: str) -> bool:
        """Is there a state of ours that a broker should retain here?"""
        message = self._retained.get(topic)
        return message is not None and bool(message.payload)

    def put(self, message: Message) -> None:
        if message.retain:
            self._put_retained(message)
        elif message.qos:
            if len(self._events) >= self._most_events:
                self.events_refused += 1
            else:
                self._events.append(message)
        elif not self._online:
            self.dropped += 1
        else:
            self._telemetry.append(message)
            if len(self._telemetry) > self._most_telemetry:
                self._telemetry.popleft()
                self.dropped += 1

    def connected(self) -> None:
        """A new connection: all that is retained is due again, deletions too."""
        self._online = True
        self._due = dict.fromkeys(self._retained)

    def disconnected(self, unacknowledged: Iterable[Message] = ()) -> None:
        """Events that were sent and not acknowledged go back to the front; the broker may see them twice."""
        self._online = False
        self._due.clear()
        self.dropped += len(self._telemetry)
        self._telemetry.clear()
        self._events.extendleft(reversed([message for message in unacknowledged if not message.retain]))

    def take(self, most: int, most_qos1: int) -> list[Message]:
        """At most so many messages, and at most so many of them with QoS 1."""
        batch: list[Message] = []
        for topic in tuple(self._due):
            if len(batch) >= most:
                break
            message = self._retained[topic]
            if message.qos:
                if most_qos1 <= 0:
                    continue
                most_qos1 -= 1
            del self._due[topic]
            batch.append(message)
        while self._events and most_qos1 > 0 and len(batch) < most:
            batch.append(self._events.popleft())
            most_qos1 -= 1
        while self._telemetry and len(batch) < most:
            batch.append(self._telemetry.popleft())
        return batch

    def _put_retained(self, message: Message) -> None:
        topic = message.topic
        if topic in self._due:
            self.coalesced += 1
        self._retained[topic] = message
        if self._online:
            self._due[topic] = None
        self._deleted.pop(topic, None)
        if not message.payload:
            self._deleted[topic] = None
            if len(self._deleted) > MOST_DELETIONS:
                oldest = next(iter(self._deleted))
                del self._deleted[oldest]
                if oldest not in self._due:
                    del self._retained[oldest]
