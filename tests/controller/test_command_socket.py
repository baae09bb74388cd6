from __future__ import annotations

import asyncio
import getpass
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from controller.command_socket import MOST_CLIENTS, CommandSocket, ask
from controller.process_image.requests import Request, Verdict


async def handle(cell: str, request: Request) -> Verdict:
    return Verdict(request, cell == "ce1", "accepted" if cell == "ce1" else "unknown_cell", f"{request.actor} {cell}")


def status(cell: str) -> dict[str, Any] | None:
    return {"cell": cell} if cell == "ce1" else None


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[CommandSocket]:
    door = CommandSocket(tmp_path / "run" / "didymium.sock", handle, status)
    await door.start()
    yield door
    await door.close()


async def say(door: CommandSocket, line: bytes) -> dict[str, Any]:
    reply = json.loads(await asyncio.to_thread(ask, door.path, line, timeout_s=5.0))
    assert isinstance(reply, dict)
    return reply


async def test_only_the_owner_may_open_it(door: CommandSocket) -> None:
    assert stat.S_IMODE(door.path.stat().st_mode) == 0o600


async def test_a_command_is_answered_and_the_actor_is_the_kernels_word(door: CommandSocket) -> None:
    reply = await say(door, b'{"cell": "ce1", "verb": "stop", "id": "a7"}\n')
    assert reply == {"id": "a7", "accepted": True, "code": "accepted", "message": f"{getpass.getuser()} ce1"}


async def test_status_and_unknown_cells(door: CommandSocket) -> None:
    assert (await say(door, b'{"cell": "ce1", "verb": "status"}\n'))["status"] == {"cell": "ce1"}
    assert (await say(door, b'{"cell": "ce9", "verb": "status"}\n'))["code"] == "unknown_cell"


async def test_nonsense_and_floods_of_bytes_are_refused_and_the_door_stays_open(door: CommandSocket) -> None:
    assert (await say(door, b"\xff\xfe\n"))["code"] == "malformed"
    assert (await say(door, b"x" * 100_000 + b"\n"))["code"] == "malformed"
    assert (await say(door, b'{"cell": "ce1", "verb": "hold"}\n'))["accepted"]


async def test_a_socket_left_by_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    left = CommandSocket(tmp_path / "s", handle, status)
    await left.start()
    assert left._server is not None
    left._server.close()
    again = CommandSocket(tmp_path / "s", handle, status)
    await again.start()
    assert (await say(again, b'{"cell": "ce1", "verb": "stop"}\n'))["accepted"]
    await again.close()
    assert not (tmp_path / "s").exists()


async def test_the_socket_of_a_living_daemon_is_left_alone(door: CommandSocket) -> None:
    second = CommandSocket(door.path, handle, status)
    with pytest.raises(OSError, match="another daemon listens there"):
        await second.start()
    await second.close()
    assert (await say(door, b'{"cell": "ce1", "verb": "hold"}\n'))["accepted"]


async def test_forgotten_connections_do_not_keep_a_stop_out(tmp_path: Path) -> None:
    door = CommandSocket(tmp_path / "s", handle, status, idle_s=0.1)
    await door.start()
    try:
        forgotten = [await asyncio.open_unix_connection(str(door.path)) for _ in range(MOST_CLIENTS)]
        stop = b'{"cell": "ce1", "verb": "stop"}\n'
        assert (await say(door, stop))["code"] == "busy"
        for reader, _ in forgotten:
            assert await asyncio.wait_for(reader.read(), 5.0) == b"", "let go without a word"
        assert (await say(door, stop))["accepted"]
        for _, writer in forgotten:
            writer.close()
    finally:
        await door.close()
