"""Simulated instruments on real sockets and pseudo-terminals, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from controller.plant import Plant
from controller.settings import PlantFileError, load_plant
from sim.faults import UnknownFault, schedule
from sim.instruments.lines import mount, protocol_factory
from sim.instruments.pty import PortTaken, PtyPort, forget_leftover
from sim.instruments.wire import Line
from sim.plant import SimulatedPlant
from sim.scaled_time import run_scaled

OK, ASKED_WRONGLY = 0, 2
TICK_S = 1.0
Say = Callable[[str], None]


class CannotServe(Exception):
    """A listener or port that could not be had; the text says which and why."""


@dataclass(frozen=True, slots=True)
class PlannedFault:
    name: str
    device: str
    start_s: float
    seconds: float


def planned_fault(text: str) -> PlannedFault:
    """From ``NAME[=SIZE]:CELL[/DEVICE]:START:SECONDS``. Raises ValueError."""
    parts = text.split(":")
    if len(parts) != 4:
        raise ValueError(f"fault {text!r}: write NAME:CELL/DEVICE:START:SECONDS, as in silence:ce1/rectifier:10:30")
    try:
        start_s, seconds = float(parts[2]), float(parts[3])
    except ValueError:
        raise ValueError(f"fault {text!r}: START and SECONDS are numbers") from None
    if not (0.0 <= start_s < 1e9 and 0.0 < seconds < 1e9):
        raise ValueError(f"fault {text!r}: START is 0 or more, SECONDS more than 0")
    return PlannedFault(parts[0], parts[1], start_s, seconds)


class FieldServer:
    """Every line of a plant at its address. ``open`` and ``close`` once each."""

    def __init__(self, plant: SimulatedPlant) -> None:
        self.plant = plant
        self.lines = mount(plant)
        self._servers: list[asyncio.Server] = []
        self._ports: list[PtyPort] = []

    async def open(self) -> None:
        """Raises CannotServe, having closed what was open by then."""
        # Listeners first: a second simulator of the same plant fails on them, before it touches a port of the first.
        serial = [line for line in self.lines.values() if line.address.scheme == "serial"]
        for line in (line for line in self.lines.values() if line.address.scheme != "serial"):
            await self._had(line, self._open)
        for step in (self._clear, self._open):
            for line in serial:
                await self._had(line, step)

    async def _had(self, line: Line, step: Callable[[Line], Awaitable[None]]) -> None:
        try:
            await step(line)
        except OSError as error:
            await self.close()
            said = os.strerror(error.errno) if error.errno and not isinstance(error, PortTaken) else str(error)
            raise CannotServe(f"{line.address}: {said.lower()}") from None

    async def _clear(self, line: Line) -> None:
        forget_leftover(Path(line.address.path))

    async def close(self) -> None:
        for port in self._ports:
            port.close()
        for server in self._servers:
            server.close()
        for line in self.lines.values():
            line.hang_up()
        # One turn of the loop, so that connections learn that they are closed.
        await asyncio.sleep(0)
        self._ports.clear()
        self._servers.clear()

    async def _open(self, line: Line) -> None:
        address = line.address
        factory = protocol_factory(line)
        if address.scheme == "serial":
            port = PtyPort(Path(address.path), factory)
            port.open()
            self._ports.append(port)
        elif address.scheme == "tcp":
            loop = asyncio.get_running_loop()
            self._servers.append(await loop.create_server(factory, address.host, address.port))
        else:
            raise CannotServe(f"{address}: a memory link exists inside one program only")


async def serve(plant: Plant, *, seed: int, faults: Sequence[PlannedFault] = (), say: Say, listen: bool) -> int:
    """Serve until SIGINT or SIGTERM; with ``listen`` also take lines ``fault NAME[=SIZE] TARGET SECONDS`` on standard
    input.

    Returns the exit code.
    """
    loop = asyncio.get_running_loop()
    field = FieldServer(SimulatedPlant(plant, seed, loop.time))
    stop = asyncio.Event()
    try:
        await field.open()
        for fault in faults:
            schedule(field.plant, fault.name, fault.device, start_s=fault.start_s, seconds=fault.seconds)
    except (CannotServe, UnknownFault) as error:
        await field.close()
        sys.stderr.write(f"didymium sim: {error}\n")
        return ASKED_WRONGLY
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        say(_table(field))
        if listen:
            _take_lines(field.plant, say)
        while not stop.is_set():
            field.plant.advance()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TICK_S)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        with contextlib.suppress(OSError, ValueError):
            loop.remove_reader(0)
        await field.close()
    return OK


def serve_plant_file(
    path: str | Path,
    *,
    seed: int = 1,
    speed: float = 1.0,
    faults: Sequence[PlannedFault] = (),
    say: Say = lambda _: None,
    listen: bool = False,
) -> int:
    """``serve`` for a plant file, all of it ``speed`` times faster than the wall clock. Returns the exit code: 0 after
    a clean stop, 2 for a plant file with mistakes or a link that cannot be had, each told on standard error."""
    try:
        plant = load_plant(path)
    except PlantFileError as error:
        sys.stderr.write(f"{error}\n")
        return ASKED_WRONGLY
    return run_scaled(serve(plant, seed=seed, faults=faults, say=say, listen=listen), speed=speed)


def carry_out(plant: SimulatedPlant, line: str) -> str:
    """One line of standard input: ``fault NAME[=SIZE] CELL[/DEVICE] SECONDS``. Returns what to tell the person."""
    match line.split():
        case []:
            return ""
        case ["fault", name, device, seconds]:
            try:
                schedule(plant, name, device, start_s=0.0, seconds=_positive(seconds))
            except (UnknownFault, ValueError) as error:
                return str(error)
            return f"{name} on {device} for {seconds} s"
        case _:
            return "write: fault NAME[=SIZE] CELL/DEVICE SECONDS, or CELL for what happens in the cell itself"


def _positive(text: str) -> float:
    number = float(text)
    if not 0.0 < number < 1e9:
        raise ValueError(f"{text} is no length of time in seconds")
    return number


def _take_lines(plant: SimulatedPlant, say: Say) -> None:
    loop = asyncio.get_running_loop()
    pending = bytearray()

    def readable() -> None:
        data = os.read(0, 4096)
        if not data:
            loop.remove_reader(0)
            return
        pending.extend(data)
        while (end := pending.find(b"\n")) >= 0:
            line = pending[:end].decode("utf-8", "replace")
            del pending[: end + 1]
            said = carry_out(plant, line)
            if said:
                say(said)

    # A regular file or a closed descriptor cannot be waited for: then there is nobody to listen to.
    with contextlib.suppress(OSError, ValueError):
        loop.add_reader(0, readable)


def _table(field: FieldServer) -> str:
    rows = [("device", "profile", "unit", "link")]
    rows += [
        (instrument.name, instrument.profile.id, str(instrument.unit), str(line.address))
        for line in field.lines.values()
        for instrument in line.instruments.values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join([*(row[column].ljust(widths[column]) for column in range(3)), row[3]]) for row in rows)
