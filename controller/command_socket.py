"""The local door for commands: a Unix socket only its owner may open. It needs no broker and no network."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import pwd
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from controller.command_line_protocol import (
    LONGEST_LINE_BYTES,
    CommandError,
    encode_reply,
    encode_verdict,
    parse_command,
)
from controller.process_image.requests import Request, Verdict

Handler = Callable[[str, Request], Awaitable[Verdict]]
Status = Callable[[str], dict[str, Any] | None]
MOST_CLIENTS = 16
IDLE_S = 60.0
"""A client that neither says nor takes anything for this long is let go: forgotten connections must not fill the places
and keep a stop out."""


class CommandSocket:
    """Serves one line in, one line out. ``handle`` answers with a verdict that is already on the record;
    ``status`` with what a cell does now, or None for a cell that is not served here."""

    def __init__(self, path: Path, handle: Handler, status: Status, *, idle_s: float = IDLE_S) -> None:
        self.path = path
        self._handle = handle
        self._status = status
        self._idle_s = idle_s
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Raises OSError where the socket cannot be made; a socket left by a killed daemon is replaced, that of a
        living one is not."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_socket():
            if _is_served(self.path):
                raise OSError(errno.EADDRINUSE, "another daemon listens there; every section needs a socket of its own")
            self.path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # The mode is set between bind and listen: nobody can connect while it is still open to others.
            listener.bind(str(self.path))
            self.path.chmod(0o600)
            listener.setblocking(False)
            self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=LONGEST_LINE_BYTES + 1)
        except BaseException:
            listener.close()
            raise

    async def close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for client in tuple(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._server = None
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            if len(self._clients) > MOST_CLIENTS:
                writer.write(encode_reply(_refusal("busy", f"{MOST_CLIENTS} clients are connected already")))
                return
            await self._converse(reader, writer, _peer(writer))
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, actor: str) -> None:
        while True:
            try:
                async with asyncio.timeout(self._idle_s):
                    line = await reader.readline()
            except ValueError:
                writer.write(encode_reply(_refusal("malformed", f"longer than {LONGEST_LINE_BYTES} bytes")))
                return
            if not line:
                return
            writer.write(await self._answer(line, actor))
            async with asyncio.timeout(self._idle_s):
                await writer.drain()

    async def _answer(self, line: bytes, actor: str) -> bytes:
        try:
            cell, wanted = parse_command(line, actor=actor)
        except CommandError as error:
            return encode_reply(_refusal(error.code, str(error)))
        if isinstance(wanted, Request):
            return encode_verdict(await self._handle(cell, wanted))
        status = self._status(cell)
        if status is None:
            return encode_reply(_refusal("unknown_cell", f"no cell {cell!r} is served here"))
        return encode_reply({"id": "", "accepted": True, "code": "status", "message": "", "status": status})


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.setblocking(False)
        try:
            client.connect(os.fspath(path))
        except BlockingIOError:
            return True  # so many wait already that there is no room in the queue
        except OSError:
            return False
    return True


def _refusal(code: str, message: str) -> dict[str, Any]:
    return {"id": "", "accepted": False, "code": code, "message": message}


def _peer(writer: asyncio.StreamWriter) -> str:
    """Who is at the other end, by the kernel's word."""
    credentials = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    _, uid, _ = struct.unpack("3i", credentials)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def ask(path: Path, line: bytes, *, timeout_s: float) -> bytes:
    """The client's side, for a command line: send one line, return one line. Raises OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout_s)
        client.connect(os.fspath(path))
        client.sendall(line)
        with client.makefile("rb") as stream:
            return stream.readline()
