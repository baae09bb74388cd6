"""Sockets and serial ports as they are opened for a plant."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from pathlib import Path

import pytest

from drivers.link.address import LinkAddress, parse_link
from drivers.link.real import RealSeam
from tests.support.links import open_link
from tests.support.misbehaving_peer import pty_peer, tcp_peer


async def test_tcp_stream_notices_a_dead_peer_by_itself() -> None:
    async with tcp_peer() as peer:
        transport = await RealSeam().open(parse_link(peer.address), asyncio.Protocol)
        connection: socket.socket = transport.get_extra_info("socket")
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 10_000
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 10
        transport.abort()
        await asyncio.sleep(0)


async def test_refused_connection_is_an_os_error() -> None:
    async with tcp_peer() as peer:
        address = parse_link(peer.address)
    with pytest.raises(ConnectionRefusedError):
        await RealSeam().open(address, asyncio.Protocol)


async def test_missing_port_and_a_file_that_is_none_are_os_errors(tmp_path: Path) -> None:
    with pytest.raises(OSError) as failure:  # noqa: PT011
        await RealSeam().open(LinkAddress("serial", "rtu", path=str(tmp_path / "none")), asyncio.Protocol)
    assert failure.value.errno == errno.ENOENT
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(OSError):  # noqa: PT011
        await RealSeam().open(LinkAddress("serial", "rtu", path=str(file)), asyncio.Protocol)


async def test_memory_is_not_opened_in_a_plant() -> None:
    with pytest.raises(OSError, match="simulation"):
        await RealSeam().open(parse_link("memory:x"), asyncio.Protocol)


async def test_failed_protocol_leaves_the_port_free() -> None:
    def broken() -> asyncio.Protocol:
        raise ZeroDivisionError

    async with pty_peer() as peer:
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await RealSeam().open(parse_link(peer.address), broken)
        async with open_link(peer.address) as link:
            assert link.epoch == 1


async def test_closing_a_link_frees_its_port_before_it_returns() -> None:
    async with pty_peer() as peer:
        for _ in range(3):
            async with open_link(peer.address) as link:
                assert link.epoch == 1


async def test_no_descriptor_is_left_by_a_hundred_failed_attempts(tmp_path: Path) -> None:
    async with pty_peer(settings="baud=9600&parity=O") as peer:
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        for _ in range(100):
            with pytest.raises(OSError):  # noqa: PT011
                await RealSeam().open(parse_link(peer.address), asyncio.Protocol)
        assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
