"""A thyristor rectifier behind its PLC: set-point, own ramp, limits, trip latch and communication watchdog."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sim.devices.model import NO_EXTRA, DeviceModel, DeviceRefusal
from sim.devices.transducer import Transducer

RIPPLE_NOISE_FRACTION = 0.0005
"""Of rated current, rms, after the PLC's averaging; assumed (transducers of this class are 0.2–0.5 % of full scale)."""
VOLTMETER_NOISE_V = 0.004
"""Rms, of the voltage transducer alone; bath noise is the physics' affair. Assumed."""
COOLANT_DEGC = 36.0


@dataclass(frozen=True, slots=True)
class RectifierRating:
    current_a: float
    voltage_v: float
    hold_current_a: float
    """What it ramps to alone, after its watchdog or its hold input."""
    ramp_a_per_s: float = 2000.0
    """Own ramp towards a set-point, both ways. Assumed."""


@dataclass(frozen=True, slots=True)
class CommunicationWatchdog:
    """``timeout_s`` 0 means none. ``fed_by`` tells whether a changing heartbeat or any frame feeds it."""

    timeout_s: float = 0.0
    ramp_s: float = 0.0
    action: Literal["ramp_to_hold", "off", "keep"] = "ramp_to_hold"
    fed_by: Literal["heartbeat", "any_frame"] = "heartbeat"
    latches: bool = True


class Rectifier(DeviceModel):
    """Delivers ``demand_a`` to the cell and shows what the transducers see.

    Exact in time: a watchdog that runs out between two looks is acted on at the moment it ran out.
    """

    def __init__(
        self,
        rating: RectifierRating,
        watchdog: CommunicationWatchdog,
        rng: random.Random,
        *,
        time_s: float,
        current_a: float,
        voltage_limit_v: float,
        current: Transducer | None = None,
        voltage: Transducer | None = None,
    ) -> None:
        super().__init__()
        self.current = current or Transducer()
        """Only what is shown passes through it: the regulator measures with one of its own."""
        self.voltage = voltage or Transducer()
        self.rating = rating
        self.watchdog = watchdog
        self.demand_a = current_a
        """What the power part is asked for now, after all ramps; the cell may draw less at the voltage limit."""
        self.voltage_limit_v = voltage_limit_v
        self.setpoint_a = current_a
        self.running = current_a > 0.0
        self.remote = True
        self.tripped = False
        self.fallback = False
        self.estop_ok = True
        self.trip_cause = ""
        self.heartbeat = 0
        self._communication_cut = False
        self._key_local = False
        self._rng = rng
        self._time_s = time_s
        self._ramp_a_per_s = rating.ramp_a_per_s
        self._fed_at_s: float | None = None
        self._output = self.running
        self._show()
        self.values["line_current_a"] = current_a
        self.values["cell_voltage_v"] = 0.0

    def advance_to(self, time_s: float) -> None:
        due_s = self._due_s()
        if due_s is not None and due_s <= time_s:
            self._ramp(max(0.0, due_s - self._time_s))
            self._time_s = max(self._time_s, due_s)
            self.fall_back()
        self._ramp(time_s - self._time_s)
        self._time_s = max(self._time_s, time_s)

    def observe(self, line_current_a: float, cell_voltage_v: float, dt_s: float = 0.0) -> None:
        """New values at the transducers; noise is drawn here, once per step of the cell."""
        noise = self._rng.gauss
        values, current, voltage = self.values, self.current, self.voltage
        current.pass_time(dt_s)
        voltage.pass_time(dt_s)
        values["line_current_a"] = current_a = current.shown(line_current_a)
        if line_current_a > 0.0:
            ripple_a = RIPPLE_NOISE_FRACTION * self.rating.current_a + current.ripple_share * current_a
            values["line_current_a"] = current_a + noise(0.0, ripple_a)
        shown_v = voltage.shown(cell_voltage_v)
        ripple_v = voltage.ripple_share * shown_v if line_current_a > 0.0 else 0.0
        values["cell_voltage_v"] = shown_v + noise(0.0, VOLTMETER_NOISE_V + abs(ripple_v))
        self.version += 1

    def command(self, name: str, value: float, extra: Mapping[str, float] = NO_EXTRA) -> None:  # noqa: ARG002
        if name == "heartbeat":
            was_fallback = self.fallback
            self._take_heartbeat(int(value))
            if self.fallback is was_fallback:
                # The most frequent command by far changes two values of eighteen.
                self.values["heartbeat"] = self.values["rectifier_heartbeat_echo"] = float(self.heartbeat)
                self.version += 1
                return
        elif name in ("current_setpoint_a", "voltage_limit_v"):
            self._take_setpoint(name, value)
        elif name == "remote":
            self.take_remote() if value else self.release_remote()
        elif name == "output":
            self._switch_output(bool(value))
        elif name == "reset":
            self.reset()
        self._show()

    def heard_a_frame(self) -> None:
        if self.watchdog.fed_by == "any_frame" and self.remote and not self._communication_cut:
            self._fed_at_s = self._time_s

    def take_remote(self) -> None:
        """Give control to the bus, bumpless: the set-point becomes what is delivered now. Acknowledges a fallback.

        Nothing happens while the key switch stands at local.
        """
        if self._key_local:
            return
        if not self.remote or self.fallback:
            self.setpoint_a = self.demand_a
            self._fed_at_s = None
        self.remote = True
        self.fallback = False
        self._ramp_a_per_s = self.rating.ramp_a_per_s
        self._show()

    def release_remote(self) -> None:
        """Control goes back to the panel; the bus may look, not touch."""
        self.remote = False
        self._fed_at_s = None
        self._show()

    def turn_key(self, *, local: bool) -> None:
        """The key switch at the panel. Turned back, it permits remote and does not take it."""
        self._key_local = local
        if local:
            self.release_remote()

    def start(self) -> None:
        if self.tripped or not self.estop_ok:
            raise DeviceRefusal("the rectifier is tripped")
        if not self.remote:
            raise DeviceRefusal("the rectifier is in local")
        self.running = True
        self._show()

    def stop(self) -> None:
        """Obeyed from every state: current ramps to zero, then the thyristors block."""
        self.running = False
        self._ramp_a_per_s = self.rating.ramp_a_per_s
        self._show()

    def trip(self, cause: str) -> None:
        """Breaker open at once, latched until ``reset``."""
        self.tripped = True
        self.running = False
        self.trip_cause = self.trip_cause or cause
        self.demand_a = 0.0
        self.setpoint_a = 0.0
        self.values["line_current_a"] = 0.0
        self._show()

    def reset(self) -> None:
        """A person at the panel resets the latch once the emergency stop is clear."""
        if self.estop_ok:
            self.tripped = False
            self.trip_cause = ""
        self._show()

    def fall_back(self) -> None:
        """The communication watchdog ran out or the hold input fell: lower to hold, never raise."""
        self._fed_at_s = None
        if self.fallback:
            return
        self.fallback = True
        target_a = self._fallback_target_a()
        span_a = self.demand_a - target_a
        if span_a > 0.0:
            self._ramp_a_per_s = span_a / self.watchdog.ramp_s if self.watchdog.ramp_s > 0.0 else math.inf
        self._show()

    def cut_communication(self, cut: bool) -> None:
        """Fault injection: while cut, nothing feeds the watchdog, and it runs."""
        self._communication_cut = cut
        if cut and self._fed_at_s is None:
            self._fed_at_s = self._time_s

    def power_cycle(self) -> None:
        self.remote = False
        self.running = False
        self.fallback = False
        self.demand_a = 0.0
        self.setpoint_a = 0.0
        self.heartbeat = 0
        self._output = False
        self._fed_at_s = None
        self._show()

    @property
    def target_a(self) -> float:
        """Where the ramp leads now."""
        if not self.running:
            return 0.0
        if self.fallback:
            return min(self.setpoint_a, self._fallback_target_a())
        return min(self.setpoint_a, self.rating.current_a)

    def _fallback_target_a(self) -> float:
        hold_a = 0.0 if self.watchdog.action == "off" else self.rating.hold_current_a
        return min(hold_a, self.setpoint_a)

    def _due_s(self) -> float | None:
        watchdog = self.watchdog
        if self._fed_at_s is None or watchdog.timeout_s <= 0.0 or watchdog.action == "keep" or self.fallback:
            return None
        return self._fed_at_s + self.watchdog.timeout_s

    def _ramp(self, dt_s: float) -> None:
        target_a = self.target_a
        if dt_s <= 0.0 or self.demand_a == target_a:
            return
        change_a = dt_s * self._ramp_a_per_s
        if self.demand_a > target_a:
            self.demand_a = max(target_a, self.demand_a - change_a)
        else:
            self.demand_a = min(target_a, self.demand_a + change_a)
        if self.fallback and not self.watchdog.latches and self.demand_a == target_a:
            self._ramp_a_per_s = self.rating.ramp_a_per_s

    def _take_heartbeat(self, counter: int) -> None:
        if counter == self.heartbeat:
            return
        self.heartbeat = counter
        if self._communication_cut or not self.remote or self.watchdog.fed_by != "heartbeat":
            return
        if self.fallback and self.watchdog.latches:
            return
        self.fallback = False
        self._fed_at_s = self._time_s

    def _take_setpoint(self, name: str, value: float) -> None:
        if not math.isfinite(value) or value < 0.0:
            raise DeviceRefusal("no such set-point")
        if not self.remote:
            raise DeviceRefusal("the rectifier is in local")
        if name == "voltage_limit_v":
            self.voltage_limit_v = min(value, self.rating.voltage_v)
        elif not self.fallback:
            self.setpoint_a = min(value, self.rating.current_a)

    def _switch_output(self, on: bool) -> None:
        """Starts on the rising edge: a trip does not end in a restart because the register still says 1."""
        rising = on and not self._output
        self._output = on
        if rising:
            self.start()
        elif not on:
            self.stop()

    def _show(self) -> None:
        self.values.update(
            current_setpoint_readback_a=self.setpoint_a,
            current_setpoint_a=self.setpoint_a,
            voltage_limit_v=self.voltage_limit_v,
            rectifier_ready=float(not self.tripped and self.estop_ok),
            rectifier_running=float(self.running),
            rectifier_remote=float(self.remote),
            rectifier_tripped=float(self.tripped),
            rectifier_fallback=float(self.fallback),
            estop_ok=float(self.estop_ok),
            rectifier_heartbeat_echo=float(self.heartbeat),
            heartbeat=float(self.heartbeat),
            remote=float(self.remote),
            output=float(self._output),
            hold_current=self.rating.hold_current_a,
            coolant_temperature=COOLANT_DEGC,
            local=float(not self.remote),
            output_off=float(not self.running),
            constant_current=float(self.running),
        )
        self.version += 1
