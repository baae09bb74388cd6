"""The daemon is killed; what it had been told, it still knows."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from controller.journal.event_file import EventFile
from controller.journal.reader import TrendReader, read_events
from controller.journal.row import RecordedEvent

CHILD = """
import asyncio, pathlib, sys
from controller.journal.row import JournalEvent, Scan
from controller.journal.writer import Journal

async def main(directory, boot):
    journal = Journal.open(directory, {"ce1": ("a", "mode")}, boot=boot)
    journal.start()
    say = lambda text: sys.stdout.write(text + "\\n") and sys.stdout.flush()

    async def record(name):
        recorded = await journal.record(JournalEvent("note", "ce1", 1.0, 2, {"name": name, "pad": "x" * 300}))
        say(f"acknowledged {recorded.number} {name}")

    tasks, said = set(), 0
    for scan in range(1, 100_000):
        journal.append_scan(Scan("ce1", scan, scan * 1.0, scan, (1.5 * scan, "AUTOMATIC"), bytes(2)))
        for k in range(scan % 3):
            task = asyncio.create_task(record(f"{boot}-{scan}-{k}"))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.sleep(0.001)
        written = journal.health.scans_written
        if written > said:
            said = written
            say(f"written {written}")

asyncio.run(main(pathlib.Path(sys.argv[1]), sys.argv[2]))
"""


def run_and_kill(directory: Path, boot: str, after_s: float) -> tuple[dict[int, str], int]:
    """What the child said it had: the events by number, and how many scans."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(directory), boot], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        time.sleep(after_s)
        os.kill(child.pid, signal.SIGKILL)
        said += child.stdout.read()
    text = said.decode()
    acknowledged = {int(n): name for n, name in re.findall(r"^acknowledged (\d+) (\S+)\n", text, re.MULTILINE)}
    written = re.findall(r"^written (\d+)\n", text, re.MULTILINE)
    return acknowledged, int(written[-1]) if written else 0


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_daemon_loses_no_acknowledged_event_and_no_written_scan(seed: int, tmp_path: Path) -> None:
    moments = random.Random(seed)
    acknowledged: dict[int, str] = {}
    for turn in range(3):
        boot = f"boot{turn}"
        told, written = run_and_kill(tmp_path, boot, moments.uniform(0.05, 0.3))
        assert told
        assert not acknowledged.keys() & told.keys(), "a number was given twice"
        acknowledged |= told
        reader = TrendReader(tmp_path)
        scans = [scan for scan in reader.scans("ce1") if scan.boot == boot]
        reader.close()
        assert len(scans) >= written > 0
        assert [scan.scan for scan in scans] == list(range(1, len(scans) + 1)), "a scan is missing in the middle"
        assert all(scan.values == {"a": 1.5 * scan.scan, "mode": "AUTOMATIC"} for scan in scans)
    EventFile(tmp_path, boot="after")  # what a restart does to a torn tail
    found = [item for item in read_events(tmp_path) if isinstance(item, RecordedEvent)]
    numbers = [event.number for event in found]
    assert numbers == sorted(set(numbers))
    by_number = {event.number: event.payload["name"] for event in found}
    assert {number: by_number.get(number) for number in acknowledged} == acknowledged
    names = list(by_number.values())
    assert len(names) == len(set(names)), "an event is there twice"
