"""A broker in memory, for virtual time and tests: no socket, no task, retained messages as a real one keeps them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from controller.telemetry.message import Message
from controller.telemetry.seam import MessageCounters, MessageStatus


class MemoryMessages:
    """``log`` holds the newest messages in order, ``retained`` what a subscriber would be given first."""

    def __init__(self, *, keep: int = 10_000) -> None:
        self.log: deque[Message] = deque(maxlen=keep)
        self.retained: dict[str, Message] = {}
        self._listeners: list[Callable[[Message], None]] = []
        self._status = MessageStatus(False, "not started", 0.0)
        self._published = 0

    @property
    def status(self) -> MessageStatus:
        return self._status

    @property
    def counters(self) -> MessageCounters:
        return MessageCounters(self._published, 0, 0, 0, 0, int(self._status.connected))

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        message = Message(topic, payload, qos, retain)
        self._published += 1
        self.log.append(message)
        if retain:
            if payload:
                self.retained[topic] = message
            else:
                self.retained.pop(topic, None)
        for listener in self._listeners:
            listener(message)

    def subscribe(self, listener: Callable[[Message], None]) -> None:
        """First everything retained, then every message, at once and in order."""
        for message in tuple(self.retained.values()):
            listener(message)
        self._listeners.append(listener)

    def start(self) -> None:
        self._status = MessageStatus(True, "", asyncio.get_running_loop().time())

    async def close(self) -> None:
        self._status = MessageStatus(False, "closed", asyncio.get_running_loop().time())
