"""Commissioning gone wrong: nobody at an address, two cables swapped, a stranger, a port that may not be opened."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sim.free_port import free_port
from tests.support.capabilities import obey_file_modes
from tests.support.section_processes import (
    SectionProcesses,
    didymium,
    link_of,
    no_traceback,
    until,
    with_link,
)

EXPECTED = {
    "rectifier": "connection refused",
    "hopper": "no permission on",
    "feeder": "does not have this function",
    "anodes": "does not have this function",
    "thermocouples": "wrong identity",
}
"""Of ce1, and why; its contacts and the whole of prnd1 are as they should be."""
WRONG = set(EXPECTED)
STRANGER = "fault wrong_identity ce1/thermocouples 1000"


def miswired(text: str) -> str:
    feeder, anodes = link_of(text, "ce1", "feeder"), link_of(text, "ce1", "anodes")
    text = with_link(text, "ce1", "rectifier", f"tcp://127.0.0.1:{free_port()}")
    text = with_link(text, "ce1", "feeder", anodes)
    return with_link(text, "ce1", "anodes", feeder)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SectionProcesses]:
    processes = SectionProcesses(tmp_path_factory.mktemp("wrong"), edit=miswired)
    try:
        processes.start_simulator()
        processes.simulator.tell(STRANGER)
        processes.serial_path("ce1", "hopper").chmod(0o000)
        processes.start_daemon(preexec_fn=obey_file_modes)
        processes.wait_ready("prnd1")
        until(lambda: set(processes.not_ready("ce1")) == WRONG, 15.0, lambda: str(processes.not_ready("ce1")))
        yield processes
    finally:
        processes.close()


def reasons(running: SectionProcesses) -> dict[str, str]:
    """Once everybody has been asked: a device being identified again shows its last reason."""
    until(
        lambda: all(word in running.not_ready("ce1")[name] for name, word in EXPECTED.items()),
        10.0,
        lambda: f"every reason is known: {running.not_ready('ce1')}",
    )
    return running.not_ready("ce1")


def test_each_wrong_device_is_bad_with_its_own_reason(running: SectionProcesses) -> None:
    found = reasons(running)
    assert set(found) == WRONG
    tags = running.status("ce1")["tags"]
    for name, word in (
        ("line_current_a", "connection refused"),
        ("hopper_mass_kg", "no permission"),
        ("feeder_ready", "does not have this function"),
        ("anode_current_1_a", "does not have this function"),
        ("bath_temperature_1_degc", "wrong identity"),
    ):
        assert (tags[name]["v"], tags[name]["q"]) == (None, "bad")
        assert word in tags[name]["r"]
    assert tags["coolant_flow_healthy"]["q"] == "good"


def test_each_wrong_device_is_an_alarm(running: SectionProcesses) -> None:
    def called() -> set[str]:
        alarms = running.status("ce1")["alarms"]
        return {name for name in WRONG for alarm in alarms if name in alarm and "not the right device" in alarm}

    until(lambda: called() == set(WRONG), 5.0, lambda: f"people are called for every one, not for {called()} alone")
    assert not running.status("prnd1")["alarms"]


def test_its_cell_cannot_be_armed_and_every_reason_is_listed(running: SectionProcesses) -> None:
    reply = running.command("ce1", "arm")
    assert (reply["accepted"], reply["code"]) == (False, "permissives_unmet")
    for name, word in EXPECTED.items():
        assert f"{name}: " in reply["message"]
        assert word in reply["message"]
    assert not running.status("ce1")["armed"]


def test_the_other_cell_runs(running: SectionProcesses) -> None:
    running.run_automatically("prnd1")
    status = running.status("prnd1")
    assert (status["mode"], status["armed"], status["missed"]) == ("AUTOMATIC", True, 0)
    assert running.status("ce1")["missed"] == 0
    assert running.daemon.terminate() == 0
    no_traceback(running.daemon)


def test_check_connect_reports_the_same(running: SectionProcesses) -> None:
    assert not running.daemon.alive, "serial ports are exclusive"
    done = didymium("check", running.plant_file, "--connect", "--json", preexec_fn=obey_file_modes)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    found = json.loads(done.stdout)
    assert not found["ok"]
    wrong = {device["device"]: device["reason"] for device in found["devices"] if not device["ready"]}
    assert set(wrong) == WRONG
    for name, word in EXPECTED.items():
        assert word in wrong[name]
    assert all(device["simulated"] for device in found["devices"] if device["ready"])
    assert len([device for device in found["devices"] if device["ready"]]) == 7


def test_check_connect_of_a_right_plant_is_right(running: SectionProcesses) -> None:
    running.simulator.kill()
    running.start_simulator()
    done = didymium("check", running.field_file, "--connect")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("(simulated)") == 12
    assert "NOT READY" not in done.stdout
