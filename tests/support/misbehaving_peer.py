"""Devices that break the rules of Modbus on request, on real sockets, pseudo-terminals or memory.

Frames are put together here by hand, from the specification, so that nothing under test judges itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import cast

Delayed = Sequence[tuple[float, bytes]]
"""Pieces of an answer, each with the seconds to wait before it."""
Answer = Callable[[bytes], bytes | Delayed | None]
"""From one request to what comes back; None is silence."""


def crc16(data: bytes) -> bytes:
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


def rtu(unit: int, body: bytes) -> bytes:
    frame = bytes((unit,)) + body
    return frame + crc16(frame)


def mbap(tag: int, unit: int, body: bytes, protocol: int = 0) -> bytes:
    return (
        tag.to_bytes(2, "big")
        + protocol.to_bytes(2, "big")
        + (len(body) + 1).to_bytes(2, "big")
        + bytes((unit,))
        + body
    )


def words(*values: int) -> bytes:
    """The body of a good reply to function 03."""
    return bytes((3, 2 * len(values))) + b"".join(value.to_bytes(2, "big") for value in values)


def start_and_count(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")


def honest_body(body: bytes) -> bytes:
    """A device whose register n holds n, and which confirms every write."""
    if body[0] in (3, 4):
        start, count = start_and_count(body)
        return bytes((body[0],)) + words(*(at & 0xFFFF for at in range(start, start + count)))[1:]
    return body if body[0] in (5, 6, 22) else body[:5]


def honest_rtu(request: bytes) -> bytes:
    return rtu(request[0], honest_body(request[1:-2]))


def honest_tcp(request: bytes) -> bytes:
    return mbap(int.from_bytes(request[:2], "big"), request[6], honest_body(request[7:]))


class MisbehavingPeer:
    """Keeps all requests it got, in order; ``answer`` can be exchanged at any time."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.connections = 0
        self.open_connections = 0
        self.address = ""
        self._writers: list[Callable[[bytes], None]] = []
        self._hang_ups: list[Callable[[], None]] = []
        self._timers: list[asyncio.TimerHandle] = []

    def connected(self, write: Callable[[bytes], None], hang_up: Callable[[], None]) -> None:
        self.connections += 1
        self.open_connections += 1
        self._writers.append(write)
        self._hang_ups.append(hang_up)

    def got(self, request: bytes, write: Callable[[bytes], None]) -> None:
        self.requests.append(request)
        answer = self.answer(request)
        if answer is None:
            return
        if isinstance(answer, bytes):
            write(answer)
            return
        delay_s = 0.0
        for wait_s, piece in answer:
            delay_s += wait_s
            self._timers.append(asyncio.get_running_loop().call_later(delay_s, write, piece))

    def say(self, data: bytes) -> None:
        """Unasked."""
        self._writers[-1](data)

    def hang_up(self) -> None:
        for hang_up in self._hang_ups:
            hang_up()
        self._hang_ups.clear()

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self.hang_up()


class PeerProtocol(asyncio.Protocol):
    """One connection, on a socket or in memory. Each lump of bytes is one request: requests here are short."""

    def __init__(self, peer: MisbehavingPeer) -> None:
        self._peer = peer
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._peer.connected(self._write, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        self._peer.got(data, self._write)

    def connection_lost(self, exc: Exception | None) -> None:
        self._peer.open_connections -= 1
        self._transport = None

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)


@contextlib.asynccontextmanager
async def tcp_peer(
    answer: Answer = honest_tcp, *, scheme: str = "tcp", port: int = 0
) -> AsyncIterator[MisbehavingPeer]:
    peer = MisbehavingPeer(answer)
    server = await asyncio.get_running_loop().create_server(lambda: PeerProtocol(peer), "127.0.0.1", port)
    peer.address = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        server.close()
        peer.stop()
        await server.wait_closed()


def _point(link: Path, path: str) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(path)


@contextlib.asynccontextmanager
async def pty_peer(
    answer: Answer = honest_rtu, *, link: Path | None = None, settings: str = "baud=115200"
) -> AsyncIterator[MisbehavingPeer]:
    """``link`` is a symbolic link kept on the pseudo-terminal of the moment, as udev keeps one on an adapter."""
    peer = MisbehavingPeer(answer)
    master, slave = os.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    loop = asyncio.get_running_loop()
    is_open = True

    def write(data: bytes) -> None:
        if is_open:
            os.write(master, data)

    def read() -> None:
        peer.got(os.read(master, 4096), write)

    def hang_up() -> None:
        nonlocal is_open
        if is_open:
            is_open = False
            loop.remove_reader(master)
            os.close(slave)
            os.close(master)

    path = os.ttyname(slave)
    if link is not None:
        _point(link, path)
    peer.address = f"serial:{link or path}?{settings}"
    peer.connected(write, hang_up)
    loop.add_reader(master, read)
    try:
        yield peer
    finally:
        peer.stop()
