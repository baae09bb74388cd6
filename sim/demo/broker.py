"""The demo's MQTT broker: amqtt in a process of its own, on loopback, without persistence. Not for a plant."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig
from amqtt.errors import BrokerError
from amqtt.session import Session

__all__ = ["BrokerError", "serve"]


class DemoBroker(Broker):  # type: ignore[misc]
    """amqtt 0.12 sends a new client the retained messages of every subscription of everybody; here only its own."""

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        holders = self._subscriptions.get(subscription[0], ())
        if any(holder is session for holder, _ in holders):
            await super()._publish_retained_messages_for_subscription(subscription, session)


async def serve(port: int, serving: Callable[[], None]) -> None:
    """Serves until SIGTERM or SIGINT; calls ``serving`` once it has its port, raises BrokerError where it gets none."""
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    config = BrokerConfig.from_dict(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    broker = DemoBroker(config)
    await broker.start()
    serving()
    await stop.wait()
    await broker.shutdown()
