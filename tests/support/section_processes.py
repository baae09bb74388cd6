"""The program as a plant runs it: simulator and daemon as processes of their own, in a folder, on free ports."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from controller.command_socket import ask
from controller.journal.reader import TrendReader, read_events
from controller.journal.record import Damage
from controller.journal.row import RecordedEvent
from sim.demo.section import write_plant_file

READY_WITHIN_S = 30.0
ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[[str], str]


def didymium(*arguments: str | Path, timeout_s: float = 40.0, **more: Any) -> subprocess.CompletedProcess[str]:
    """One command line, run to its end."""
    return subprocess.run(
        program(*arguments), capture_output=True, text=True, timeout=timeout_s, check=False, cwd=ROOT, **more
    )


def program(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "controller.cli", *map(str, arguments)]


def until(is_so: Callable[[], Any], within_s: float, what: str | Callable[[], str]) -> float:
    """Waits for a condition; returns how long that took, s. Fails with ``what`` did not happen."""
    start_s = time.monotonic()
    while not is_so():
        waited_s = time.monotonic() - start_s
        assert waited_s <= within_s, f"not within {within_s:g} s: {what if isinstance(what, str) else what()}"
        time.sleep(0.02)
    return time.monotonic() - start_s


class Running:
    """A process whose words are kept in files, so that it never waits for a reader."""

    def __init__(self, name: str, argv: Sequence[str], folder: Path, **more: Any) -> None:
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=ROOT, **more)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def said(self) -> str:
        return self._out.read_text(encoding="utf-8", errors="replace")

    @property
    def complained(self) -> str:
        return self._err.read_text(encoding="utf-8", errors="replace")

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self._reap(5.0)

    def terminate(self, number: signal.Signals = signal.SIGTERM, *, within_s: float = 10.0) -> int:
        self.process.send_signal(number)
        return self._reap(within_s)

    def close(self) -> None:
        if self.alive:
            self.kill()
        else:
            self._reap(1.0)

    def _reap(self, within_s: float) -> int:
        if self.process.stdin is not None:
            self.process.stdin.close()
        return self.process.wait(within_s)


class SectionProcesses:
    """The demo's two cells. ``edit`` changes the daemon's plant file, the simulator keeps the right one."""

    def __init__(
        self,
        folder: Path,
        *,
        scan_period_s: float = 0.5,
        speed: float = 1.0,
        broker_port: int | None = None,
        edit: Edit = lambda text: text,
    ) -> None:
        self.folder = folder
        self.speed = speed
        text = write_plant_file(folder, keep_ports=False).read_text(encoding="utf-8")
        text = text.replace("scan_period_s = 1.0", f"scan_period_s = {scan_period_s}")
        mqtt = re.compile(r"\[mqtt\]\nhost = \"127\.0\.0\.1\"\nport = \d+\n")
        broker = "" if broker_port is None else f'[mqtt]\nhost = "127.0.0.1"\nport = {broker_port}\n'
        text, replaced = mqtt.subn(broker, text)
        assert replaced == 1, "the shipped plant file has changed its [mqtt] table"
        self.field_file = folder / "field.toml"
        self.field_file.write_text(text, encoding="utf-8")
        self.plant_file = folder / "plant.toml"
        self.plant_file.write_text(edit(text), encoding="utf-8")
        self.socket = folder / "didymium.sock"
        self.journal = folder / "journal"
        self._processes: list[Running] = []
        self.simulator: Running
        self.daemon: Running

    def start_simulator(self) -> None:
        argv = program("sim", "serve", self.field_file, "--speed", str(self.speed))
        self.simulator = self._run("simulator", argv)
        until(
            lambda: "profile" in self.simulator.said or not self.simulator.alive,
            READY_WITHIN_S,
            lambda: f"the simulator is up: {self.simulator.complained}",
        )
        assert self.simulator.alive, self.simulator.complained

    def start_daemon(self, *options: str, **more: Any) -> None:
        """Returns once its command socket answers."""
        self.daemon = self._run("daemon", program("run", self.plant_file, *options), **more)
        until(
            lambda: self._answers() or not self.daemon.alive,
            READY_WITHIN_S,
            lambda: f"the daemon answers: {self.daemon.complained}",
        )
        assert self.daemon.alive, self.daemon.complained

    def start(self, *options: str) -> None:
        self.start_simulator()
        self.start_daemon(*options)
        for cell in ("ce1", "prnd1"):
            self.wait_ready(cell)

    def close(self) -> None:
        for process in reversed(self._processes):
            process.close()

    def status(self, cell: str) -> dict[str, Any]:
        reply = self.ask({"cell": cell, "verb": "status"})
        assert reply["accepted"], reply
        status: dict[str, Any] = reply["status"]
        return status

    def command(self, cell: str, verb: str, value: float | None = None, text: str = "") -> dict[str, Any]:
        message: dict[str, Any] = {"cell": cell, "verb": verb}
        if value is not None:
            message["value"] = value
        if text:
            message["text"] = text
        return self.ask(message)

    def ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        reply = json.loads(ask(self.socket, json.dumps(message).encode() + b"\n", timeout_s=20.0))
        assert isinstance(reply, dict)
        return reply

    def not_ready(self, cell: str) -> dict[str, str]:
        """Device → reason."""
        return {d["device"]: d["reason"] for d in self.status(cell)["devices"] if not d["ready"]}

    def wait_ready(self, cell: str, within_s: float = READY_WITHIN_S) -> float:
        return until(lambda: not self.not_ready(cell), within_s, lambda: f"{cell} is ready: {self.not_ready(cell)}")

    def run_automatically(self, *cells: str) -> None:
        """Arm and go to AUTOMATIC; returns once each rectifier has been given its first heartbeat."""
        with ThreadPoolExecutor(len(cells)) as pool:
            for _ in pool.map(self._run_automatically, cells):
                pass

    def _run_automatically(self, cell: str) -> None:
        for verb, text in (("arm", ""), ("mode", "AUTOMATIC")):
            reply = self.command(cell, verb, text=text)
            assert reply["accepted"], reply
        until(lambda: self.tag(cell, "rectifier_heartbeat_echo")["v"], 10.0, "a heartbeat is echoed")

    def tag(self, cell: str, name: str) -> dict[str, Any]:
        tag: dict[str, Any] = self.status(cell)["tags"][name]
        return tag

    def events(self, cell: str | None = None) -> list[RecordedEvent]:
        """Everything on the record so far."""
        found = [item for item in read_events(self.journal) if not isinstance(item, Damage)]
        return [event for event in found if cell in (None, event.cell)]

    def messages(self, cell: str, kind: str) -> list[str]:
        return [event.payload["message"] for event in self.events(cell) if event.kind == kind]

    def scans(self, cell: str, *, since_utc_ms: int = 0) -> list[tuple[int, dict[str, int]]]:
        """UTC in ms and quality by tag (0 good, 1 uncertain, 2 bad) of each scan in the trends."""
        trends = TrendReader(self.journal)
        try:
            return [(scan.utc_ms, dict(scan.qualities)) for scan in trends.scans(cell, since_utc_ms=since_utc_ms)]
        finally:
            trends.close()

    def link_port(self, cell: str, device: str) -> int:
        return int(_link(self.field_file.read_text(encoding="utf-8"), cell, device).rsplit(":", 1)[1])

    def serial_path(self, cell: str, device: str) -> Path:
        link = _link(self.field_file.read_text(encoding="utf-8"), cell, device)
        return Path(link.removeprefix("serial:").split("?")[0])

    def _answers(self) -> bool:
        try:
            self.ask({"cell": "ce1", "verb": "status"})
        except (OSError, ValueError):
            return False
        return True

    def _run(self, name: str, argv: Sequence[str], **more: Any) -> Running:
        process = Running(f"{name}-{len(self._processes)}", argv, self.folder, **more)
        self._processes.append(process)
        return process


@contextmanager
def section(folder: Path, *options: str, **settings: Any) -> Iterator[SectionProcesses]:
    """A section with simulator and daemon up and every device ready."""
    processes = SectionProcesses(folder, **settings)
    try:
        processes.start(*options)
        yield processes
    finally:
        processes.close()


def with_link(text: str, cell: str, device: str, link: str) -> str:
    """The plant file with one device at another address."""
    old = f'link = "{_link(text, cell, device)}"'
    start = _place(text, cell, device)
    at = text.index(old, start)
    return text[:at] + f'link = "{link}"' + text[at + len(old) :]


def link_of(text: str, cell: str, device: str) -> str:
    return _link(text, cell, device)


def no_traceback(*processes: Running) -> None:
    for process in processes:
        assert "Traceback" not in process.complained, process.complained
        assert "Error" not in process.complained, process.complained
        assert "never retrieved" not in process.complained, process.complained


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


def _place(text: str, cell: str, device: str) -> int:
    return text.index(f'name = "{device}"', text.index(f'name = "{cell}"'))


def _link(text: str, cell: str, device: str) -> str:
    found = re.compile(r'link = "([^"]+)"').search(text, _place(text, cell, device))
    assert found is not None
    return found[1]
