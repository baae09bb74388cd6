"""A tiny run gives finite numbers with the right fields. How fast anything is, no test judges."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from controller.journal.storage import MemoryStorage
from controller.journal.writer import Journal
from controller.telemetry.topics import AreaTopics
from sim.bench.cli import COMMAND
from sim.bench.figures import Figure, table
from sim.bench.packets import CHANGING, SixTagRecord
from sim.bench.parts import PARTS
from sim.bench.plant import CELL, TRANSACTIONS, heartbeat_register, load, reads, write_plant_file
from sim.bench.rounds import Bench, BenchFailed, Sizes
from sim.closed_loop import ClosedLoop
from sim.virtual_time import run_virtual

ROOT = Path(__file__).parents[3]
TINY = Sizes(speed=10.0, warm_up=2, scans=8, process_s=20.0, bytes_s=20.0, gc_s=5.0)


def figures(*parts: str) -> dict[str, Figure]:
    said: list[str] = []
    found = {figure.part: figure for figure in Bench(rounds=1, parts=parts, sizes=TINY, say=said.append).run()}
    assert said
    assert all(math.isfinite(figure.value) and figure.value >= 0.0 for figure in found.values())
    return found


def test_a_scan_is_measured_against_its_parts() -> None:
    found = figures("scan")
    whole = found["scan"]
    assert whole.value > 0.0
    assert whole.yardstick is not None
    assert whole.yardstick > 0.0
    assert whole.ratio == pytest.approx(whole.value / whole.yardstick)
    assert whole.met is not None
    named = ("reads", "step", "guard", "collect", "journal", "publish", "loop", "journal thread")
    assert set(found) == {"scan", *(f"scan: {name}" for name in named)}
    shares = [figure.value for part, figure in found.items() if part != "scan"]
    assert sum(shares) == pytest.approx(whole.value, rel=1e-6)


def test_virtual_time_and_collections_are_measured() -> None:
    found = figures("process", "bytes", "gc")
    assert set(found) == {"process", "process: published", "bytes", "bytes: demo cell", "gc"}
    assert all(figure.value > 0.0 for figure in found.values())
    assert (found["process"].goal, found["bytes"].goal) == (5000.0, 1000.0)


def test_every_scan_of_the_measured_plant_makes_five_transactions_and_seven_packets(tmp_path: Path) -> None:
    plant = load(write_plant_file(tmp_path))
    assert len(reads(plant)) + 1 == TRANSACTIONS
    assert heartbeat_register(plant)[0].port == reads(plant)[0].port

    async def test() -> tuple[int, int]:
        async with ClosedLoop(plant, 1, "bytes") as loop:
            record = SixTagRecord(plant.cells[0])
            loop.cycles[CELL].record = record
            record.attach(Journal(MemoryStorage()), loop.messages, AreaTopics("bench", "bench"), "test")
            await loop.automatic(CELL)
            await loop.run(5.0)
            assert loop.pool is not None
            links = loop.pool.links.values()
            sent, began = sum(link.counters.requests for link in links), len(loop.messages.log)
            await loop.run(100.0)
            topics = [message.topic for message in list(loop.messages.log)[began:]]
            packets = [topic for topic in topics if "/tag/" in topic or topic.endswith("/snapshot")]
            assert {topic.rsplit("/", 1)[1] for topic in packets} == {*CHANGING, "snapshot"}
            return sum(link.counters.requests for link in links) - sent, len(packets)

    transactions, packets = run_virtual(test())
    assert transactions == 100 * TRANSACTIONS
    assert packets == pytest.approx(700, abs=14)


def test_the_table_is_aligned_and_says_what_was_met() -> None:
    lines = table(
        [
            Figure("scan", 1500.0, "us", 2000.0, "bare", 0.75, "at most", 1.3, "note"),
            Figure("bytes", 900.0, "x real", 1.0, "real time", None, "at least", 1000.0),
            Figure("scan: step", 20.0, "us"),
        ]
    ).splitlines()
    assert len(lines) == 4
    assert lines[1].split() == ["scan", "1500", "us", "2000", "bare", "0.75", "at", "most", "1.3", "yes", "note"]
    assert lines[2].endswith("no")
    assert lines[0].index("goal") == lines[1].index("at most") == lines[2].index("at least")


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", 9.0, "us", 10.0, "b", 1.2, "at most", 1.3), True),
        (Figure("a", 9.0, "us", 10.0, "b", 1.4, "at most", 1.3), False),
        (Figure("a", 1000.0, "x", bound="at least", goal=1000.0), True),
        (Figure("a", 999.0, "x", bound="at least", goal=1000.0), False),
        (Figure("a", 1.0, "us"), None),
    ],
)
def test_a_goal_is_judged_by_the_ratio_where_there_is_one(figure: Figure, met: bool | None) -> None:
    assert figure.met is met
    assert figure.as_json()["met"] is met


def test_a_missed_goal_is_no_failure_and_json_is_alone_on_standard_output() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "controller.cli", "bench", "--only", "gc", "--rounds", "1", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["rounds"] == 1
    (figure,) = printed["figures"]
    assert set(figure) == {*Figure._fields, "met"}


@pytest.mark.parametrize("arguments", [["--only", "scan,nothing"], ["--rounds", "0"]])
def test_wrong_questions_are_told_at_once(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    COMMAND.configure(parser)
    assert COMMAND.run(parser.parse_args(arguments)) == 2
    assert arguments[0] in capsys.readouterr().err


def test_what_cannot_be_measured_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(BenchFailed, match="gc"):
        Bench(rounds=1, parts=("gc",), sizes=TINY, say=lambda _: None).run()
    assert "gc" in PARTS
