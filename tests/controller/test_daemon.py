"""The daemon as a whole, without a field: every device is unreachable, and that stops nothing."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
from pathlib import Path

import pytest

from controller.daemon import CannotStart, ScanStopped, run_section
from controller.journal.lock import JournalLock
from controller.journal.reader import read_events
from controller.journal.record import Damage
from controller.plant import Plant
from controller.scan_cycle import ScanCycle
from tests.support.simulated_plants import demo_plant_in


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    return dataclasses.replace(
        demo_plant_in(tmp_path, "ce1"),
        mqtt=None,
        journal_directory=tmp_path / "journal",
        command_socket=tmp_path / "didymium.sock",
    )


def kinds(plant: Plant) -> list[str]:
    return [event.kind for event in read_events(plant.journal_directory) if not isinstance(event, Damage)]


def first_scan(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    done = asyncio.Event()
    scan = ScanCycle.scan

    async def watched(self: ScanCycle, tick: object) -> None:
        await scan(self, tick)  # type: ignore[arg-type]
        done.set()

    monkeypatch.setattr(ScanCycle, "scan", watched)
    return done


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_its_books_on_the_record(
    plant: Plant, number: signal.Signals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        done = first_scan(plant, monkeypatch)
        running = asyncio.ensure_future(run_section(plant, shadow=False))
        async with asyncio.timeout(10.0):
            await done.wait()
            os.kill(os.getpid(), number)
            await running
        told = []
        with contextlib.suppress(BlockingIOError):
            while True:
                told.append(manager.recv(500))
    assert told[0].startswith(b"READY=1")
    assert told[-1] == b"STOPPING=1"
    assert kinds(plant)[0] == "started"
    assert kinds(plant)[-1] == "checkpoint"
    assert not plant.command_socket.exists()
    JournalLock(plant.journal_directory).release()


async def test_an_error_of_ours_in_a_scan_ends_the_process_and_says_what(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(self: ScanCycle, tick: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(ScanCycle, "scan", broken)
    async with asyncio.timeout(10.0):
        with pytest.raises(ScanStopped, match="ZeroDivisionError: a mistake of ours"):
            await run_section(plant, shadow=False)
    JournalLock(plant.journal_directory).release()


async def test_a_second_daemon_on_the_same_journal_does_not_start(plant: Plant) -> None:
    plant.journal_directory.mkdir()
    lock = JournalLock(plant.journal_directory)
    try:
        with pytest.raises(CannotStart, match="journal"):
            await run_section(plant, shadow=False)
    finally:
        lock.release()
    assert not plant.command_socket.exists()


async def test_a_journal_that_cannot_be_there_does_not_start(plant: Plant) -> None:
    plant.journal_directory.write_text("a file")
    with pytest.raises(CannotStart, match="File exists"):
        await run_section(plant, shadow=False)


async def test_a_command_socket_that_cannot_be_there_leaves_the_journal_free(plant: Plant) -> None:
    plant = dataclasses.replace(plant, command_socket=plant.journal_directory / ("x" * 120))
    with pytest.raises(CannotStart, match="command socket"):
        await run_section(plant, shadow=False)
    JournalLock(plant.journal_directory).release()
