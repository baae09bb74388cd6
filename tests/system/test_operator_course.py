"""A shift at the command line: every verb, what is refused and why, and all of it on the record after kill -9."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.rectifier_panel import look
from tests.support.section_processes import SectionProcesses, didymium, no_traceback, section, until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SectionProcesses]:
    with section(tmp_path_factory.mktemp("shift"), scan_period_s=0.25) as processes:
        yield processes


def order(running: SectionProcesses, *words: str, cell: str = "ce1") -> subprocess.CompletedProcess[str]:
    done = didymium("command", running.plant_file, cell, *words)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def accepted(running: SectionProcesses, *words: str) -> str:
    done = order(running, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("done ("), done.stdout
    return done.stdout


def refused(running: SectionProcesses, verb: str, value: float | None = None, text: str = "") -> str:
    """By the socket itself, for a process each would take its time; the command line prints the same message."""
    reply = running.command("ce1", verb, value, text)
    assert not reply["accepted"], reply
    message: str = reply["message"]
    return message


def setpoint_a(running: SectionProcesses) -> float:
    value: float = running.tag("ce1", "current_setpoint_a")["v"]
    return value


def test_nothing_goes_before_arming(running: SectionProcesses) -> None:
    assert "arm the cell first" in refused(running, "mode", text="manual")
    assert "arm it first" in refused(running, "current", 24000)
    assert "arm it first" in refused(running, "dose", 0.5)
    status = running.status("ce1")
    assert (status["mode"], status["armed"]) == ("STANDBY", False)


def test_arm_and_take_over_by_hand(running: SectionProcesses) -> None:
    accepted(running, "arm", "--reason", "start of shift")
    assert "stays where it is" in accepted(running, "mode", "manual")
    until(lambda: setpoint_a(running), 3.0, "a set-point is written")
    assert abs(setpoint_a(running) - 25_000.0) <= 0.005 * 25_000.0, "bumpless: what is delivered now, ± 0.5 %"


def test_lowering_acts_at_once_and_raising_ramps(running: SectionProcesses) -> None:
    assert "24000 A" in accepted(running, "current", "24000", "--reason", "bath too warm")
    port = running.link_port("ce1", "rectifier")
    until(lambda: abs(look(port).setpoint_a - 24_000.0) < 3.0, 3.0, "the rectifier has the lower set-point")
    accepted(running, "current", "24500")
    until(lambda: setpoint_a(running) > 24_005.0, 3.0, "the set-point rises")
    assert setpoint_a(running) < 24_200.0, "not in one step"
    assert running.tag("ce1", "current_target_a")["v"] == 24_500.0


def test_what_is_no_number_never_leaves_the_command_line(running: SectionProcesses) -> None:
    done = order(running, "current", "nan")
    assert done.returncode == 2
    assert "nan" in done.stderr.splitlines()[-1]
    assert "JSON" not in done.stderr
    assert running.tag("ce1", "current_target_a")["v"] == 24_500.0


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", '"24000"', "true", "null", "[24000]"])
def test_the_socket_refuses_what_is_no_number_as_well(running: SectionProcesses, text: str) -> None:
    from controller.command_socket import ask  # noqa: PLC0415 - the raw line is the point here

    line = f'{{"cell": "ce1", "verb": "current", "value": {text}}}\n'
    reply = json.loads(ask(running.socket, line.encode(), timeout_s=10.0))
    assert (reply["accepted"], reply["code"]) == (False, "malformed")
    assert running.tag("ce1", "current_target_a")["v"] == 24_500.0


def test_a_refusal_names_the_bound(running: SectionProcesses) -> None:
    said = refused(running, "current", 99999)
    assert "99999" in said
    assert "30000" in said
    assert "0–" in refused(running, "current", -5)
    assert "at most" in refused(running, "dose", 500)
    assert "1…18" in refused(running, "anode-changed", 99)
    assert "at most" in refused(running, "tapped", 1e6)
    assert running.tag("ce1", "current_target_a")["v"] == 24_500.0


def test_dose_anode_and_tap_are_carried_out_and_booked(running: SectionProcesses) -> None:
    fed_kg = running.tag("ce1", "oxide_fed_kg")["v"]
    assert "of 0.1 kg is ordered" in accepted(running, "dose", "0.1")
    until(lambda: running.tag("ce1", "oxide_fed_kg")["v"] > fed_kg + 0.08, 30.0, "the feeder has confirmed the dose")
    accepted(running, "anode-changed", "3", "--serial", "A-2217")
    until(
        lambda: (charge := running.tag("ce1", "anode_charge_3_ah"))["q"] == "good" and charge["v"] < 5.0,
        5.0,
        lambda: f"anode 3 counts from zero: {running.tag('ce1', 'anode_charge_3_ah')}",
    )
    before_kg = running.tag("ce1", "metal_in_cell_kg")["v"]
    accepted(running, "tapped", "50")
    until(lambda: running.tag("ce1", "metal_in_cell_kg")["v"] < before_kg, 5.0, "the tap is booked")


def test_hold_and_back(running: SectionProcesses) -> None:
    accepted(running, "hold", "--reason", "lid open")
    port = running.link_port("ce1", "rectifier")
    until(lambda: look(port).setpoint_a <= 18_003.0, 3.0, "the rectifier is given the hold current")
    assert running.status("ce1")["mode"] == "HOLD"
    assert "leave HOLD" in refused(running, "current", 20000)
    accepted(running, "mode", "automatic")
    until(lambda: running.status("ce1")["mode"] == "AUTOMATIC", 3.0, "the cell is in AUTOMATIC")
    until(lambda: look(port).setpoint_a > 18_005.0, 5.0, "the current ramps up again")


def test_stop_and_disarm(running: SectionProcesses) -> None:
    assert "begins to freeze" in accepted(running, "stop", "--reason", "end of trial")
    port = running.link_port("ce1", "rectifier")
    until(lambda: look(port).setpoint_a == 0.0, 3.0, "the set-point is zero")
    until(lambda: running.tag("ce1", "rectifier_running")["v"] == 0.0, 20.0, "the rectifier stands still")
    assert running.status("ce1")["mode"] == "OFF"
    accepted(running, "disarm")
    until(lambda: not running.status("ce1")["armed"], 3.0, "the cell is disarmed")


def test_a_stopped_cell_is_started_by_hand_again(running: SectionProcesses) -> None:
    accepted(running, "arm")
    assert "stands still" in refused(running, "mode", text="automatic")
    accepted(running, "mode", "manual")
    accepted(running, "current", "2000")
    port = running.link_port("ce1", "rectifier")
    until(lambda: look(port).line_current_a > 100.0, 20.0, "current flows again")
    assert look(port).setpoint_a < 1_500.0, "it starts from nothing and ramps"
    accepted(running, "stop")


def test_the_other_cell_was_never_touched(running: SectionProcesses) -> None:
    assert look(running.link_port("prnd1", "rectifier")).heartbeat == 0
    status = running.status("prnd1")
    assert (status["mode"], status["armed"], status["missed"]) == ("STANDBY", False, 0)


def test_who_asks_wrongly_is_told_what_is_right(running: SectionProcesses) -> None:
    done = order(running, "arm", cell="ce9")
    assert done.returncode == 1
    assert "there is ce1, prnd1" in done.stdout
    assert order(running, "mode", "turbo").returncode == 2
    assert order(running, "current", "99999").stdout.startswith("refused (outside_envelope): 99999")
    status = order(running, "status", "--json")
    assert json.loads(status.stdout)["status"]["cell"] == "ce1"
    assert "line_current_a" in order(running, "status").stdout


def test_everything_is_on_the_record_after_kill_9(running: SectionProcesses) -> None:
    running.daemon.kill()
    no_traceback(running.daemon, running.simulator)
    commands = [event.payload for event in running.events("ce1") if event.kind == "command"]
    done = [(c["verb"], c["value"], c["text"]) for c in commands if c["accepted"]]
    assert done == [
        ("arm", None, ""),
        ("mode", None, "MANUAL"),
        ("current", 24_000.0, ""),
        ("current", 24_500.0, ""),
        ("dose", 0.1, ""),
        ("anode-changed", 3.0, "A-2217"),
        ("tapped", 50.0, ""),
        ("hold", None, ""),
        ("mode", None, "AUTOMATIC"),
        ("stop", None, ""),
        ("disarm", None, ""),
        ("arm", None, ""),
        ("mode", None, "MANUAL"),
        ("current", 2_000.0, ""),
        ("stop", None, ""),
    ]
    turned_down = {(c["verb"], c["code"]) for c in commands if not c["accepted"]}
    assert {("current", "outside_envelope"), ("current", "not_armed"), ("current", "wrong_mode")} <= turned_down
    assert all(c["actor"] for c in commands), "the kernel's word for who it was"
    by_reason = {c["reason"]: c["verb"] for c in commands if c["reason"]}
    assert by_reason == {
        "start of shift": "arm",
        "bath too warm": "current",
        "lid open": "hold",
        "end of trial": "stop",
    }
    kinds = [event.kind for event in running.events("ce1")]
    for kind in ("armed", "disarmed", "mode", "current_target", "dose_ordered", "dose_done", "anode_changed", "tapped"):
        assert kind in kinds, kind
    numbers = [event.number for event in running.events()]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_without_a_daemon_the_command_line_says_so(running: SectionProcesses) -> None:
    done: Any = order(running, "status")
    assert done.returncode == 2
    assert "is gone; start it with" in done.stderr
