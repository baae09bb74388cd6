"""``didymium command``: what it sends, what it prints, and what it says where no daemon answers."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from controller import operator_command
from controller.cli import main
from controller.command_line_protocol import parse_command
from controller.command_socket import CommandSocket
from controller.operator_command import _VERBS
from controller.process_image.requests import Request, Verb, Verdict

ARGUMENTS: dict[Verb, tuple[list[str], float | None, str]] = {
    Verb.ARM: ([], None, ""),
    Verb.DISARM: ([], None, ""),
    Verb.MODE: (["automatic"], None, "AUTOMATIC"),
    Verb.CURRENT: (["24500"], 24500.0, ""),
    Verb.HOLD: ([], None, ""),
    Verb.STOP: ([], None, ""),
    Verb.DOSE: (["0.5"], 0.5, ""),
    Verb.ANODE_CHANGED: (["7", "--serial", "A-1093"], 7.0, "A-1093"),
    Verb.TAPPED: (["180"], 180.0, ""),
}


def plant(folder: Path, socket_name: str = "d.sock") -> str:
    path = folder / "plant.toml"
    path.write_text(f'[command]\nsocket = "{socket_name}"\n', encoding="utf-8")
    return str(path)


def status(cell: str) -> dict[str, Any] | None:
    tags = {
        "line_current_a": {"v": 25000.0, "q": "good", "u": "A", "r": ""},
        "superheat_k": {"v": 58.0, "q": "uncertain", "u": "K", "r": "recipe's liquidus"},
        "cell_voltage_v": {"v": None, "q": "bad", "u": "V", "r": "link down"},
        "hopper_mass_kg": {"v": None, "q": "bad", "u": "kg", "r": "not_fitted"},
    }
    devices = [{"device": "rectifier", "role": "rectifier", "ready": False, "simulated": False, "reason": "no reply"}]
    shown = {
        "cell": cell,
        "mode": "HOLD",
        "armed": True,
        "scan": 7,
        "tags": tags,
        "alarms": ["hot"],
        "devices": devices,
    }
    return shown if cell == "ce1" else None


async def typed(*words: str) -> int:
    """The command line in a thread: it waits for the daemon, which runs in this loop."""
    return await asyncio.to_thread(main, ["command", *words])


async def served(folder: Path, verdict: Callable[[str, Request], Verdict], *words: str) -> int:
    async def handle(cell: str, request: Request) -> Verdict:
        return verdict(cell, request)

    door = CommandSocket(folder / "d.sock", handle, status)
    await door.start()
    try:
        return await typed(plant(folder), *words)
    finally:
        await door.close()


async def answered(folder: Path, answer: bytes | None, *words: str) -> int:
    """A listener that is no daemon of ours; None hangs up at once."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is not None:
            await reader.readline()
            writer.write(answer)
        writer.close()

    server = await asyncio.start_unix_server(serve, folder / "d.sock")
    async with server:
        return await typed(plant(folder), *words)


def test_every_verb_can_be_typed() -> None:
    assert set(_VERBS) == set(Verb) == set(ARGUMENTS)


@pytest.mark.parametrize("verb", Verb, ids=[verb.value for verb in Verb])
async def test_what_is_typed_is_what_the_daemon_gets(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    got: list[tuple[str, Request]] = []

    def accept(cell: str, request: Request) -> Verdict:
        got.append((cell, request))
        return Verdict(request, True, "accepted", "as you wish")

    words, value, text = ARGUMENTS[verb]
    assert await served(tmp_path, accept, "ce1", verb.value, *words, "--reason", "crust – broken") == 0
    ((cell, request),) = got
    assert cell == "ce1"
    assert (request.verb, request.value, request.text, request.reason) == (verb, value, text, "crust – broken")
    assert request.actor
    assert request.id
    assert capsys.readouterr().out == "done (accepted): as you wish\n"


async def test_a_refusal_is_told_with_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(cell: str, request: Request) -> Verdict:
        return Verdict(request, False, "not_armed", "arm it first")

    assert await served(tmp_path, refuse, "ce1", "current", "100") == 1
    assert capsys.readouterr().out == "refused (not_armed): arm it first\n"
    assert await served(tmp_path, refuse, "ce1", "current", "100", "--json") == 1
    reply = json.loads(capsys.readouterr().out)
    assert (reply["accepted"], reply["code"], reply["message"]) == (False, "not_armed", "arm it first")


async def test_status_shows_what_is_wrong_first_and_leaves_out_what_is_not_fitted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(cell: str, request: Request) -> Verdict:
        raise AssertionError

    assert await served(tmp_path, never, "ce1", "status") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["ce1: HOLD, armed, scan 7", "  rectifier is not ready: no reply", "  alarm: hot"]
    assert lines[3].split() == ["line_current_a", "25000", "A"]
    assert lines[4].endswith("58 K  (uncertain: recipe's liquidus)")
    assert lines[5].endswith("— V  (bad: link down)")
    assert len(lines) == 6
    assert await served(tmp_path, never, "ce1", "status", "--json") == 0
    assert "hopper_mass_kg" in json.loads(capsys.readouterr().out)["status"]["tags"]
    assert await served(tmp_path, never, "ce9", "status") == 1
    assert capsys.readouterr().out == "refused (unknown_cell): no cell 'ce9' is served here\n"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "look at the cell before trying again"),
        (b"", "closed the connection without an answer"),
        (b'{"accepted": true', "closed the connection without an answer"),
        (b"hello\n", "does not answer like a daemon of ours"),
        (b"[1]\n", "does not answer like a daemon of ours"),
        (b"{}\n", "does not answer like a daemon of ours"),
        (b"\xff\xfe\n", "does not answer like a daemon of ours"),
    ],
)
async def test_a_listener_that_is_no_daemon(
    answer: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await answered(tmp_path, answer, "ce1", "stop") == 2
    said_there = capsys.readouterr()
    assert said_there.out == ""
    assert said_there.err.startswith("didymium command: ")
    assert said in said_there.err


def test_a_daemon_that_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operator_command, "ANSWER_WITHIN_S", 0.05)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "d.sock"))
        listener.listen()
        assert main(["command", plant(tmp_path), "ce1", "hold"]) == 2
    assert "no answer within 0.05 s; look at the cell" in capsys.readouterr().err


def test_no_daemon(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["command", plant(tmp_path), "ce1", "hold"]) == 2
    assert capsys.readouterr().err == (
        f"didymium command: no daemon listens at {tmp_path}/d.sock; start it with `didymium run`\n"
    )
    assert main(["command", plant(tmp_path), "ce1", "hold", "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["code"] == "no_answer"
    assert said.err == ""


def test_a_daemon_that_was_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(tmp_path / "d.sock"))
    assert main(["command", plant(tmp_path), "ce1", "hold"]) == 2
    assert "is gone; start it with `didymium run`" in capsys.readouterr().err


def test_a_socket_path_no_system_can_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["command", plant(tmp_path, "x" * 120), "ce1", "hold"]) == 2
    assert "too long" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "[command] socket is missing"),
        ("command = 3", "[command] socket is missing"),
        ("[command]\nsocket = 3", "[command] socket is missing"),
        ("[command", "is no TOML"),
    ],
)
def test_a_plant_file_that_does_not_say_where(
    content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plant.toml").write_text(content, encoding="utf-8")
    assert main(["command", str(tmp_path / "plant.toml"), "ce1", "stop"]) == 2
    assert said in capsys.readouterr().err
    assert main(["command", str(tmp_path), "ce1", "stop"]) == 2
    assert "is a directory" in capsys.readouterr().err


async def test_a_mistake_elsewhere_keeps_nobody_from_stopping(tmp_path: Path) -> None:
    stopped: list[Verb] = []

    def accept(cell: str, request: Request) -> Verdict:
        stopped.append(request.verb)
        return Verdict(request, True, "accepted", "")

    # The file holds no [plant], no [journal] and no [[cell]].
    assert await served(tmp_path, accept, "ce1", "stop") == 0
    assert stopped == [Verb.STOP]


@pytest.mark.parametrize("reason", ["two\nlines", "\x1b[2J", "half \ud800 pair", "x" * 201])
async def test_texts_that_would_break_the_record(
    reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def never(cell: str, request: Request) -> Verdict:
        raise AssertionError

    assert await served(tmp_path, never, "ce1", "hold", "--reason", reason) == 1
    assert capsys.readouterr().out.startswith("refused (malformed): reason is a printable text of at most 200")


def test_what_a_person_can_type_the_daemon_can_read() -> None:
    line = json.dumps({"cell": "ce1", "verb": "hold", "reason": "Kruste über Anode 7 – µ, Ω, 熔盐"}).encode()
    _, request = parse_command(line, actor="lee")
    assert isinstance(request, Request)
    assert request.reason.endswith("熔盐")


@pytest.mark.parametrize("typed", ["25kA", "abc", "nan", "inf"])
def test_what_is_no_number(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["command", "plant.toml", "ce1", "current", typed])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert "is no number" in said
    assert typed in said
    assert "_number" not in said
