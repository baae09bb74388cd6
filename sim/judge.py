"""What must hold for every frame that reaches a simulated device, whatever was done to the controller.

The judge stands outside: it hears each command where the device does and compares it with the cell's limits and with
what the controller itself showed of that scan. It knows nothing of ``control`` and ``protection``.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from controller.plant import CellPlan
from controller.process_image.measurements import Measurement
from controller.process_image.modes import Mode
from controller.process_image.tags import Tag
from controller.snapshot import Snapshot
from drivers.reading import Quality
from sim.devices.model import NO_EXTRA
from sim.plant import SimulatedCell, SimulatedDevice

COUNTS_A = 3.0
"""What rounding to the register's counts may add to a set-point."""
HOUR_S = 3600.0
RUNNING = (Mode.MANUAL, Mode.AUTOMATIC)
CRITICAL = ("line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_tripped")

THERMOCOUPLE = re.compile(r"bath_temperature_\d+_degc")


class Heard(NamedTuple):
    time_s: float
    device: str
    name: str
    value: float
    rise_a: float
    """By how much a current set-point lies above the one in force; 0 for everything else."""


class Judge:
    """One per cell. ``violations`` stays empty in a good run."""

    def __init__(self, cell: SimulatedCell, tags: Iterable[Tag], clock: Callable[[], float]) -> None:
        self.violations: list[str] = []
        self._plan: CellPlan = cell.plan
        self._rectifier = cell.rectifier
        self._clock = clock
        self._places = {tag.name: place for place, tag in enumerate(tags)}
        self._thermocouples = [place for name, place in self._places.items() if THERMOCOUPLE.fullmatch(name)]
        self._unjudged: list[Heard] = []
        self._before: Snapshot | None = None
        self._burst_a = 2.0 * cell.plan.limits.current_slew_up_a_per_s * cell.plan.limits.scan_period_s
        self._allowance_a = self._burst_a
        self._filled_s = clock()
        self._doses: deque[tuple[float, float]] = deque()
        self._dose_ids: set[int] = set()
        for device in cell.devices:
            self._listen(device)

    def scanned(self, snapshot: Snapshot) -> list[Heard]:
        """A scan has been recorded; returns what was heard since the one before."""
        heard, self._unjudged = self._unjudged, []
        for command in heard:
            self._judge(command, snapshot)
        for name, place in self._places.items():
            value = snapshot.values[place]
            if isinstance(value, Measurement) and value.value is not None and not math.isfinite(value.value):
                self._violated(snapshot.time_s, f"{name} is shown as {value.value}")
        self._before = snapshot
        return heard

    def by_somebody_else(self, device: SimulatedDevice, name: str, value: float) -> None:
        """A command that is not the controller's to answer for. Raises DeviceRefusal."""
        type(device.model).command(device.model, name, value)

    def _listen(self, device: SimulatedDevice) -> None:
        carry_out = device.model.command

        def command(name: str, value: float, extra: Mapping[str, float] = NO_EXTRA) -> None:
            self._hear(device.plan.name, name, value, extra)
            carry_out(name, value, extra)

        device.model.command = command  # type: ignore[method-assign]

    def _hear(self, device: str, name: str, value: float, extra: Mapping[str, float]) -> None:
        now = self._clock()
        rise_a = 0.0
        if name == "current_setpoint_a":
            rise_a = self._setpoint(now, value)
        elif name == "dose_kg":
            self._dose(now, value, int(extra.get("dose_id", 0)))
        elif name in ("heartbeat", "alive_pulse"):
            self._beat(now, name)
        command = Heard(now, device, name, value, rise_a)
        self._unjudged.append(command)

    def _setpoint(self, now: float, value_a: float) -> float:
        limits = self._plan.limits
        if not 0.0 <= value_a <= limits.current_a_max + COUNTS_A:
            self._violated(now, f"set-point {value_a:g} A is outside the envelope")
        rate = limits.current_slew_up_a_per_s
        self._allowance_a = min(self._burst_a, self._allowance_a + rate * (now - self._filled_s))
        self._filled_s = now
        rise_a = value_a - self._rectifier.setpoint_a
        if rise_a > COUNTS_A:
            if rise_a > self._allowance_a + COUNTS_A:
                self._violated(now, f"set-point raised by {rise_a:.0f} A, {self._allowance_a:.0f} A are allowed")
            self._allowance_a = max(0.0, self._allowance_a - rise_a)
        return max(0.0, rise_a)

    def _dose(self, now: float, mass_kg: float, number: int) -> None:
        limits = self._plan.limits
        if not 0.0 < mass_kg <= limits.dose_kg_max * 1.001:
            self._violated(now, f"a dose of {mass_kg:g} kg")
        if number in self._dose_ids:
            self._violated(now, f"dose {number} is ordered a second time")
        self._dose_ids.add(number)
        self._doses.append((now, mass_kg))
        while self._doses[0][0] <= now - HOUR_S:
            self._doses.popleft()
        fed_kg = math.fsum(kg for _, kg in self._doses)
        if not fed_kg <= limits.dose_kg_per_h_max * 1.001:
            self._violated(now, f"{fed_kg:.1f} kg within an hour")

    def _beat(self, now: float, name: str) -> None:
        """The last act of a scan: its snapshot is there already."""
        last = self._before
        if last is None or not last.armed:
            self._violated(now, f"{name} from a controller that is not armed")
        elif why := self._blind(last):
            self._violated(now, f"{name} although {why}")
        elif self._unjudged and any(command.name not in ("heartbeat", "alive_pulse") for command in self._unjudged):
            names = {command.name for command in self._unjudged} - {"remote", "output", "heartbeat", "alive_pulse"}
            if names:
                self._violated(now, f"{name} while {', '.join(sorted(names))} has no record yet")

    def _judge(self, command: Heard, snapshot: Snapshot) -> None:
        armed_before = self._before is not None and self._before.armed
        armed = armed_before and snapshot.armed
        if command.name == "current_setpoint_a" and command.rise_a > COUNTS_A:
            what = f"set-point raised by {command.rise_a:.0f} A"
            if not armed:
                self._violated(command.time_s, f"{what} while not armed")
            if snapshot.mode not in RUNNING:
                self._violated(command.time_s, f"{what} in {snapshot.mode.name}")
            if why := self._blind(snapshot) or self._cold_blind(snapshot):
                self._violated(command.time_s, f"{what} although {why}")
        elif command.name == "dose_kg" and not (armed and snapshot.mode in RUNNING):
            self._violated(command.time_s, f"a dose in {snapshot.mode.name}, {'' if armed else 'not '}armed")
        elif command.name in ("output", "remote") and command.value and not (armed_before or snapshot.armed):
            self._violated(command.time_s, f"{command.name} switched on while not armed")

    def _blind(self, snapshot: Snapshot) -> str:
        for name in CRITICAL:
            value = snapshot.values[self._places[name]]
            if not isinstance(value, Measurement) or value.quality is not Quality.GOOD:
                return f"{name} is not good"
        return ""

    def _cold_blind(self, snapshot: Snapshot) -> str:
        temperatures = [snapshot.values[place] for place in self._thermocouples]
        seen = [value for value in temperatures if isinstance(value, Measurement) and value.quality is Quality.GOOD]
        return "" if seen else "no bath temperature is good"

    def _violated(self, time_s: float, what: str) -> None:
        self.violations.append(f"{time_s:.1f} s: {what}")
