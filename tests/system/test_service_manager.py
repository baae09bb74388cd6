"""The daemon as a unit of ``Type=notify``, with the tests in the place of systemd."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.section_processes import SectionProcesses, environment, no_traceback


class Manager:
    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.heard: list[str] = []

    def hear(self, word: str, within_s: float) -> None:
        """Waits for one more message that holds ``word``."""
        until_s = time.monotonic() + within_s
        while True:
            left_s = until_s - time.monotonic()
            assert left_s > 0.0, f"no {word} within {within_s:g} s; heard {self.heard}"
            self._socket.settimeout(left_s)
            try:
                message = self._socket.recv(4096).decode()
            except TimeoutError:
                continue
            self.heard.append(message)
            if word in message.splitlines():
                return

    def forget(self, *, within_s: float) -> None:
        """One message may have been on its way."""
        self._socket.settimeout(within_s)
        with contextlib.suppress(TimeoutError):
            self._socket.recv(4096)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def field(tmp_path: Path) -> Iterator[SectionProcesses]:
    processes = SectionProcesses(tmp_path)
    try:
        processes.start_simulator()
        yield processes
    finally:
        processes.close()


@pytest.mark.parametrize(("number", "abstract"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_ready_alive_stopping(field: SectionProcesses, number: signal.Signals, abstract: bool) -> None:
    address = f"@didymium-test-{field.folder.name}" if abstract else str(field.folder / "notify")
    manager = Manager(address)
    try:
        field.start_daemon(env=environment(NOTIFY_SOCKET=address))
        manager.hear("READY=1", 10.0)
        for _ in range(2):
            manager.hear("WATCHDOG=1", 5.0)
        assert field.daemon.terminate(number) == 0
        manager.hear("STOPPING=1", 1.0)
        no_traceback(field.daemon)
        assert not field.socket.exists()
        assert manager.heard[-1] == "STOPPING=1", "no sign of life after the last word"
    finally:
        manager.close()


def test_a_daemon_that_does_not_scan_feeds_no_watchdog(field: SectionProcesses) -> None:
    """Stopped is as good as hanging; what matters is that nobody else says WATCHDOG=1 in its name."""
    manager = Manager(str(field.folder / "notify"))
    try:
        field.start_daemon(env=environment(NOTIFY_SOCKET=str(field.folder / "notify")))
        manager.hear("WATCHDOG=1", 10.0)
        field.daemon.process.send_signal(signal.SIGSTOP)
        try:
            manager.forget(within_s=0.2)
            with pytest.raises(AssertionError, match="no WATCHDOG=1"):
                manager.hear("WATCHDOG=1", 2.2)
        finally:
            field.daemon.process.send_signal(signal.SIGCONT)
        manager.hear("WATCHDOG=1", 5.0)
        assert field.daemon.terminate() == 0
    finally:
        manager.close()


def test_without_a_manager_nothing_is_missing(field: SectionProcesses) -> None:
    field.start_daemon(env={key: value for key, value in environment().items() if key != "NOTIFY_SOCKET"})
    assert field.daemon.terminate() == 0
    assert field.daemon.complained.splitlines()[0].startswith(
        "INFO controller.daemon: serving ce1, prnd1 of demo/hall1"
    )
    assert "Traceback" not in field.daemon.complained
