"""Stands between daemon and simulated devices and writes down every Modbus request that passes."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import serial

WRITES = frozenset({5, 6, 15, 16, 22, 23})


class Request(NamedTuple):
    """``address`` is the first register or coil; ``body`` what follows it on the wire, checksum included."""

    link: str
    unit: int
    function: int
    address: int
    body: bytes

    @property
    def writes(self) -> bool:
        return self.function in WRITES


class WireTap:
    """One thread forwards the bytes of all links. A master has one request in flight, so that a chunk is a frame."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._forward: dict[int, Callable[[], None]] = {}
        self._close: list[Callable[[], None]] = []
        self._wake, self._waker = os.pipe()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="wire tap", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        os.write(self._waker, b"x")
        self._thread.join(5.0)
        for close in self._close:
            with contextlib.suppress(OSError):
                close()
        os.close(self._wake)
        os.close(self._waker)

    def writes(self, link: str | None = None) -> list[Request]:
        return [request for request in self.requests if request.writes and link in (None, request.link)]

    def tcp(self, link: str, port: int, *, rtu: bool = False) -> int:
        """The port to give to the daemon instead of ``port``."""
        listener = socket.create_server(("127.0.0.1", 0))
        self._close.append(listener.close)

        def accept() -> None:
            client, _ = listener.accept()
            try:
                device = socket.create_connection(("127.0.0.1", port), timeout=1.0)
            except OSError:
                client.close()
                return
            self._close += [client.close, device.close]

            def hang_up() -> None:
                client.close()
                device.close()

            self._join(link, client.fileno(), device.fileno(), 0 if rtu else 6, hang_up)

        self._forward[listener.fileno()] = accept
        return int(listener.getsockname()[1])

    def rtu_serial(self, link: str, device: Path, port: Path) -> None:
        """Opens the simulated port at once, and offers another at ``port``."""
        line = serial.Serial(str(device), timeout=0)
        master, slave = os.openpty()
        tty.setraw(slave)
        port.symlink_to(os.ttyname(slave))
        self._close += [line.close, lambda: os.close(master), lambda: os.close(slave), port.unlink]
        self._join(link, master, line.fileno(), 0, lambda: None)

    def _join(self, link: str, client: int, device: int, skip: int, close: Callable[[], None]) -> None:
        def forward(source: int, sink: int, heard: Callable[[bytes], None]) -> Callable[[], None]:
            def chunk() -> None:
                try:
                    data = os.read(source, 4096)
                    if data:
                        heard(data)
                        os.write(sink, data)
                        return
                except OSError:
                    pass
                self._forward.pop(client, None)
                self._forward.pop(device, None)
                close()

            return chunk

        def asked(data: bytes) -> None:
            frame = data[skip:]
            self.requests.append(Request(link, frame[0], frame[1], int.from_bytes(frame[2:4], "big"), frame[4:]))

        self._forward[client] = forward(client, device, asked)
        self._forward[device] = forward(device, client, lambda _: None)

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._wake, *self._forward], [], [])
            if self._closing:
                return
            for descriptor in ready:
                if descriptor in self._forward:
                    self._forward[descriptor]()
