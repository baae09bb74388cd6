"""Lets something go wrong, by name: on the wire of one device, in the device itself, or in the cell."""

from __future__ import annotations

import asyncio

from sim.cell_faults import CELL_FAULTS
from sim.device_faults import DEVICE_FAULTS
from sim.devices.thermocouples import Thermocouples
from sim.fault_table import FAULTS, Fault, NamedFault, UnknownFault, fault_named
from sim.plant import SimulatedCell, SimulatedDevice, SimulatedPlant

__all__ = ["FAULTS", "Fault", "Injection", "UnknownFault", "fault_named", "schedule"]


class Injection:
    """One fault, ``NAME`` or ``NAME=SIZE``, on one device (``CELL/DEVICE``) or one cell (``CELL``).

    ``begin`` and ``end`` are called once each, in that order. Where two of one fault overlap, the first one's size
    counts and the last one's end.
    """

    def __init__(self, plant: SimulatedPlant, name: str, target: str) -> None:
        self.name = name
        self.target = target
        self._named = fault_named(name)
        self.fault = self._named.fault
        self._plant = plant
        self._on = _cell(plant, self._named, target) if self.fault.where == "cell" else _device(plant, name, target)
        if isinstance(self._on, SimulatedDevice) and self.fault.target not in ("any", self._on.plan.role):
            raise UnknownFault(f"{target} is a {self._on.plan.role}; {name} is for a {self.fault.target}")
        _check_position(self._named, self._on)

    def begin(self) -> None:
        self._plant.advance()
        if not self._on.faults.begin(self._named.key):
            return
        if isinstance(self._on, SimulatedCell):
            CELL_FAULTS[self.fault.name].begin(self._on, self._named.size)
            return
        if self.name == "power_cycle":
            self._on.model.power_cycle()
        if self.name in ("power_cycle", "drop_connection"):
            for hang_up in self._on.on_hang_up:
                hang_up()
        effect = DEVICE_FAULTS.get(self.fault.name)
        if effect is not None:
            effect(self._on.model, True, self._named.size)

    def end(self) -> None:
        self._plant.advance()
        if not self._on.faults.end(self._named.key):
            return
        if isinstance(self._on, SimulatedCell):
            CELL_FAULTS[self.fault.name].end(self._on, self._named.size)
            return
        if self.name == "power_cycle":
            for returned in self._on.on_power_returned:
                returned()
        effect = DEVICE_FAULTS.get(self.fault.name)
        if effect is not None:
            effect(self._on.model, False, self._named.size)


def schedule(plant: SimulatedPlant, name: str, target: str, *, start_s: float, seconds: float) -> Injection:
    """Let a fault begin ``start_s`` from now and last ``seconds``, on the running loop. Raises UnknownFault."""
    injection = Injection(plant, name, target)
    loop = asyncio.get_running_loop()

    def begin() -> None:
        injection.begin()
        loop.call_later(seconds, injection.end)

    if start_s > 0.0:
        loop.call_later(start_s, begin)
    else:
        begin()
    return injection


def _device(plant: SimulatedPlant, name: str, target: str) -> SimulatedDevice:
    device = plant.devices.get(target)
    if device is None:
        raise UnknownFault(f"{name}: no device {target!r}; there are {', '.join(plant.devices)}")
    return device


def _cell(plant: SimulatedPlant, named: NamedFault, target: str) -> SimulatedCell:
    cell = plant.cells.get(target)
    if cell is None:
        raise UnknownFault(f"{named.fault.name}: no cell {target!r}; there are {', '.join(plant.cells)}")
    return cell


def _check_position(named: NamedFault, on: SimulatedCell | SimulatedDevice) -> None:
    if named.fault.size is None or not named.fault.size.is_position:
        return
    if isinstance(on, SimulatedCell):
        count, what = on.parameters.anode_count, "anodes"
    else:
        assert isinstance(on.model, Thermocouples)
        count, what = len(on.model.sensors), "thermocouples"
    if named.size > count:
        raise UnknownFault(f"{named.fault.name}={named.size:g}: there are {count} {what}")
