"""Against a real broker that dies, hangs and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiomqtt
import pytest

from controller.plant import MqttSettings
from controller.telemetry.message import Message
from controller.telemetry.mqtt_link import MqttLink
from controller.telemetry.outbox import Outbox
from tests.support.mosquitto import NEEDS_MOSQUITTO, Mosquitto, mosquitto

__all__ = ["mosquitto"]

pytestmark = [pytest.mark.mosquitto, NEEDS_MOSQUITTO]

ONLINE = Message("t/status", b"online", 1, True)
OFFLINE = Message("t/status", b"offline", 1, True)
SWEPT = ("t/+/alarm/+",)


class Subscriber:
    """Everything below ``t/`` as an independent client sees it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.retained: dict[str, bytes] = {}

    def payloads(self, topic: str) -> list[bytes]:
        return [payload for seen, payload in self.seen if seen == topic]

    async def run(self, port: int, ready: asyncio.Event) -> None:
        async with aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("t/#", qos=1)
            ready.set()
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                if message.retain:
                    self.retained[str(message.topic)] = message.payload
                self.seen.append((str(message.topic), message.payload))


@contextlib.asynccontextmanager
async def subscribed(port: int) -> AsyncIterator[Subscriber]:
    subscriber, ready = Subscriber(), asyncio.Event()
    task = asyncio.create_task(subscriber.run(port, ready))
    await asyncio.wait_for(ready.wait(), 5.0)
    try:
        yield subscriber
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, aiomqtt.MqttError):
            await task


async def until(condition: Callable[[], bool], within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0.01)


def settings(port: int, **more: str) -> MqttSettings:
    return MqttSettings("127.0.0.1", port, **more)


@contextlib.asynccontextmanager
async def linked(port: int, outbox: Outbox | None = None, *, connected: bool = True) -> AsyncIterator[MqttLink]:
    link = MqttLink(
        settings(port),
        identifier="test-link",
        online=lambda: ONLINE,
        offline=lambda: OFFLINE,
        swept=SWEPT,
        outbox=outbox,
    )
    link.start()
    try:
        if connected:
            await until(lambda: link.status.connected)
        yield link
    finally:
        await link.close(0.3)


async def test_messages_of_every_kind_arrive_whole_and_in_order(mosquitto: Mosquitto) -> None:
    async with subscribed(mosquitto.port) as subscriber, linked(mosquitto.port) as link:
        for number in range(100):
            link.publish("t/ce1/event", b"%d" % number, 1)
            link.publish("t/ce1/snapshot", b"%d" % number)
        link.publish("t/ce1/tag/a", b"1", 0, True)
        await until(lambda: len(subscriber.payloads("t/ce1/event")) == 100)
        await until(lambda: len(subscriber.payloads("t/ce1/snapshot")) == 100)
        await until(lambda: subscriber.payloads("t/ce1/tag/a") == [b"1"])
    wanted = [b"%d" % number for number in range(100)]
    assert subscriber.payloads("t/ce1/event") == wanted
    assert subscriber.payloads("t/ce1/snapshot") == wanted
    assert subscriber.payloads("t/status") == [b"online", b"offline"]
    assert link.counters.dropped == 0


async def test_a_broker_that_forgot_everything_is_told_everything_again(mosquitto: Mosquitto) -> None:
    async with linked(mosquitto.port) as link:
        for number in range(300):
            link.publish(f"t/ce1/tag/n{number}", b"%d" % number, 0, True)
        link.publish("t/ce1/meta", b"meta", 1, True)
        link.publish("t/ce1/alarm/gone", b"raised", 1, True)
        link.publish("t/ce1/alarm/gone", b"", 1, True)
        await until(lambda: link.settled)
        mosquitto.kill()
        await until(lambda: not link.status.connected)
        assert link.status.reason
        link.publish("t/ce1/tag/n0", b"newer", 0, True)
        mosquitto.start()
        await until(lambda: link.status.connected and link.settled)
        async with subscribed(mosquitto.port) as subscriber:
            await until(lambda: len(subscriber.retained) == 302)
        assert subscriber.retained["t/ce1/tag/n0"] == b"newer"
        assert subscriber.retained["t/ce1/tag/n299"] == b"299"
        assert subscriber.retained["t/ce1/meta"] == b"meta"
        assert subscriber.retained["t/status"] == b"online"
        assert "t/ce1/alarm/gone" not in subscriber.retained


async def test_no_event_is_lost_across_an_outage(mosquitto: Mosquitto) -> None:
    sent = 0
    seen: list[bytes] = []
    async with linked(mosquitto.port) as link:
        for _ in range(3):
            async with subscribed(mosquitto.port) as subscriber:
                for _ in range(50):
                    link.publish("t/ce1/event", b"%d" % sent, 1)
                    sent += 1
                # Some are acknowledged by now, some in flight, some not sent.
                await until(lambda: len(subscriber.payloads("t/ce1/event")) >= 10)
                mosquitto.kill()
                await asyncio.sleep(0.05)
                seen += subscriber.payloads("t/ce1/event")
            for _ in range(10):
                link.publish("t/ce1/event", b"%d" % sent, 1)
                sent += 1
            await until(lambda: not link.status.connected)
            mosquitto.start()
            async with subscribed(mosquitto.port) as subscriber:
                newest = b"%d" % (sent - 1)
                await until(lambda: newest in subscriber.payloads("t/ce1/event"))  # noqa: B023
                seen += subscriber.payloads("t/ce1/event")
    # mosquitto passes a message on before it acknowledges it, so what was acknowledged was seen.
    assert {int(number) for number in seen} == set(range(sent))
    assert link.counters.events_refused == 0


async def test_a_broker_that_hangs_costs_nobody_anything(mosquitto: Mosquitto) -> None:
    outbox = Outbox(most_telemetry=64, most_events=100)
    async with linked(mosquitto.port, outbox) as link:
        mosquitto.hang()
        payload = b"x" * 4000
        for scan in range(6000):
            link.publish("t/ce1/snapshot", payload)
            link.publish("t/ce1/tag/a", b"%d" % scan, 0, True)
            if scan % 50 == 0:
                link.publish("t/ce1/event", b"%d" % scan, 1)
                await asyncio.sleep(0.001)
            assert link.counters.queued <= 64 + 100 + 10
        assert link.counters.dropped > 1000
        assert link.counters.events_refused <= 6000 // 50
        mosquitto.go_on()
        await until(lambda: link.status.connected and link.settled)
        async with subscribed(mosquitto.port) as subscriber:
            await until(lambda: subscriber.retained.get("t/ce1/tag/a") == b"5999")


async def test_a_broker_that_hangs_is_noticed_and_found_again(mosquitto: Mosquitto) -> None:
    link = MqttLink(
        settings(mosquitto.port), identifier="t", online=lambda: ONLINE, offline=lambda: OFFLINE, keepalive_s=1
    )
    link.start()
    await until(lambda: link.status.connected)
    mosquitto.hang()
    await until(lambda: not link.status.connected)
    assert "keep" in link.status.reason.lower()
    mosquitto.go_on()
    await until(lambda: link.status.connected)
    await link.close()


async def test_closing_does_not_wait_for_a_broker_that_hangs(mosquitto: Mosquitto) -> None:
    link = MqttLink(settings(mosquitto.port), identifier="test-link", online=lambda: ONLINE, offline=lambda: OFFLINE)
    mosquitto.hang()
    link.start()
    await asyncio.sleep(0.2)
    assert not link.status.connected
    async with asyncio.timeout(3.0):
        await link.close()


CHILD = """
import asyncio, sys
from controller.plant import MqttSettings
from controller.telemetry.message import Message
from controller.telemetry.mqtt_link import MqttLink
async def main():
    link = MqttLink(MqttSettings("127.0.0.1", int(sys.argv[1])), identifier="child",
                    online=lambda: Message("t/status", b"online", 1, True),
                    offline=lambda: Message("t/status", b"will", 1, True))
    link.start()
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_the_will_is_published_when_the_daemon_is_killed(mosquitto: Mosquitto) -> None:
    async with subscribed(mosquitto.port) as subscriber:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, str(mosquitto.port), cwd=Path(__file__).parents[3]
        )
        try:
            await until(lambda: subscriber.payloads("t/status") == [b"online"])
        finally:
            child.kill()
            await child.wait()
        await until(lambda: subscriber.payloads("t/status") == [b"online", b"will"])


async def test_notices_of_an_earlier_run_are_deleted_and_our_own_are_not(mosquitto: Mosquitto) -> None:
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as earlier:
        await earlier.publish("t/ce1/alarm/left", b"raised", 1, True)
        await earlier.publish("t/ce1/alarm/both", b"old", 1, True)
        await earlier.publish("t/ce1/tag/a", b"1", 1, True)
    async with linked(mosquitto.port, connected=False) as link:
        link.publish("t/ce1/alarm/both", b"new", 1, True)
        await until(lambda: link.status.connected and link.counters.published >= 3 and link.settled)
        async with subscribed(mosquitto.port) as subscriber:
            await until(lambda: "t/status" in subscriber.retained)
        assert subscriber.retained == {"t/ce1/alarm/both": b"new", "t/ce1/tag/a": b"1", "t/status": b"online"}


async def test_a_wrong_password_is_a_reason_and_no_exception(tmp_path: Path) -> None:
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("mosquitto_passwd is not installed")
    passwords = tmp_path / "passwords"
    child = await asyncio.create_subprocess_exec(program, "-b", "-c", str(passwords), "didymium", "right")
    assert await child.wait() == 0
    broker = Mosquitto(tmp_path, password_file=passwords)
    broker.start()
    try:
        wrong = MqttLink(
            settings(broker.port, username="didymium", password="wrong"),
            identifier="x",
            online=lambda: ONLINE,
            offline=lambda: OFFLINE,
        )
        wrong.start()
        await until(lambda: wrong.status.reason not in ("", "connecting"))
        assert "not auth" in wrong.status.reason.lower()
        assert not wrong.status.connected
        await wrong.close()
        right = MqttLink(
            settings(broker.port, username="didymium", password="right"),
            identifier="x",
            online=lambda: ONLINE,
            offline=lambda: OFFLINE,
        )
        right.start()
        await until(lambda: right.status.connected)
        await right.close()
    finally:
        broker.close()


async def test_no_broker_at_all_is_a_reason(tmp_path: Path) -> None:
    port = Mosquitto(tmp_path).port
    async with linked(port, connected=False) as link:
        await until(lambda: "refused" in link.status.reason.lower())
        link.publish("t/ce1/snapshot", b"1")
        link.publish("t/ce1/tag/a", b"1", 0, True)
        assert link.counters.dropped == 1
    assert link.status.reason == "closed"
