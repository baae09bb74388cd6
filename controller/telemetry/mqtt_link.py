"""The MQTT link: takes messages without ever making anybody wait, and keeps a connection if there is a broker."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable, Sequence

import aiomqtt
from paho.mqtt.client import MQTTMessageInfo

from controller.plant import MqttSettings
from controller.telemetry.connection import Connection, acknowledged
from controller.telemetry.message import Message
from controller.telemetry.outbox import Outbox
from controller.telemetry.seam import MessageCounters, MessageStatus

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 5.0
STEADY_S = 10.0
"""A connection that lasted this long was a good one: the next failure starts with a short wait again."""
BATCH = 256
IN_FLIGHT = 20
POLL_S = 0.02
KEEPALIVE_S = 5
"""A broker that hangs is given up after twice this."""


class MqttLink:
    """``online`` is sent at every connect, ``offline`` is the last word, and ``will`` what the broker says in its place
    (``offline`` unless given); all go to the same topic.
    ``swept`` are filters of retained notices: those that this run does not hold are left from an earlier one and are
    deleted. The client identifier must be the same at every start, so that a broker ends the old session (and its
    will) before the new one begins."""

    def __init__(
        self,
        settings: MqttSettings,
        *,
        identifier: str,
        online: Callable[[], Message],
        offline: Callable[[], Message],
        will: Callable[[], Message] | None = None,
        swept: Sequence[str] = (),
        outbox: Outbox | None = None,
        keepalive_s: int = KEEPALIVE_S,
    ) -> None:
        self._settings = settings
        self._identifier = identifier
        self._online = online
        self._offline = offline
        self._will = offline if will is None else will
        self._swept = tuple(swept)
        self._outbox = Outbox() if outbox is None else outbox
        self._keepalive_s = keepalive_s
        self._random = random.Random(identifier)  # noqa: S311 - spreads reconnects, guards nothing
        self._status = MessageStatus(False, "not started", 0.0)
        self._connection: Connection | None = None
        self._in_flight: deque[tuple[MQTTMessageInfo, Message]] = deque()
        self._flush_due = False
        self._published = self._connects = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def status(self) -> MessageStatus:
        return self._status

    @property
    def counters(self) -> MessageCounters:
        box = self._outbox
        return MessageCounters(
            self._published, box.dropped, box.coalesced, box.events_refused, len(box), self._connects
        )

    @property
    def settled(self) -> bool:
        """Everything that can be sent was sent, and acknowledged where that is owed."""
        connection = self._connection
        if connection is None:
            return True
        return (
            not len(self._outbox) and not connection.backlog and all(acknowledged(info) for info, _ in self._in_flight)
        )

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        self._outbox.put(Message(topic, payload, qos, retain))
        if self._connection is not None:
            self._flush_soon()

    def start(self) -> None:
        """Needs the running loop."""
        if self._task is None:
            self._loop = asyncio.get_running_loop()
            self._set_status(False, "connecting")
            self._task = self._loop.create_task(self._run(), name="mqtt link")

    async def close(self, timeout_s: float = 1.0) -> None:
        """Send what is waiting and say offline, as far as the broker takes it within the time."""
        if self._task is None or self._loop is None:
            return
        if self._connection is not None:
            self._outbox.put(self._offline())
            self._flush_soon()
            until_s = self._loop.time() + timeout_s
            while not self.settled and self._loop.time() < until_s:  # noqa: ASYNC110 - paho offers no event
                await asyncio.sleep(POLL_S)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None
        self._set_status(False, "closed")

    async def _run(self) -> None:
        assert self._loop is not None
        wait_s = FIRST_RETRY_S
        while True:
            began_s = self._loop.time()
            try:
                reason = await self._session()
            except aiomqtt.MqttError as error:
                reason = _plain(error)
            except Exception as error:
                # Telemetry is allowed to fail in ways nobody thought of; the daemon is not.
                reason = f"{type(error).__name__}: {error}"
            self._set_status(False, reason)
            if self._loop.time() - began_s > STEADY_S:
                wait_s = FIRST_RETRY_S
            await asyncio.sleep(wait_s * self._random.uniform(0.7, 1.0))
            wait_s = min(2.0 * wait_s, LONGEST_RETRY_S)

    async def _session(self) -> str:
        settings = self._settings
        connection = Connection(
            settings.host,
            settings.port,
            username=settings.username,
            password=settings.password,
            identifier=self._identifier,
            will=self._will(),
            keepalive_s=self._keepalive_s,
        )
        try:
            await connection.open()
            self._connects += 1
            self._connection = connection
            self._outbox.connected()
            self._outbox.put(self._online())
            self._set_status(True, "")
            self._flush()
            if self._swept:
                await connection.subscribe([(topic, 1) for topic in self._swept])
            async for message in connection.messages:
                self._received(message)
        finally:
            self._connection = None
            self._outbox.disconnected([message for info, message in self._in_flight if not acknowledged(info)])
            self._in_flight.clear()
            await connection.shut()
        return "the broker closed the connection"

    def _received(self, message: aiomqtt.Message) -> None:
        """Nothing is obeyed here. A retained notice that is not ours any more is deleted."""
        topic = str(message.topic)
        if message.retain and message.payload and not self._outbox.holds(topic):
            self.publish(topic, b"", 1, True)

    def _flush_soon(self, delay_s: float = 0.0) -> None:
        assert self._loop is not None
        if self._flush_due:
            return
        self._flush_due = True
        if delay_s:
            self._loop.call_later(delay_s, self._flush)
        else:
            # Not at once: a scan publishes several messages, and all of them leave together.
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        connection = self._connection
        if connection is None:
            return
        if not connection.backlog:
            self._send(connection)
        if len(self._outbox):
            self._flush_soon(POLL_S)

    def _send(self, connection: Connection) -> None:
        in_flight = self._in_flight
        while in_flight and acknowledged(in_flight[0][0]):
            in_flight.popleft()
        for message in self._outbox.take(BATCH, IN_FLIGHT - len(in_flight)):
            try:
                info = connection.send(message)
            except ValueError:
                # No broker would take it, now or later.
                self._outbox.dropped += 1
                continue
            self._published += 1
            if message.qos:
                in_flight.append((info, message))

    def _set_status(self, connected: bool, reason: str) -> None:
        assert self._loop is not None
        self._status = MessageStatus(connected, reason, self._loop.time())


def _plain(error: aiomqtt.MqttError) -> str:
    cause = error.__cause__
    return f"{error}: {cause}" if cause is not None else str(error)
