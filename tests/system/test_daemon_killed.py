"""kill -9 under load: the rectifier helps itself, the record is whole, and the successor touches nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

from tests.support.rectifier_panel import Panel, look
from tests.support.section_processes import SectionProcesses, no_traceback, section, until

_log = logging.getLogger(__name__)
SPEED = 4.0
"""Of the field alone: five seconds of its watchdog are 1.25 s here, which a scan of 0.25 s has to feed."""
WATCHDOG_S, RAMP_S = 5.0, 30.0
CELLS = ("ce1", "prnd1")
NOISE_A = 100.0
"""Seven standard deviations of the simulated transducer."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SectionProcesses]:
    with section(tmp_path_factory.mktemp("killed"), scan_period_s=0.25, speed=SPEED) as processes:
        processes.run_automatically(*CELLS)
        yield processes


def panel(running: SectionProcesses, cell: str) -> Panel:
    return look(running.link_port(cell, "rectifier"))


def test_an_armed_cell_falls_to_its_hold_current_by_the_rectifiers_own_watchdog(running: SectionProcesses) -> None:
    for cell in CELLS:
        seen = panel(running, cell)
        assert seen.remote
        assert not seen.fallback
        assert abs(seen.line_current_a - 25_000.0) < 500.0
    scans = {cell: running.status(cell)["scan"] for cell in CELLS}
    assert scans["ce1"] > 0
    running.daemon.kill()
    killed_s = time.monotonic()

    fell_back_s = until(lambda: all(panel(running, c).fallback for c in CELLS), WATCHDOG_S, "the watchdogs acted")
    within_s = (WATCHDOG_S + RAMP_S) / SPEED
    for cell in CELLS:
        hold_a = panel(running, cell).hold_current_a
        assert 10_000.0 < hold_a < 20_000.0
        until(
            lambda cell=cell, hold_a=hold_a: panel(running, cell).line_current_a <= hold_a + NOISE_A,  # type: ignore[misc]
            within_s + 2.0,
            f"{cell} is at its hold current",
        )
        took_s = panel(running, cell).at_s - killed_s
        _log.info("%s: fallback %.2f s, hold current %.2f s after kill -9, %gx", cell, fell_back_s, took_s, SPEED)
        assert took_s <= within_s + 1.0, "one look at the panel of a busy machine is allowed on top"
        assert abs(panel(running, cell).line_current_a - hold_a) <= NOISE_A, "not lower: the bath would freeze"

    events = running.events()
    assert sorted(event.payload["verb"] for event in events if event.kind == "command") == ["arm"] * 2 + ["mode"] * 2
    for cell in CELLS:
        assert len(running.scans(cell)) >= scans[cell] - 1, "kill -9 loses at most one scan"


def test_its_successor_starts_disarmed_shows_what_it_finds_and_writes_nothing(running: SectionProcesses) -> None:
    before = {cell: panel(running, cell) for cell in CELLS}
    running.start_daemon()
    for cell in CELLS:
        running.wait_ready(cell)
    scan = running.status("prnd1")["scan"]
    until(lambda: running.status("prnd1")["scan"] >= scan + 8, 10.0, "eight more scans went by")
    for cell in CELLS:
        status = running.status(cell)
        assert (status["mode"], status["armed"]) == ("STANDBY", False)
        assert status["tags"]["rectifier_fallback"]["v"] == 1.0
        assert abs(status["tags"]["line_current_a"]["v"] - before[cell].hold_current_a) <= NOISE_A
        assert "Rectifier's watchdog has taken over" in status["alarms"]
        now = panel(running, cell)
        assert (now.commands, now.heartbeat, now.fallback) == (
            before[cell].commands,
            before[cell].heartbeat,
            before[cell].fallback,
        )


def test_a_person_arms_and_the_cell_comes_back_without_a_jump(running: SectionProcesses) -> None:
    running.run_automatically("ce1")
    until(lambda: not panel(running, "ce1").fallback, 5.0, "the fallback is acknowledged")
    first = panel(running, "ce1")
    assert first.line_current_a < first.hold_current_a + 2_000.0
    until(lambda: panel(running, "ce1").setpoint_a > first.hold_current_a + 20.0, 10.0, "the set-point ramps up")
    assert panel(running, "prnd1").fallback, "the other cell was armed by nobody"


def test_the_daemon_ends_cleanly_when_asked(running: SectionProcesses) -> None:
    assert running.daemon.terminate() == 0
    no_traceback(running.daemon, running.simulator)
