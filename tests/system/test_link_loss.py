"""The field goes away and comes back, whole or a device at a time, under a daemon that controls both cells."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

from tests.support.section_processes import SectionProcesses, no_traceback, section, until

_log = logging.getLogger(__name__)
BAD = 2
BAD_WITHIN_S = 3.0
GOOD_WITHIN_S = 5.0
MEASURED = (
    *("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_running", "hopper_mass_kg"),
    *("bath_temperature_1_degc", "bath_temperature_2_degc", "bath_temperature_3_degc", "anode_current_1_a"),
    *("feeder_ready", "coolant_flow_healthy", "permit_contact_closed"),
)
"""At least one point of every device."""
TEMPERATURES = {f"bath_temperature_{n}_degc" for n in (1, 2, 3)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SectionProcesses]:
    with section(tmp_path_factory.mktemp("loss"), scan_period_s=1.0) as processes:
        processes.run_automatically("ce1", "prnd1")
        yield processes


def measured_bad(running: SectionProcesses, cell: str) -> set[str]:
    tags = running.status(cell)["tags"]
    return {name for name in MEASURED if tags[name]["q"] == "bad"}


def first_scan_s(running: SectionProcesses, cell: str, since_s: float, *, bad: bool) -> float:
    """From ``since_s`` (UTC) to the first scan on the record in which every measured point is bad, or none."""
    wanted = set(MEASURED) if bad else set()

    def found() -> list[int]:
        scans = running.scans(cell, since_utc_ms=round(1000.0 * since_s))
        return [ms for ms, quality in scans if {name for name in MEASURED if quality[name] == BAD} == wanted]

    until(found, 10.0, f"a scan of {cell} with every point {'bad' if bad else 'good'} is on the record")
    return found()[0] / 1000.0 - since_s


def alarmed(running: SectionProcesses, cell: str) -> bool:
    return any("Rectifier not reached" in alarm for alarm in running.status(cell)["alarms"])


def test_one_silent_device_costs_its_own_points_only(running: SectionProcesses) -> None:
    before = running.status("prnd1")
    since_s = time.time()
    running.simulator.tell("fault silence ce1/thermocouples 4")
    until(lambda: measured_bad(running, "ce1") >= TEMPERATURES, BAD_WITHIN_S + 1.0, "the temperatures are bad")
    assert measured_bad(running, "ce1") == TEMPERATURES
    reason = running.tag("ce1", "bath_temperature_1_degc")["r"]
    assert reason
    until(lambda: not measured_bad(running, "ce1"), 4.0 + GOOD_WITHIN_S, "the temperatures are good again")
    assert running.status("ce1")["mode"] == "AUTOMATIC", "five minutes without temperature are allowed"

    other = running.status("prnd1")
    assert (other["mode"], other["armed"], other["missed"]) == ("AUTOMATIC", True, 0)
    assert other["scan"] > before["scan"]
    for _, quality in running.scans("prnd1", since_utc_ms=round(1000.0 * since_s)):
        assert not [name for name in MEASURED if quality[name] != 0]
    assert not [event for event in running.events("prnd1") if event.kind == "device_lost"]


def test_a_killed_simulator_is_bad_within_3_s_and_its_successor_good_within_5(running: SectionProcesses) -> None:
    killed_s = time.time()
    running.simulator.kill()
    for cell in ("ce1", "prnd1"):
        waited_s = first_scan_s(running, cell, killed_s, bad=True)
        _log.info("%s: every point bad %.2f s after the simulator was killed", cell, waited_s)
        assert waited_s <= BAD_WITHIN_S
        lost = running.messages(cell, "device_lost")
        assert any("rectifier" in message for message in lost)
        until(lambda cell=cell: alarmed(running, cell), 5.0, "a person is called")  # type: ignore[misc]
        # The guard has to judge the loss before the field returns: a blip shorter than the freshness limit is none.
        until(lambda cell=cell: running.status(cell)["mode"] == "HOLD", 6.0, "the cell is held")  # type: ignore[misc]
    assert running.daemon.alive

    running.start_simulator()
    returned_s = time.time()
    for cell in ("ce1", "prnd1"):
        waited_s = first_scan_s(running, cell, returned_s, bad=False)
        _log.info("%s: every point good %.2f s after the simulator was back", cell, waited_s)
        assert waited_s <= GOOD_WITHIN_S
        assert running.status(cell)["missed"] == 0
    no_traceback(running.daemon)


def test_after_the_return_a_cell_stays_held_until_a_person_releases_it(running: SectionProcesses) -> None:
    for cell in ("ce1", "prnd1"):
        running.wait_ready(cell)
        status = running.status(cell)
        assert status["mode"] == "HOLD" or not status["armed"]
        setpoint_a = status["tags"]["current_setpoint_a"]["v"]
        assert setpoint_a is None or setpoint_a <= 18_000.0
    reply = running.command("ce1", "mode", text="AUTOMATIC")
    assert reply["accepted"], reply
    until(lambda: running.status("ce1")["mode"] == "AUTOMATIC", 3.0, "the released cell is in AUTOMATIC")


def test_the_daemon_ends_cleanly_afterwards(running: SectionProcesses) -> None:
    assert running.daemon.terminate() == 0
    no_traceback(running.daemon, running.simulator)
    assert running.daemon.said == ""
