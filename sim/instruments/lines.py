"""From plans to lines: which instrument class and which framing a device of a plant file needs."""

from __future__ import annotations

from collections.abc import Callable

from drivers.link.address import LinkAddress
from sim.instruments.dcon_instrument import DconInstrument, DconProtocol
from sim.instruments.genesys_instrument import GenesysInstrument, GenesysProtocol
from sim.instruments.instrument import Instrument, InstrumentPlan
from sim.instruments.modbus_instrument import ModbusInstrument
from sim.instruments.modbus_wire import ModbusRtuProtocol, ModbusTcpProtocol
from sim.instruments.wire import Line, ProtocolFactory
from sim.plant import SimulatedDevice, SimulatedPlant

_INSTRUMENTS: dict[str, type[ModbusInstrument | DconInstrument | GenesysInstrument]] = {
    "modbus": ModbusInstrument,
    "dcon": DconInstrument,
    "genesys": GenesysInstrument,
}


def instrument_for(device: SimulatedDevice, advance: Callable[[], None]) -> Instrument:
    plan = device.plan
    settings = InstrumentPlan(device.name, plan.unit, plan.profile, plan.signals, device.faults)
    return _INSTRUMENTS[plan.profile.protocol](settings, device.model, advance)


def mount(plant: SimulatedPlant) -> dict[str, Line]:
    """An instrument for every device of the plant, on lines keyed by ``bus_key``. Raises ValueError where two devices
    cannot share a line."""
    lines: dict[str, Line] = {}
    for device in plant.devices.values():
        address = device.plan.link
        line = lines.setdefault(bus_key(address), Line(address))
        instrument = instrument_for(device, plant.advance_cell(device.cell))
        line.add(instrument)
        device.on_hang_up.append(line.hang_up)
        device.on_power_returned.append(instrument.power_returned)
    return lines


def bus_key(address: LinkAddress) -> str:
    """Devices whose links have the same key hang on one wire."""
    if address.scheme == "tcp":
        return f"tcp:{address.host}:{address.port}"
    return f"{address.scheme}:{address.path}"


def protocol_factory(line: Line) -> ProtocolFactory:
    """Raises ValueError for a line with nobody on it."""
    if not line.instruments:
        raise ValueError(f"{line.address}: nobody is on this line")
    protocol = next(iter(line.instruments.values())).profile.protocol
    if protocol == "dcon":
        return lambda: DconProtocol(line)
    if protocol == "genesys":
        return lambda: GenesysProtocol(line)
    if line.address.framing == "rtu":
        return lambda: ModbusRtuProtocol(line)
    return lambda: ModbusTcpProtocol(line)
