from __future__ import annotations

import json
import math
import random
from typing import Any

from controller.telemetry.message import Message
from controller.telemetry.section_publisher import SectionPublisher
from controller.telemetry.topics import AreaTopics

TOPICS = AreaTopics("s", "a")


def section(seed: int = 1) -> SectionPublisher:
    return SectionPublisher(TOPICS, boot="b1", version="0.1", kind="sim", random_bytes=random.Random(seed).randbytes)


def run(publisher: SectionPublisher, seconds: int) -> list[Message]:
    calls: list[int] = []

    def health() -> dict[str, Any]:
        calls.append(1)
        return {"missed": 0, "p99_ms": math.nan}

    messages = [
        message for second in range(seconds) for message in publisher.tick(float(second), second * 1000, health)
    ]
    assert len(calls) == len([message for message in messages if message.topic == TOPICS.health])
    return messages


def test_a_new_token_every_two_seconds_is_never_retained() -> None:
    tokens = [message for message in run(section(), 20) if message.topic == TOPICS.token]
    assert [json.loads(message.payload)["ts"] for message in tokens] == list(range(0, 20_000, 2_000))
    assert {(message.qos, message.retain) for message in tokens} == {(0, False)}
    values = {json.loads(message.payload)["token"] for message in tokens}
    assert len(values) == len(tokens)
    assert {len(bytes.fromhex(value)) for value in values} == {16}


def test_the_same_source_gives_the_same_tokens() -> None:
    assert run(section(3), 10) == run(section(3), 10)
    assert run(section(3), 10) != run(section(4), 10)


def test_health_is_retained_and_regular() -> None:
    health = [message for message in run(section(), 20) if message.topic == TOPICS.health]
    assert [json.loads(message.payload)["ts"] for message in health] == [0, 5_000, 10_000, 15_000]
    assert {(message.qos, message.retain) for message in health} == {(0, True)}
    assert json.loads(health[0].payload) == {"boot": "b1", "ts": 0, "missed": 0, "p99_ms": None}


def test_online_offline_and_the_will_name_the_run() -> None:
    online, offline, will = section().online(), section().offline(), section().will()
    assert online.topic == offline.topic == will.topic == TOPICS.status
    assert online[2:] == offline[2:] == will[2:] == (1, True)
    who = {"boot": "b1", "version": "0.1"}
    assert json.loads(online.payload) == {"status": "online", "kind": "sim", **who}
    assert json.loads(offline.payload) == {"status": "offline", "kind": "sim", **who}
    assert json.loads(will.payload) == {"status": "offline", **who}, "the kind is not known yet when a will is given"


def test_a_simulated_device_makes_the_section_sim_and_shadow_stays_shadow() -> None:
    live = SectionPublisher(TOPICS, boot="b1", version="0.1", kind="live", random_bytes=random.Random(1).randbytes)
    assert live.identify(simulated=True)
    assert json.loads(live.online().payload)["kind"] == "sim"
    assert not live.identify(simulated=True)
    assert live.identify(simulated=False)
    assert json.loads(live.offline().payload)["kind"] == "live"
    shadow = SectionPublisher(TOPICS, boot="b1", version="0.1", kind="shadow", random_bytes=random.Random(1).randbytes)
    assert not shadow.identify(simulated=True)
    assert json.loads(shadow.online().payload)["kind"] == "shadow"
