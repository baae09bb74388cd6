"""One connection to a broker: aiomqtt's client, with a publish that costs a third.

aiomqtt ties paho's client to the event loop, and that is used as it is. Its ``publish`` waits for each message to leave
(a task, a timer and an event on Python 3.11), and its ``on_publish`` callback makes paho build a reason code for each.
Both are bypassed: the message goes to paho's own ``publish``, which never blocks, and ``backlog`` tells the sender when
the socket has not taken the last batch. A test against a real broker guards this at every upgrade.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket

import aiomqtt
from paho.mqtt.client import MQTTMessageInfo

from controller.telemetry.message import Message

CONNECT_WITHIN_S = 3.0
"""In paho's thread and on the wall clock: closing the link may have to wait this long."""
ANSWER_WITHIN_S = 10.0
"""In loop time, which a demonstration runs up to 60 times faster: still 0.17 s for a broker on the same machine."""
_GLANCE_S = 0.02

_quiet = logging.getLogger(__name__)
# The link reports the state of the connection; paho would log each failure a second time.
_quiet.setLevel(logging.CRITICAL + 1)


class Connection(aiomqtt.Client):
    """Used once: ``open``, then iterate ``messages`` until it raises MqttError, then ``shut``."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str | None,
        password: str | None,
        identifier: str,
        will: Message,
        keepalive_s: int,
    ) -> None:
        super().__init__(
            host,
            port,
            username=username,
            password=password,
            identifier=identifier,
            protocol=aiomqtt.ProtocolVersion.V311,
            will=aiomqtt.Will(will.topic, will.payload, will.qos, will.retain),
            clean_session=True,
            timeout=ANSWER_WITHIN_S,
            keepalive=keepalive_s,
            max_queued_incoming_messages=1000,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            logger=_quiet,
        )
        self._client.on_publish = None
        self._client.connect_timeout = CONNECT_WITHIN_S

    async def open(self) -> None:
        """Raises MqttError. A cancellation waits until the connecting thread is done, or it would leave a socket."""
        opening = asyncio.ensure_future(self.__aenter__())
        try:
            await asyncio.shield(opening)
        except asyncio.CancelledError:
            while not opening.done() and self._client.socket() is None:  # noqa: ASYNC110 - paho offers no event
                await asyncio.sleep(_GLANCE_S)
            await asyncio.sleep(_GLANCE_S)
            # The socket first: aiomqtt's callbacks cannot bear a cancelled ``open``.
            await self._give_back_socket()
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            raise

    @property
    def backlog(self) -> bool:
        """Messages handed over are still waiting for the socket."""
        return self._client.want_write()

    def send(self, message: Message) -> MQTTMessageInfo:
        """Hand over one message; never blocks. Raises ValueError for a topic MQTT does not allow."""
        return self._client.publish(message.topic, message.payload, message.qos, message.retain)

    async def shut(self) -> None:
        """Say good-bye where that is possible at once, and give the socket back in any case."""
        if self._connected.done() and not self._connected.cancelled() and not self.backlog:
            with contextlib.suppress(aiomqtt.MqttError):
                await self.__aexit__(None, None, None)
        await self._give_back_socket()
        for future in (self._connected, self._disconnected):
            if future.done() and not future.cancelled():
                future.exception()

    async def _give_back_socket(self) -> None:
        # Callbacks of paho that touch the socket may be on their way to the loop.
        await asyncio.sleep(0)
        left = self._client.socket()
        if isinstance(left, socket.socket) and left.fileno() >= 0:
            self._loop.remove_reader(left)
            self._loop.remove_writer(left)
            left.close()
        if self._misc_task is not None:
            self._misc_task.cancel()
            await asyncio.wait([self._misc_task])


def acknowledged(info: MQTTMessageInfo) -> bool:
    """Has the broker confirmed this QoS 1 message?"""
    try:
        return info.is_published()
    except (RuntimeError, ValueError):
        return False
