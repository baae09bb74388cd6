"""``didymium sim serve`` as a person starts it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sim.cli import COMMAND
from sim.faults import FAULTS
from sim.free_port import free_port
from sim.plant import SimulatedPlant
from sim.serve import carry_out, planned_fault
from tests.support.simulated_plants import DEMO, demo_plant

PROGRAM = """
import argparse, sys
from sim.cli import COMMAND
parser = argparse.ArgumentParser()
COMMAND.configure(parser)
sys.exit(COMMAND.run(parser.parse_args()))
"""


def plant_file(folder: Path) -> tuple[Path, int]:
    """The demo's plant file on free ports; with it the port of ce1's rectifier."""
    text = DEMO.read_text(encoding="utf-8").replace("/tmp/didymium-demo", str(folder / "ports"))
    rectifier_port = free_port()
    for port in ("15021", "15022", "15023", "15024", "15031", "15033", "15034"):
        text = text.replace(port, str(rectifier_port if port == "15021" else free_port()))
    path = folder / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return path, rectifier_port


@asynccontextmanager
async def served(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def line_of(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 20.0)).decode()


async def ask(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 14, 1))
    try:
        return await asyncio.wait_for(reader.read(100), 0.5)
    except TimeoutError:
        return b"silence"
    finally:
        writer.close()


async def test_it_serves_every_link_takes_faults_and_stops_cleanly(tmp_path: Path) -> None:
    path, port = plant_file(tmp_path)
    async with served("serve", str(path), "--seed", "3") as process:
        assert process.stdin is not None
        table = [await line_of(process) for _ in range(13)]
        assert table[0].split() == ["device", "profile", "unit", "link"]
        assert [row.split()[0] for row in table[1:]].count("ce1/rectifier") == 1
        assert (await ask(port))[-2:] == b"\x51\xd0"
        ports = sorted(each.name for each in (tmp_path / "ports").iterdir())
        assert ports == ["ce1-hopper", "ce1-thermocouples", "prnd1-instruments"]
        process.stdin.write(b"fault silence ce1/rectifier 60\nfault silence ce1/nothing 60\n")
        assert "silence on ce1/rectifier for 60 s" in await line_of(process)
        assert "no device 'ce1/nothing'" in await line_of(process)
        assert await ask(port) == b"silence"
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10.0) == 0
        assert list((tmp_path / "ports").iterdir()) == []
        assert process.stderr is not None
        assert await process.stderr.read() == b""


async def test_a_busy_port_is_one_clear_line_and_exit_code_two(tmp_path: Path) -> None:
    path, port = plant_file(tmp_path)
    with socket.create_server(("127.0.0.1", port)):
        async with served("serve", str(path)) as process:
            _, stderr = await asyncio.wait_for(process.communicate(), 20.0)
    assert process.returncode == 2
    assert stderr.decode().count("\n") == 1
    assert f"tcp://127.0.0.1:{port}" in stderr.decode()
    assert not any((tmp_path / "ports").glob("*"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "{plant}", "--speed", "61"], "--speed 61: must be above 0 and at most 60"),
        (["serve", "{plant}", "--speed", "nan"], "must be above 0"),
        (["serve", "{plant}", "--fault", "silence:ce1/rectifier"], "NAME:CELL/DEVICE:START:SECONDS"),
        (["serve", "{plant}", "--fault", "silence:ce1/rectifier:0:x"], "are numbers"),
        (["serve", "{plant}", "--fault", "silence:ce1/rectifier:-1:5"], "START is 0 or more"),
        (["serve", "{plant}", "--fault", "sillence:ce1/rectifier:0:5"], "no fault 'sillence'"),
        (["serve", "{folder}/missing.toml"], "there is no such file"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_ends_with_two(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = plant_file(tmp_path)
    parser = argparse.ArgumentParser()
    COMMAND.configure(parser)
    args = parser.parse_args([part.format(plant=path, folder=tmp_path) for part in arguments])
    assert COMMAND.run(args) == 2
    assert said in capsys.readouterr().err
    shutil.rmtree(tmp_path / "ports", ignore_errors=True)


def test_the_faults_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    COMMAND.configure(parser)
    assert COMMAND.run(parser.parse_args(["faults"])) == 0
    printed = capsys.readouterr().out
    for fault in FAULTS.values():
        assert fault.name in printed
        assert fault.description in printed


def test_a_planned_fault_is_read_as_written() -> None:
    fault = planned_fault("late_reply:ce1/feeder:10:2.5")
    assert (fault.name, fault.device, fault.start_s, fault.seconds) == ("late_reply", "ce1/feeder", 10.0, 2.5)


@pytest.mark.parametrize("line", ["help", "fault", "fault silence ce1/rectifier", "fault silence ce1/rectifier -3"])
async def test_a_line_not_understood_is_answered_and_changes_nothing(line: str) -> None:
    plant = SimulatedPlant(demo_plant("ce1"), 1, lambda: 0.0)
    assert carry_out(plant, line) != ""
    assert not any(device.faults for device in plant.devices.values())
