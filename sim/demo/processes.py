"""The demo's three children: broker, simulator, daemon. Started in that order, stopped in the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

READY_WITHIN_S = 20.0
STOP_WITHIN_S = 5.0
PORT_TAKEN = 2
"""Exit code of a broker or simulator that did not get its ports."""
SERVING = "serving"
"""What a child says once it has all its ports. That something listens there proves nothing: it may be another demo."""


class ChildFailed(Exception):
    """A child ended before it was ready, or never became ready; carries what it said."""


class PortTaken(ChildFailed):
    """Somebody was quicker between our look at a port and its use."""


class Child:
    def __init__(self, role: str, target: str, *, folder: Path, speed: float = 1.0) -> None:
        self.role = role
        self._log = (folder / f"{role}.log").open("w+b")
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "sim.demo.child", role, target, "--parent", str(os.getpid()), "--speed", str(speed)],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            # A group of its own: Ctrl-C reaches the demo alone, which then stops its children in order.
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def serving(self) -> bool:
        return SERVING in self.said().splitlines()

    def said(self) -> str:
        self._log.flush()
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace").strip()

    def wait_ready(self, ready: Callable[[], bool], given_up: Callable[[], bool]) -> None:
        """Returns when it is ready or nobody wants it any more. Raises ChildFailed."""
        until = time.monotonic() + READY_WITHIN_S
        while not ready() and not given_up():
            if not self.alive:
                failure = PortTaken if self._process.returncode == PORT_TAKEN else ChildFailed
                raise failure(f"the {self.role} ended at once: {self.said() or 'it said nothing'}")
            if time.monotonic() > until:
                raise ChildFailed(f"the {self.role} was not ready after {READY_WITHIN_S:g} s: {self.said()}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()
