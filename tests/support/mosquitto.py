"""A real mosquitto broker on a free port, to be killed, stopped and started again at will."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.free_port import free_port

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/sbin")
NEEDS_MOSQUITTO = pytest.mark.skipif(PROGRAM is None, reason="the mosquitto broker is not installed")


class Mosquitto:
    """Without persistence: a broker that was killed has forgotten everything."""

    def __init__(self, folder: Path, *, password_file: Path | None = None) -> None:
        self.port = free_port()
        access = "allow_anonymous true" if password_file is None else f"password_file {password_file}"
        self._config = folder / f"mosquitto-{self.port}.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\n{access}\npersistence false\nuser root\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = subprocess.Popen(
            [PROGRAM, "-c", str(self._config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 10.0
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1.0):
                return
            assert self._process.poll() is None, "mosquitto ended at once"
            assert time.monotonic() < until, "mosquitto does not listen"
            time.sleep(0.02)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Started. Import this fixture where it is used, and mark the module ``mosquitto`` and ``NEEDS_MOSQUITTO``."""
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.close()
