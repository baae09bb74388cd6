"""`didymium demo` as a newcomer types it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.settings import load_plant
from tests.support.section_processes import ROOT, Running, environment, program, until

BANDS = {
    cell.name: cell.control.bath_temperature_band_degc for cell in load_plant(ROOT / "config/plants/demo.toml").cells
}


def demo(folder: Path, name: str, *options: str) -> Running:
    """In a session of its own, by which its children are found; its temporary files go into ``folder``."""
    return Running(name, program("demo", *options), folder, env=environment(TMPDIR=str(folder), PYTHONUNBUFFERED="1"))


def children(folder: Path) -> list[str]:
    """Command lines of every process that was given this folder: the demo's children name their plant file or are
    named by their parent."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if f"TMPDIR={folder}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return found


def ended(running: Running, within_s: float) -> int:
    return running.process.wait(within_s)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[float, tuple[Path, Running]]]:
    """Two demos side by side, which also shows that they leave each other's ports alone."""
    running: dict[float, tuple[Path, Running]] = {}
    try:
        for speed, options in ((1.0, ()), (20.0, ("--speed", "20"))):
            folder = tmp_path_factory.mktemp(f"demo-{speed:g}")
            running[speed] = folder, demo(folder, "demo", "--for", "5", "--json", *options)
        yield running
    finally:
        for _, process in running.values():
            process.close()


@pytest.mark.parametrize("speed", [1.0, 20.0])
def test_the_summary_is_one_object_and_says_that_both_cells_are_well(
    both: dict[float, tuple[Path, Running]], speed: float
) -> None:
    folder, running = both[speed]
    assert ended(running, 60.0) == 0, running.complained
    assert running.complained == ""
    assert len(running.said.splitlines()) == 1, running.said
    found: dict[str, Any] = json.loads(running.said)
    # At 20 times the pace a time-out of 0.4 s is 20 ms, and a busy machine may exceed it. At 1 nothing is excused.
    allowed = 0.0 if speed == 1.0 else 0.05
    assert set(found["cells"]) == {"ce1", "prnd1"}
    for name, cell in found["cells"].items():
        assert cell["mode"] == "AUTOMATIC"
        assert cell["missed"] <= allowed * cell["scans"]
        assert cell["scans"] >= 4 * speed * (1.0 - allowed)
        assert 6.0 <= cell["cell_voltage_v"] <= 10.0
        assert 20_000.0 <= cell["line_current_a"] <= 40_000.0
        low, high = BANDS[name]
        assert low <= cell["bath_temperature_degc"] <= high
        assert 0.0 < cell["anode_remaining_h"] < 1_000.0
    assert found["links"]["errors"] <= allowed * found["links"]["requests"], found["links"]
    assert found["links"]["requests"] >= 10 * sum(cell["scans"] for cell in found["cells"].values()) / 2
    assert found["mqtt_published"] > 50
    assert not children(folder)
    assert not list(folder.glob("didymium-demo-*")), "its folder is gone"


def test_without_a_terminal_it_prints_lines_and_ctrl_c_stops_everything(tmp_path: Path) -> None:
    running = demo(tmp_path, "demo")
    try:
        until(lambda: "\nce1: " in running.said or not running.alive, 40.0, lambda: running.said)
        assert len(children(tmp_path)) == 4
        assert re.search(r"mosquitto_sub -h 127\.0\.0\.1 -p \d+ ", running.said)
        assert "Ctrl-C" in running.said
        assert "\x1b" not in running.said, "no control characters in a log"
        running.process.send_signal(signal.SIGINT)
        assert ended(running, 15.0) == 0
        assert running.complained == ""
        assert "Traceback" not in running.said
        until(lambda: not children(tmp_path), 3.0, lambda: f"no child is left: {children(tmp_path)}")
    finally:
        running.close()


@pytest.mark.parametrize("parts", [2, 4])
def test_ctrl_c_while_it_starts_is_no_disaster_either(tmp_path: Path, parts: int) -> None:
    running = demo(tmp_path, "demo")
    try:
        until(lambda: len(children(tmp_path)) >= parts, 20.0, "as many processes are there")
        running.process.send_signal(signal.SIGINT if parts == 2 else signal.SIGTERM)
        assert ended(running, 5.0) == 130
        assert running.complained == ""
        assert "Traceback" not in running.said
        until(lambda: not children(tmp_path), 3.0, lambda: f"no child is left: {children(tmp_path)}")
    finally:
        running.close()


def test_its_children_die_with_it(tmp_path: Path) -> None:
    running = demo(tmp_path, "demo", "--json")
    try:
        until(lambda: len(children(tmp_path)) == 4, 30.0, lambda: f"{children(tmp_path)}")
        time.sleep(0.5)
        running.kill()
        until(lambda: not children(tmp_path), 10.0, lambda: f"no child is left: {children(tmp_path)}")
    finally:
        running.close()


def test_a_reader_that_goes_away_is_no_disaster(tmp_path: Path) -> None:
    command = program("demo", "--for", "1")
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(TMPDIR=str(tmp_path), PYTHONUNBUFFERED="1"),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    complained = process.stderr.read().decode()
    process.stderr.close()
    process.wait(40.0)
    assert "Traceback" not in complained, complained
    until(lambda: not children(tmp_path), 3.0, lambda: f"no child is left: {children(tmp_path)}")
