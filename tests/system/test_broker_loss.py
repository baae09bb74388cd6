"""The broker dies and comes back without a memory; the scan does not look up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import aiomqtt
import pytest

from tests.support.mosquitto import NEEDS_MOSQUITTO, Mosquitto
from tests.support.retained import retained_messages
from tests.support.section_processes import SectionProcesses, no_traceback, section, until

_log = logging.getLogger(__name__)
pytestmark = [pytest.mark.mosquitto, NEEDS_MOSQUITTO]
PREFIX = "didymium/v1/demo/hall1"
WHOLE_WITHIN_S = 15.0
"""Back-off of the MQTT link (5 s at most), and a margin for slow machines."""


class Running(NamedTuple):
    processes: SectionProcesses
    broker: Mosquitto


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("broker")
    broker = Mosquitto(folder)
    broker.start()
    try:
        with section(folder, broker_port=broker.port) as processes:
            processes.run_automatically("ce1")
            # Something that stands, so that an alarm is retained too.
            processes.simulator.tell("fault coolant_loss ce1/contacts 1000")
            until(lambda: "Coolant does not flow" in processes.status("ce1")["alarms"], 10.0, "the alarm stands")
            yield Running(processes, broker)
    finally:
        broker.close()


def missing(found: dict[str, Any]) -> set[str]:
    """What a whole picture has and this one has not."""
    wanted = {"status", "health", "ce1/meta", "prnd1/meta", "ce1/alarm/coolant_lost"}
    for cell in ("ce1", "prnd1"):
        wanted |= {f"{cell}/tag/{tag['name']}" for tag in found.get(f"{cell}/meta", {}).get("tags", [])}
    return wanted - set(found)


async def whole_picture(port: int) -> dict[str, Any]:
    until_s = time.monotonic() + WHOLE_WITHIN_S
    lacking: set[str] = {"everything"}
    while time.monotonic() < until_s:
        try:
            found = await retained_messages(port, PREFIX)
        except aiomqtt.MqttError:
            await asyncio.sleep(0.1)
            continue
        lacking = missing(found)
        if not lacking:
            return found
    raise AssertionError(f"after {WHOLE_WITHIN_S:g} s the broker still lacks {sorted(lacking)[:10]}")


async def test_a_newcomer_is_given_the_whole_picture(running: Running) -> None:
    found = await whole_picture(running.broker.port)
    assert found["status"]["status"] == "online"
    assert found["status"]["kind"] == "sim", "every device says so"
    assert len([topic for topic in found if topic.startswith("ce1/tag/")]) > 100
    assert found["ce1/tag/line_current_a"]["q"] == "good"
    assert found["ce1/tag/line_current_a"]["u"] == "A"
    assert 20_000.0 < found["ce1/tag/line_current_a"]["v"] < 40_000.0
    assert found["ce1/alarm/coolant_lost"]["state"] == "active"


async def test_the_scan_goes_on_without_a_broker_and_its_successor_gets_the_whole_picture(running: Running) -> None:
    processes, broker = running
    before = {cell: processes.status(cell) for cell in ("ce1", "prnd1")}
    broker.kill()
    until(
        lambda: processes.status("ce1")["scan"] >= before["ce1"]["scan"] + 6, 10.0, "six scans went by without broker"
    )
    for cell, status in before.items():
        now = processes.status(cell)
        assert (now["missed"], now["mode"], now["armed"]) == (0, status["mode"], status["armed"])
    assert processes.status("ce1")["mode"] == "AUTOMATIC"

    broker.start()
    returned_s = time.monotonic()
    found = await whole_picture(broker.port)
    _log.info("the broker has the whole picture %.2f s after it is back", time.monotonic() - returned_s)
    assert found["status"]["status"] == "online"
    assert found["ce1/tag/mode"]["v"] == "AUTOMATIC"
    assert all(processes.status(cell)["missed"] == 0 for cell in before)


async def test_a_broker_that_hangs_is_no_other_matter(running: Running) -> None:
    processes, broker = running
    scan = processes.status("ce1")["scan"]
    broker.hang()
    try:
        until(lambda: processes.status("ce1")["scan"] >= scan + 6, 10.0, "six scans went by with a hanging broker")
        assert processes.status("ce1")["missed"] == 0
    finally:
        broker.go_on()


async def test_an_orderly_end_is_told(running: Running) -> None:
    processes, broker = running
    assert processes.daemon.terminate() == 0
    no_traceback(processes.daemon)
    found = await retained_messages(broker.port, PREFIX)
    assert found["status"]["status"] == "offline"
