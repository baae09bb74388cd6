"""The far end of a serial line in tests: a pseudo-terminal whose other side answers lines as told."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[str], tuple[float, bytes] | None]
"""What is answered to a line, and after how many seconds; None is silence."""


class PtyLine:
    """``path`` is what the link opens. Every line received is kept in ``heard``."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard: list[str] = []
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self._buffer = b""
        self._timers: list[asyncio.TimerHandle] = []
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ours, self._read)

    def _read(self) -> None:
        self._buffer += os.read(self._ours, 4096)
        *lines, self._buffer = self._buffer.split(b"\r")
        for line in lines:
            text = line.decode("ascii")
            self.heard.append(text)
            reply = self.answer(text)
            if reply is not None:
                delay_s, sent = reply
                self._timers.append(self._loop.call_later(delay_s, os.write, self._ours, sent))

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._loop.remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)


@contextmanager
def pty_line(answer: Answer) -> Iterator[PtyLine]:
    line = PtyLine(answer)
    try:
        yield line
    finally:
        line.close()
