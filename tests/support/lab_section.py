"""The shipped laboratory cell as processes: simulator and daemon, in a folder of their own."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any

from controller.command_socket import ask
from tests.support.plant_text import LAB
from tests.support.section_processes import READY_WITHIN_S, Running, program, until


class LabSection:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plant_file = folder / "lab.toml"
        self.plant_file.write_text(LAB.replace("/tmp/didymium-lab", str(folder)), encoding="utf-8")
        self.running: list[Running] = []

    def __enter__(self) -> LabSection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self.running):
            process.close()

    def start_simulator(self) -> Running:
        simulator = self._run("simulator", "sim", "serve", self.plant_file)
        until(lambda: "lab1/supply" in simulator.said, READY_WITHIN_S, lambda: f"it serves: {simulator.complained}")
        return simulator

    def start_daemon(self, *options: str) -> Running:
        """Returns once both devices are ready."""
        daemon = self._run("daemon", "run", self.plant_file, *options)
        until(self._ready, READY_WITHIN_S, lambda: f"both devices are ready: {daemon.complained}")
        return daemon

    def command(self, verb: str, value: float | None = None, text: str = "") -> dict[str, Any]:
        message: dict[str, Any] = {"cell": "lab1", "verb": verb, "text": text}
        if value is not None:
            message["value"] = value
        reply = json.loads(ask(self.folder / "didymium.sock", json.dumps(message).encode() + b"\n", timeout_s=20.0))
        assert isinstance(reply, dict)
        return reply

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.command("status")["status"]
        return status

    def _ready(self) -> bool:
        with contextlib.suppress(OSError):
            return all(device["ready"] for device in self.status()["devices"])
        return False

    def _run(self, name: str, *arguments: str | Path) -> Running:
        process = Running(name, program(*arguments), self.folder)
        self.running.append(process)
        return process
