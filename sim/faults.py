"""Everything that can be made to go wrong, by name: on the wire of one device, or in the device itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sim.devices.digital_io import DigitalIO
from sim.devices.feeder import Feeder
from sim.devices.model import DeviceModel
from sim.devices.rectifier import Rectifier
from sim.devices.thermocouples import Thermocouples
from sim.plant import SimulatedPlant

Where = Literal["wire", "device"]


class UnknownFault(ValueError):
    """No fault of that name, no device of that name, or a fault that the device cannot have."""


@dataclass(frozen=True, slots=True)
class Fault:
    name: str
    where: Where
    target: str
    """Which devices it is for: "any", or a role."""
    description: str


_TABLE = (
    Fault("silence", "wire", "any", "no reply, and nothing asked is carried out: cable cut"),
    Fault("lost_reply", "wire", "any", "requests are carried out, replies never arrive: one-way link"),
    Fault("late_reply", "wire", "any", "replies come half a time-out too late"),
    Fault("previous_reply", "wire", "any", "answers with the reply to the request before"),
    Fault("wrong_unit", "wire", "any", "answers under the next unit's address"),
    Fault("wrong_transaction", "wire", "any", "answers under another transaction number (Modbus TCP)"),
    Fault("local_echo", "wire", "any", "the request comes back before the reply, as on a miswired two-wire line"),
    Fault("wrong_function", "wire", "any", "answers with another function code, or another kind of reply"),
    Fault("wrong_length", "wire", "any", "replies are one register or character short"),
    Fault("crc_error", "wire", "any", "checksum wrong (RTU, ASCII), protocol number wrong (Modbus TCP)"),
    Fault("exception_NN", "wire", "any", "refuses every request with code NN (hexadecimal, 01 to 1F)"),
    Fault("garbage", "wire", "any", "noise before every reply"),
    Fault("dribble", "wire", "any", "replies arrive byte by byte, 20 ms apart"),
    Fault("drop_connection", "wire", "any", "the connection breaks at every request; a serial line stays silent"),
    Fault("accept_then_black_hole", "wire", "any", "connections are taken and never answered"),
    Fault("frozen_value", "wire", "any", "the device answers from an image that is no longer renewed"),
    Fault("wrong_identity", "wire", "any", "identity and settings are not those of the profile: device swapped"),
    Fault("power_cycle", "wire", "any", "no power for the time given; afterwards outputs at default, remote lost"),
    Fault("open_thermocouple", "device", "bath_temperature", "the first thermocouple burns out"),
    Fault("rectifier_trip", "device", "rectifier", "trips at once; the latch is reset at the end of the time given"),
    Fault("watchdog_rampdown", "device", "rectifier", "heartbeats are not heeded: the communication watchdog acts"),
    Fault("local_control", "device", "rectifier", "the key switch stands at local; then remote may be taken again"),
    Fault("feeder_jam", "device", "feeder", "the screw is stuck"),
    Fault("coolant_loss", "device", "digital_io", "the coolant flow switch drops out"),
    Fault("off_gas_loss", "device", "digital_io", "the off-gas flow switch drops out"),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _TABLE}
_EXCEPTION = re.compile(r"exception_([01][0-9a-fA-F])")


def fault_named(name: str) -> Fault:
    """Raises UnknownFault with the names there are."""
    fault = FAULTS.get("exception_NN" if _EXCEPTION.fullmatch(name) and name != "exception_00" else name)
    if fault is None or name == "exception_NN":
        raise UnknownFault(f"no fault {name!r}; there are {', '.join(FAULTS)}")
    return fault


class Injection:
    """One fault on one device. ``begin`` and ``end`` are called once each, in that order."""

    def __init__(self, plant: SimulatedPlant, name: str, target: str) -> None:
        self.name = name
        self.fault = fault_named(name)
        device = plant.devices.get(target)
        if device is None:
            raise UnknownFault(f"no device {target!r}; there are {', '.join(plant.devices)}")
        if self.fault.target not in ("any", device.plan.role):
            raise UnknownFault(f"{target} is a {device.plan.role}; {name} is for a {self.fault.target}")
        self.device = device
        self._plant = plant

    def begin(self) -> None:
        self._plant.advance()
        if not self.device.faults.begin(self.name):
            return
        if self.name == "power_cycle":
            self.device.model.power_cycle()
        if self.name in ("power_cycle", "drop_connection"):
            for hang_up in self.device.on_hang_up:
                hang_up()
        effect = _DEVICE_FAULTS.get(self.name)
        if effect is not None:
            effect(self.device.model, True)

    def end(self) -> None:
        self._plant.advance()
        if not self.device.faults.end(self.name):
            return
        if self.name == "power_cycle":
            for returned in self.device.on_power_returned:
                returned()
        effect = _DEVICE_FAULTS.get(self.name)
        if effect is not None:
            effect(self.device.model, False)


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


def _open_thermocouple(model: DeviceModel, begins: bool) -> None:
    assert isinstance(model, Thermocouples)
    first = next(iter(model.sensors))
    if begins:
        model.burn_out(first)
    else:
        model.replace(first)


def _rectifier_trip(model: DeviceModel, begins: bool) -> None:
    assert isinstance(model, Rectifier)
    if begins:
        model.trip("simulated trip")
    else:
        model.reset()


def _watchdog_rampdown(model: DeviceModel, begins: bool) -> None:
    assert isinstance(model, Rectifier)
    model.cut_communication(begins)


def _local_control(model: DeviceModel, begins: bool) -> None:
    assert isinstance(model, Rectifier)
    model.turn_key(local=begins)


def _feeder_jam(model: DeviceModel, begins: bool) -> None:
    assert isinstance(model, Feeder)
    model.jam(begins)


def _contact(signal: str) -> Callable[[DeviceModel, bool], None]:
    def drop_out(model: DeviceModel, begins: bool) -> None:
        assert isinstance(model, DigitalIO)
        model.set_contact(signal, not begins)

    return drop_out


_DEVICE_FAULTS: dict[str, Callable[[DeviceModel, bool], None]] = {
    "open_thermocouple": _open_thermocouple,
    "rectifier_trip": _rectifier_trip,
    "watchdog_rampdown": _watchdog_rampdown,
    "local_control": _local_control,
    "feeder_jam": _feeder_jam,
    "coolant_loss": _contact("coolant_flow_healthy"),
    "off_gas_loss": _contact("off_gas_flow_healthy"),
}
