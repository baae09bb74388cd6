"""The course of the demo: start three processes, arm what is simulated, show it, stop cleanly."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

from controller.command_socket import ask
from controller.plant import Plant
from controller.settings import load_plant
from sim.demo.processes import Child, ChildFailed, PortTaken
from sim.demo.section import write_plant_file
from sim.demo.summary import summary
from sim.demo.view import watch

ARM_WITHIN_S = 30.0
PORT_ATTEMPTS = 4
INTERRUPTED = 130
"""Exit code of a demo that was stopped before it ran, as a shell would give it."""


class DemoFailed(Exception):
    """Something the demo needs did not come up; its text says what and where to look."""


class Demo:
    def __init__(self, *, speed: float, seconds: float | None, as_json: bool) -> None:
        self._speed, self._seconds, self._as_json = speed, seconds, as_json
        self._stop = threading.Event()

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)
        with tempfile.TemporaryDirectory(prefix="didymium-demo-") as folder:
            children: list[Child] = []
            try:
                plant = self._start(Path(folder), children)
                if plant is None:
                    return INTERRUPTED
                report = self._show(plant, children)
            except ChildFailed as error:
                raise DemoFailed(str(error)) from None
            finally:
                _stop(children)
        if self._as_json:
            print(json.dumps(report))
        return 0

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, folder: Path, children: list[Child]) -> Plant | None:
        """None where somebody asked to stop meanwhile: then there is nothing to show."""
        for attempt in range(PORT_ATTEMPTS):
            plant = load_plant(write_plant_file(folder, keep_ports=attempt == 0))
            try:
                self._start_children(plant, folder, children)
                break
            except PortTaken:
                _stop(children)
                if attempt == PORT_ATTEMPTS - 1:
                    raise
                self._say("Another program took one of the ports meanwhile; once more with others.")
        if not self._stop.is_set():
            # Side by side: each answer waits for a scan of its cell.
            with ThreadPoolExecutor(len(plant.cells)) as pool:
                for _ in pool.map(lambda cell: self._arm(plant, cell.name, children), plant.cells):
                    pass
        if self._stop.is_set():
            return None
        self._say(self._how_to_look(plant))
        return plant

    def _start_children(self, plant: Plant, folder: Path, children: list[Child]) -> None:
        """Returns early where somebody asked to stop."""
        assert plant.mqtt is not None
        port = plant.mqtt.port
        self._say(f"Starting a broker on port {port}, {len(plant.cells)} simulated cells and the daemon …")
        for role, target in (("broker", str(port)), ("simulator", str(plant.source)), ("daemon", str(plant.source))):
            if self._stop.is_set():
                return
            child = Child(role, target, folder=folder, speed=1.0 if role == "broker" else self._speed)
            children.append(child)
            ready = plant.command_socket.is_socket if role == "daemon" else lambda child=child: child.serving
            child.wait_ready(ready, self._stop.is_set)

    def _arm(self, plant: Plant, cell: str, children: list[Child]) -> None:
        """Arms a cell once every one of its devices has said on the wire that it is simulated, and never otherwise."""
        until = time.monotonic() + ARM_WITHIN_S
        message = "it never answered"
        while time.monotonic() < until and not self._stop.is_set():
            _still_alive(children)
            status = _ask(plant, {"cell": cell, "verb": "status"})["status"]
            waiting = [device["device"] for device in status["devices"] if not device["ready"]]
            real = [device["device"] for device in status["devices"] if device["ready"] and not device["simulated"]]
            if real:
                raise DemoFailed(f"{cell}: {', '.join(real)} does not say that it is simulated; nothing was armed")
            if waiting:
                message = f"{', '.join(waiting)} did not come up"
            else:
                reply = _ask(plant, {"cell": cell, "verb": "arm", "reason": "demo: every device is simulated"})
                if reply["accepted"] or reply["code"] == "already_armed":
                    reply = _ask(plant, {"cell": cell, "verb": "mode", "text": "AUTOMATIC", "reason": "demo"})
                    if reply["accepted"]:
                        return
                message = reply["message"]
            self._stop.wait(0.2)
        if not self._stop.is_set():
            raise DemoFailed(f"{cell} could not be armed: {message}")

    def _show(self, plant: Plant, children: list[Child]) -> dict[str, Any]:
        until = time.monotonic() + self._seconds if self._seconds is not None else None
        watch(
            plant,
            stop=self._stop,
            until=until,
            speed=self._speed,
            silent=self._as_json,
            check=lambda: _still_alive(children),
        )
        return summary(
            {cell.name: _ask(plant, {"cell": cell.name, "verb": "status"})["status"] for cell in plant.cells}
        )

    def _how_to_look(self, plant: Plant) -> str:
        assert plant.mqtt is not None
        topic = f"{plant.mqtt.root}/{plant.site}/{plant.area}/#"
        return (
            f"Look with any MQTT client:  mosquitto_sub -h {plant.mqtt.host} -p {plant.mqtt.port} -v -t '{topic}'\n"
            f"Act in another terminal:    didymium command {plant.source} {plant.cells[0].name} status\n"
            "Stop with Ctrl-C."
        )

    def _say(self, text: str) -> None:
        if not self._as_json:
            print(text, file=sys.stdout, flush=True)


def _stop(children: list[Child]) -> None:
    while children:
        children.pop().stop()


def _still_alive(children: list[Child]) -> None:
    for child in children:
        if not child.alive:
            raise DemoFailed(f"the {child.role} ended: {child.said() or 'it said nothing'}")


def _ask(plant: Plant, message: dict[str, Any]) -> dict[str, Any]:
    try:
        reply = json.loads(ask(plant.command_socket, json.dumps(message).encode() + b"\n", timeout_s=10.0) or b"null")
    except (OSError, ValueError) as error:
        raise DemoFailed(f"the daemon does not answer: {error}") from None
    if not isinstance(reply, dict):
        raise DemoFailed("the daemon closed its command socket")
    return reply
