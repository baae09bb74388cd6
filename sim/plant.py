"""Simulated cells and a section of them: physics, devices and time. No wire, no protocol.

Physics runs on a fixed grid of steps whoever asks and however often, so that a run depends on its seed and on what the
devices were told, not on how many clients looked. Device models are exact between the steps.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from controller.chemistry.constants import ZERO_CELSIUS_K
from controller.plant import CellPlan, DevicePlan, Plant
from drivers.profiles.schema import Watchdog
from sim.active_faults import ActiveFaults
from sim.devices.anode_monitor import AnodeMonitor
from sim.devices.digital_io import DigitalIO
from sim.devices.feeder import Feeder
from sim.devices.load_cell import LoadCell
from sim.devices.model import DeviceModel
from sim.devices.rectifier import CommunicationWatchdog, Rectifier, RectifierRating
from sim.devices.thermocouples import Thermocouples
from sim.devices.transducer import Transducer
from sim.noise_source import NoiseSource
from sim.physics.cell import (
    CellInputs,
    CellOutputs,
    CellState,
    advance_in_place,
    outputs,
    running_state,
)
from sim.physics.mishaps import bridged
from sim.physics.noise import NoiseState, ScanStatistics, noise_of, sample_v, scan_statistics
from sim.physics.parameters import parameters_from
from sim.physics.people import change_anode, tap_metal
from sim.physics.service import Recipe, served

STEP_MAX_S = 1.0
SAMPLE_S = 0.1
HOPPER_KEY = "hopper_kg"
"""The one key of ``[simulator]`` that is about a device and not about the cell's physics."""
HOPPER_KG = 400.0
"""About ten hours of oxide at 25 kA, a shift's filling; ``[simulator] hopper_kg`` says otherwise. Assumed."""
ROUND_S = 30.0
"""How often people look after a cell that they serve."""
REFILL_BELOW = 0.1
"""Of the hopper's filling."""
SALT_PER_ROUND = 0.0002
"""Of the bath, at most: cold salt is melted at its cost. Assumed."""


class SimulatedDevice:
    """A device of a plant file: its model, and what is wrong with it."""

    def __init__(self, cell: str, plan: DevicePlan, model: DeviceModel) -> None:
        self.name = f"{cell}/{plan.name}"
        self.cell = cell
        self.plan = plan
        self.model = model
        self.faults = ActiveFaults()
        self.on_hang_up: list[Callable[[], None]] = []
        self.on_power_returned: list[Callable[[], None]] = []


class SimulatedCell:
    """One cell at nominal current and set-point, its rectifier running and in remote.

    ``now_s`` is the time to which physics has been carried; ``advance_to`` carries it on. Time is that of the caller's
    clock and starts at ``start_s``.
    """

    def __init__(self, plan: CellPlan, seed: int, *, start_s: float = 0.0) -> None:
        self.plan = plan
        self.parameters = parameters_from(
            plan.design, plan.product, {key: value for key, value in plan.simulator.items() if key != HOPPER_KEY}
        )
        self._unbridged = self.parameters
        self.state: CellState = running_state(self.parameters, seed=seed)
        self._bypassed_a = 0.0
        self.lid_closed = False
        self.auxiliary_heat_kw = 0.0
        self.extra_moisture_wt_pct = 0.0
        self.wrong_oxide_share = 0.0
        """Of what is fed from now on; both until they are set back."""
        self.bypass_a = 0.0
        """Current that a shorted cathode takes through the lining: not through bath and anodes, and all of it heat."""
        self.service = True
        """People change due anodes, tap, fill the hopper and make up salt."""
        self.taps = True
        self.makes_up_salt = True
        self.faults = ActiveFaults()
        """Of the cell itself; those of its devices are with these."""
        self._left: list[int] = []
        self._recipe = Recipe(self.state.lif_kg, self.state.ref3_kg)
        self._hand_fed_kg = 0.0
        self.step_s = min(STEP_MAX_S, plan.control.scan_period_s)
        self._steps_a_round = max(1, round(ROUND_S / self.step_s))
        self.start_s = start_s
        self.now_s = start_s
        self.steps = 0
        self._seed = seed
        self._bath_noise = self._random("bath")
        self.rectifier = self._rectifier()
        self.feeder = Feeder(self._random("feeder"), time_s=start_s, hopper_kg=self._hopper_kg())
        self.load_cell = LoadCell(self._random("load_cell"), hopper_kg=self.feeder.hopper_kg)
        self._hopper_full_kg = self.feeder.hopper_kg
        self.anode_monitor = AnodeMonitor(
            self.outputs.anode_current_a,
            self._random("anode_current"),
            gain_spread=self.parameters.truth.anode_gain_spread,
        )
        self.noise: NoiseState
        self.voltage_statistics: ScanStatistics
        """Of the last step: what the process seam sees beyond the truth."""
        self._sampling_noise = self._random("sampling")
        self._sampled_s = start_s
        self.digital_io = DigitalIO(
            time_s=start_s,
            on_permit_open=lambda: self.rectifier.trip("permit contact open"),
            on_alive_lost=self._hold_input,
        )
        self.thermocouples: list[Thermocouples] = []
        self.devices = tuple(SimulatedDevice(plan.name, device, self._model(device)) for device in plan.devices)
        self._show(0.0)

    def advance_to(self, time_s: float) -> None:
        """Carry the cell to ``time_s``; does nothing for a time already reached."""
        next_s = self.start_s + (self.steps + 1) * self.step_s
        while next_s <= time_s:
            self._step(next_s)
            next_s = self.start_s + (self.steps + 1) * self.step_s
        if time_s > self.now_s:
            self._let_devices_reach(time_s)

    def sample(self, time_s: float) -> None:
        """Let the voltmeter take a sample now, as a device does that is asked over a wire; at most ten a second."""
        if time_s - self._sampled_s >= SAMPLE_S:
            self._sampled_s = time_s
            noise_v = sample_v(self.noise, time_s, self._sampling_noise)
            self.rectifier.observe(self.line_current_a, self.state.cell_voltage_v + noise_v)

    @property
    def outputs(self) -> CellOutputs:
        """The cell as it stands, reckoned anew at each look: few ask, and not at every step."""
        return outputs(self.parameters, self.state)

    @property
    def line_current_a(self) -> float:
        """Through the rectifier: what passes the bath and what passes it by."""
        return self.state.line_current_a + self._bypassed_a

    def bridge(self, current_a: float) -> None:
        """Metal bridges take that current from now on, beside what the cell file says; 0 when they are raked away."""
        base_a = self._unbridged.truth.shunt_a
        self.parameters = bridged(self._unbridged, min(50_000.0, base_a + current_a)) if current_a else self._unbridged

    def leave_to_itself(self, position: int, *, left: bool = True) -> None:
        """Whether people leave that anode (from 1) as it is, whatever has become of it."""
        if left:
            self._left.append(position - 1)
        else:
            self._left.remove(position - 1)

    def change_anode(self, position: int) -> None:
        """``position`` counts from 1."""
        self.state = change_anode(self.parameters, self.state, position - 1)

    def hand_feed(self, mass_kg: float) -> None:
        """Oxide thrown in by a person, which no feeder and no hopper knows of."""
        self._hand_fed_kg += mass_kg

    def tap_metal(self, mass_kg: float) -> float:
        """Returns the mass that came, at most what was there."""
        self.state, tapped_kg = tap_metal(self.parameters, self.state, mass_kg)
        return tapped_kg

    def _step(self, time_s: float) -> None:
        self._let_devices_reach(time_s)
        bypassed_a = self._bypassed_a = min(self.bypass_a, self.rectifier.demand_a)
        inputs = CellInputs(
            current_demand_a=self.rectifier.demand_a - bypassed_a,
            voltage_limit_v=self.rectifier.voltage_limit_v,
            oxide_dose_kg=self.feeder.collect_kg(),
            lid_closed=self.lid_closed,
            auxiliary_heat_kw=self.auxiliary_heat_kw + 1e-3 * bypassed_a * max(0.0, self.state.cell_voltage_v),
            hand_fed_kg=self._hand_fed_kg,
            extra_moisture_wt_pct=self.extra_moisture_wt_pct,
            wrong_oxide_share=self.wrong_oxide_share,
        )
        self._hand_fed_kg = 0.0
        advance_in_place(self.parameters, self.state, inputs, self.step_s)
        self.steps += 1
        self.now_s = time_s
        if self.service and self.steps % self._steps_a_round == 0:
            self._go_round()
        self._show(self.step_s)

    def _go_round(self) -> None:
        self.state = served(
            self.parameters,
            self.state,
            self._recipe,
            taps=self.taps,
            salt=self.makes_up_salt,
            most_salt_kg=SALT_PER_ROUND * self.plan.design.bath_mass_kg,
            not_anodes=self._left,
        ).state
        if self.feeder.hopper_kg < REFILL_BELOW * self._hopper_full_kg:
            self.feeder.refill(self._hopper_full_kg - self.feeder.hopper_kg)

    def _random(self, name: str) -> random.Random:
        """A stream of its own for each device, so that one device more or less does not change the others' noise."""
        return NoiseSource(f"{self._seed}/{self.plan.name}/{name}")

    def _hold_input(self, time_s: float) -> None:
        self.rectifier.advance_to(time_s)
        self.rectifier.fall_back()

    def _let_devices_reach(self, time_s: float) -> None:
        self.digital_io.advance_to(time_s)
        self.rectifier.advance_to(time_s)
        self.feeder.advance_to(time_s)

    def _show(self, dt_s: float) -> None:
        """Let every measuring chain see the cell; noise is drawn here and nowhere else."""
        state = self.state
        self.noise = noise_of(self.parameters, state)
        self.voltage_statistics = scan_statistics(self.noise, self.step_s, self._bath_noise)
        voltage_v = state.cell_voltage_v + self.voltage_statistics.mean_v
        self.rectifier.observe(state.line_current_a + self._bypassed_a, voltage_v, dt_s)
        self.anode_monitor.observe(state.anodes.current_a)
        self.load_cell.observe(self.feeder.hopper_kg, dt_s)
        for couples in self.thermocouples:
            couples.observe(state.bath_k - ZERO_CELSIUS_K, dt_s)

    def _rectifier(self) -> Rectifier:
        design = self.plan.design
        rating = RectifierRating(
            current_a=design.rated_current_a,
            voltage_v=max(design.voltage_limit_v, 1.0),
            hold_current_a=design.hold_current_a,
        )
        current, voltage = self._transducers()
        device = next((device for device in self.plan.devices if device.role == "rectifier"), None)
        watchdog = _watchdog(device.profile.watchdog) if device is not None else CommunicationWatchdog()
        return Rectifier(
            rating,
            watchdog,
            self._random("rectifier"),
            time_s=self.start_s,
            current_a=self.outputs.line_current_a,
            voltage_limit_v=design.voltage_limit_v,
            current=current,
            voltage=voltage,
        )

    def _transducers(self) -> tuple[Transducer, Transducer]:
        """Of current and voltage, with the errors of this plant."""
        truth, within = self.parameters.truth, self._random("transducers").uniform

        def drawn(gain: float, offset: float) -> Transducer:
            corrosion = within(0.0, truth.signal_corrosion_per_day)
            return Transducer(within(-gain, gain), within(-offset, offset), corrosion)

        current = drawn(truth.current_gain_error, truth.current_offset_error * self.plan.design.rated_current_a)
        return current, drawn(truth.voltage_gain_error, truth.voltage_offset_error_v)

    def _hopper_kg(self) -> float:
        return float(self.plan.simulator.get(HOPPER_KEY, HOPPER_KG))

    def _model(self, device: DevicePlan) -> DeviceModel:
        if device.role == "bath_temperature":
            couples = Thermocouples(
                sorted(set(device.signals.values())),
                self._random(device.name),
                bath_temperature_degc=self.outputs.bath_temperature_degc,
                bias_spread_k=self.parameters.truth.thermocouple_bias_spread_k,
                drift_spread_k_per_day=self.parameters.truth.thermocouple_drift_spread_k_per_day,
            )
            self.thermocouples.append(couples)
            return couples
        one_each: Mapping[str, DeviceModel] = {
            "rectifier": self.rectifier,
            "feeder": self.feeder,
            "anode_current": self.anode_monitor,
            "load_cell": self.load_cell,
            "digital_io": self.digital_io,
        }
        return one_each[device.role]


class SimulatedPlant:
    """Every cell of a plant file on one clock (``loop.time``, as a rule)."""

    def __init__(self, plant: Plant, seed: int, clock: Callable[[], float]) -> None:
        self.plant = plant
        self.clock = clock
        start_s = clock()
        self.cells: dict[str, SimulatedCell] = {
            plan.name: SimulatedCell(plan, seed + number, start_s=start_s) for number, plan in enumerate(plant.cells)
        }
        self.devices: dict[str, SimulatedDevice] = {
            device.name: device for cell in self.cells.values() for device in cell.devices
        }
        """By cell and device name ("ce1/rectifier")."""

    def advance(self) -> None:
        """Bring every cell to the present."""
        time_s = self.clock()
        for cell in self.cells.values():
            cell.advance_to(time_s)

    def advance_cell(self, name: str) -> Callable[[], None]:
        """What brings one cell to the present, for whoever looks at its devices."""
        cell, clock = self.cells[name], self.clock

        def advance() -> None:
            time_s = clock()
            cell.advance_to(time_s)
            cell.sample(time_s)

        return advance

    def truth(self, cell: str) -> CellOutputs:
        """What no controller may see; for campaigns and tests."""
        return self.cells[cell].outputs


def _watchdog(watchdog: Watchdog) -> CommunicationWatchdog:
    if watchdog.mode == "none":
        return CommunicationWatchdog()
    action: Any = {"ramp_to_hold": "ramp_to_hold", "off": "off", "stop": "off"}.get(watchdog.device_action, "keep")
    return CommunicationWatchdog(
        timeout_s=watchdog.device_timeout_s,
        ramp_s=watchdog.device_ramp_s,
        action=action,
        fed_by="any_frame" if watchdog.mode == "any_traffic" else "heartbeat",
        latches=watchdog.latches,
    )
