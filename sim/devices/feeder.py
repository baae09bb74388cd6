"""Oxide hopper with a screw: one dose of the mass asked for per new dose number, then the number is echoed."""

from __future__ import annotations

import random
from collections.abc import Mapping

from sim.devices.model import NO_EXTRA, DeviceModel, DeviceRefusal

SCREW_KG_PER_S = 0.05
"""Assumed: a 0.3 kg dose takes 6 s."""
DOSE_ERROR_FRACTION = 0.01
"""Standard deviation of the delivered mass of one dose, from bulk density and fill of the screw. Assumed."""
SPEED_PCT = 60.0
"""Of the screw while it doses; assumed."""
OPERATION_ENABLED = 0x047F
"""Control word of the ABB Drives profile in which the drive runs."""
_ENABLE_BITS = 0x000F


class Feeder(DeviceModel):
    """``taken_kg`` is what fell since it was last collected by the cell."""

    def __init__(self, rng: random.Random, *, time_s: float, hopper_kg: float, last_dose_id: int = 0) -> None:
        super().__init__()
        self.hopper_kg = hopper_kg
        self.jammed = False
        self.times = 1.0
        """What falls, of what the screw has turned: 2 lets every dose fall twice."""
        self._aside_kg: float | None = None
        self.control_word = OPERATION_ENABLED
        self.dose_id = last_dose_id
        self.done_id = last_dose_id
        self.done_kg = 0.0
        self.taken_kg = 0.0
        self._asked_kg = 0.0
        self._left_kg = 0.0
        self._gain = 1.0
        self._rng = rng
        self._time_s = time_s
        self._show()

    @property
    def running(self) -> bool:
        return self._left_kg > 0.0

    @property
    def ready(self) -> bool:
        enabled = self.control_word & _ENABLE_BITS == _ENABLE_BITS
        return enabled and not self.jammed and not self.empty

    @property
    def empty(self) -> bool:
        return self.hopper_kg <= 0.0

    def advance_to(self, time_s: float) -> None:
        dt_s = time_s - self._time_s
        if dt_s <= 0.0:
            return
        self._time_s = time_s
        if not self.running or self.jammed or self.empty:
            return
        turned_kg = min(self._left_kg, SCREW_KG_PER_S * dt_s)
        fallen_kg = min(self.hopper_kg, turned_kg * self._gain * self.times)
        self._left_kg -= turned_kg
        self.hopper_kg -= fallen_kg
        self.taken_kg += fallen_kg
        if self._left_kg <= 1e-9 and not self.empty:
            self._left_kg = 0.0
            self.done_id = self.dose_id
            self.done_kg = self._asked_kg
        self._show()

    def collect_kg(self) -> float:
        """The oxide that fell into the bath since the last call."""
        fallen_kg, self.taken_kg = self.taken_kg, 0.0
        return fallen_kg

    def command(self, name: str, value: float, extra: Mapping[str, float] = NO_EXTRA) -> None:
        if name == "control_word":
            self.control_word = int(value)
            if self.control_word & _ENABLE_BITS != _ENABLE_BITS:
                self._left_kg = 0.0
        if name == "dose_kg":
            self._dose(value, int(extra.get("dose_id", self.dose_id + 1)))
        self._show()

    def jam(self, stuck: bool) -> None:
        self.jammed = stuck
        self._show()

    def refill(self, mass_kg: float) -> None:
        """Nobody fills a hopper that is left empty."""
        if self._aside_kg is None:
            self.hopper_kg += mass_kg
            self._show()

    def leave_empty(self, empty: bool) -> None:
        """Nothing in the hopper until it is filled again as it was."""
        if empty:
            self._aside_kg, self.hopper_kg = self.hopper_kg, 0.0
        else:
            self.hopper_kg, self._aside_kg = self._aside_kg or self.hopper_kg, None
        self._show()

    def power_cycle(self) -> None:
        """The dose in hand is lost and the drive stands until it is enabled again."""
        self._left_kg = 0.0
        self.control_word = 0
        self._show()

    def _dose(self, mass_kg: float, number: int) -> None:
        """A number seen before is no new order: the screw turns once per number."""
        if number == self.dose_id:
            return
        if not self.ready:
            raise DeviceRefusal("the feeder is not ready")
        self.dose_id = number
        self._asked_kg = mass_kg
        self._left_kg = mass_kg
        self._gain = max(0.0, self._rng.gauss(1.0, DOSE_ERROR_FRACTION))

    def _show(self) -> None:
        self.values.update(
            feeder_ready=float(self.ready),
            feeder_running=float(self.running),
            dose_done_id=float(self.done_id),
            dose_done_kg=self.done_kg,
            dose_kg=self._asked_kg,
            dose_id=float(self.dose_id),
            hopper_mass_kg=max(0.0, self.hopper_kg),
            control_word=float(self.control_word),
            ready_to_switch_on=1.0,
            remote=1.0,
            tripped=float(self.jammed),
            speed=SPEED_PCT if self.running and not self.jammed else 0.0,
            speed_reference=SPEED_PCT if self.running else 0.0,
        )
        self.version += 1
