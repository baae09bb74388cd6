"""A transport that keeps what was written to it, and when."""

from __future__ import annotations

import asyncio


class RecordingTransport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.pieces: list[bytes] = []
        self.times_s: list[float] = []
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))
        self.sent += bytes(data)
        self.times_s.append(asyncio.get_running_loop().time())

    def is_closing(self) -> bool:
        return self.aborted

    def close(self) -> None:
        self.aborted = True

    def abort(self) -> None:
        self.aborted = True
