"""Simulated instruments for tests: small profiles in one place, models whose values a test sets by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from drivers.link.address import LinkAddress
from drivers.profiles.load import load_profile, resolve
from drivers.profiles.schema import ResolvedProfile
from sim.active_faults import ActiveFaults
from sim.devices.model import NO_EXTRA, DeviceModel
from sim.instruments.dcon_instrument import DconInstrument
from sim.instruments.genesys_instrument import GenesysInstrument
from sim.instruments.instrument import Instrument, InstrumentPlan
from sim.instruments.modbus_instrument import ModbusInstrument
from sim.instruments.wire import Line

MODBUS = """
[profile]
id = "test.modbus"
kind = "feeder"
version = "1.0.0"
source = "test bench memory map, page 1, revision A"
protocol = "modbus"

[bus]
timeout_s = 0.2
max_read_registers = 20

[identity]
all = [{ point = "map_id", equals = 0x5243 }]
simulated = { point = "build", equals = 0x51D0 }

[watchdog]
mode = "none"
reason = "a test profile"

[[block]]
name = "fast"
space = "holding"
start = 0
count = 6
every_s = 1.0

[[point]]
name = "status"
block = "fast"
at = 0
type = "u16"
bits = [
  { bit = 0, name = "remote", signal = "rectifier_remote" },
  { bit = 4, name = "trip", signal = "rectifier_tripped", severity = "trip" },
  { bit = 7, name = "estop_ok", active = 0, severity = "trip" },
]

[[point]]
name = "current"
block = "fast"
at = 1
type = "i32"
unit = "A"
scale = 0.1
signal = "line_current_a"

[[point]]
name = "temperature"
block = "fast"
at = 3
type = "i16"
unit = "degC"
scale = 0.1
invalid = [{ raw = 0x7FFF, quality = "open_circuit" }]
signal = "bath_temperature_1_degc"

[[point]]
name = "map_id"
block = "fast"
at = 4
type = "u16"

[[point]]
name = "build"
block = "fast"
at = 5
type = "u16"

[[block]]
name = "contacts"
space = "discrete"
start = 10
count = 3
every_s = 1.0

[[point]]
name = "coolant"
block = "contacts"
at = 10
type = "bool"
signal = "coolant_flow_healthy"

[[point]]
name = "off_gas"
block = "contacts"
at = 12
type = "bool"
signal = "off_gas_flow_healthy"

[[command]]
name = "current_sp"
space = "holding"
at = 100
fc = 16
type = "u16"
unit = "A"
limits = { min = 0.0, max = 30000.0 }
signal = "current_setpoint_a"

[[command]]
name = "dose"
space = "holding"
at = 110
fc = 16
type = "u16"
unit = "kg"
scale = 0.001
limits = { min = 0.0, max = 5.0 }
idempotent = false
extra = ["dose_id"]
signal = "dose_kg"

[[command]]
name = "dose_id"
space = "holding"
at = 111
fc = 16
type = "u16"
signal = "dose_id"

[[command]]
name = "permit"
space = "coil"
at = 3
fc = 5
type = "bool"
signal = "permit_contact"
"""


class BenchModel(DeviceModel):
    """Shows what a test puts into ``values`` and notes what it is told."""

    def __init__(self, **values: float) -> None:
        super().__init__()
        self.values.update(values)
        self.orders: list[tuple[str, float, Mapping[str, float]]] = []
        self.frames = 0

    def set(self, name: str, value: float) -> None:
        self._set(name, value)

    def command(self, name: str, value: float, extra: Mapping[str, float] = NO_EXTRA) -> None:
        self.orders.append((name, value, dict(extra)))

    def heard_a_frame(self) -> None:
        self.frames += 1


def profile_from(text: str) -> ResolvedProfile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.toml"
        path.write_text(text, encoding="utf-8")
        return resolve(load_profile(path), {})


def instrument(
    profile: ResolvedProfile,
    model: DeviceModel,
    *,
    unit: int = 1,
    signals: Mapping[str, str] | None = None,
    faults: ActiveFaults | None = None,
) -> Instrument:
    plan = InstrumentPlan("bench/device", unit, profile, signals or {}, ActiveFaults() if faults is None else faults)
    kind: type[Instrument] = {"modbus": ModbusInstrument, "dcon": DconInstrument, "genesys": GenesysInstrument}[
        profile.protocol
    ]
    return kind(plan, model, lambda: None)


def line_with(*instruments: Instrument, address: LinkAddress) -> Line:
    line = Line(address)
    for one in instruments:
        line.add(one)
    return line
