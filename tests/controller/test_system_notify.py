from __future__ import annotations

import socket
from pathlib import Path

from controller.system_notify import SystemNotify


def test_the_service_manager_hears_ready_alive_and_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(2.0)
        notify = SystemNotify(str(tmp_path / "notify"))
        notify.ready("2 cells")
        notify.alive()
        notify.stopping()
        notify.close()
        assert [manager.recv(100) for _ in range(3)] == [b"READY=1\nSTATUS=2 cells", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    SystemNotify("").alive()
    gone = SystemNotify(str(tmp_path / "nobody"))
    gone.alive()
    gone.close()
