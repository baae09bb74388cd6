"""Streams of the plant: TCP sockets and serial ports."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import termios
from collections.abc import Callable
from typing import Any

import serial
import serial_asyncio_fast

from drivers.link.address import LinkAddress

_KEEPALIVE_IDLE_S = 5
_KEEPALIVE_INTERVAL_S = 2
_KEEPALIVE_PROBES = 3
_USER_TIMEOUT_MS = 5000


class RealSeam:
    async def open(self, address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
        if address.scheme == "tcp":
            return await _open_tcp(address, protocol_factory)
        if address.scheme == "serial":
            return _open_serial(address, protocol_factory)
        raise OSError(errno.EAFNOSUPPORT, f"{address} exists in simulation alone")


async def _open_tcp(address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(protocol_factory, address.host, address.port)
    connection = transport.get_extra_info("socket")
    if connection is not None:
        notice_a_dead_peer(connection)
    return transport


def notice_a_dead_peer(connection: socket.socket) -> None:
    """A pulled cable gives no sign at all; left alone, Linux takes two hours to wonder and 15 minutes to give up."""
    options = [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    ]
    for name, value in (
        ("TCP_KEEPIDLE", _KEEPALIVE_IDLE_S),
        ("TCP_KEEPINTVL", _KEEPALIVE_INTERVAL_S),
        ("TCP_KEEPCNT", _KEEPALIVE_PROBES),
        ("TCP_USER_TIMEOUT", _USER_TIMEOUT_MS),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            options.append((socket.IPPROTO_TCP, option, value))
    for level, option, value in options:
        with contextlib.suppress(OSError):  # a peer that hung up meanwhile; connection_lost is on its way
            connection.setsockopt(level, option, value)


class _SerialTransport(serial_asyncio_fast.SerialTransport):
    def _fatal_error(self, exc: BaseException, message: str = "") -> None:  # noqa: ARG002
        """An unplugged port is an everyday event: it goes to the supervisor, not to the log with a traceback."""
        self._abort(exc)


def _open_serial(address: LinkAddress, protocol_factory: Callable[[], asyncio.Protocol]) -> asyncio.Transport:
    port = _serial_port(address)
    try:
        transport: asyncio.Transport = _SerialTransport(asyncio.get_running_loop(), protocol_factory(), port)
    except termios.error as error:
        port.close()
        raise _as_os_error(error) from error
    except BaseException:
        port.close()
        raise
    return transport


def _serial_port(address: LinkAddress) -> Any:
    """Exclusive, so that a second program on the same wire is an error message instead of mixed-up replies."""
    port = serial.serial_for_url(address.path, do_not_open=True)
    try:
        port.exclusive = True
        port.baudrate = address.baud
        port.bytesize = address.bytesize
        port.parity = address.parity
        port.stopbits = address.stopbits
        port.timeout = 0
        port.write_timeout = 0
        port.open()
    except termios.error as error:
        port.close()
        raise _as_os_error(error) from error
    except BaseException:
        port.close()
        raise
    return port


def _as_os_error(error: termios.error) -> OSError:
    code = error.args[0] if error.args and isinstance(error.args[0], int) else errno.EINVAL
    return OSError(code, os.strerror(code))
