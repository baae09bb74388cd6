"""The one list of names under which a cell's values leave the controller: MQTT, journal, dashboard, CSV and docs.

Order matters: ``controller.snapshot`` fills a tuple in exactly this order.
"""

from __future__ import annotations

import dataclasses
from typing import Literal, NamedTuple

from controller.process_image.estimates import ANODE_ESTIMATES, SCALAR_ESTIMATES
from controller.process_image.measurements import Measurements

Kind = Literal["float", "bool", "text", "int"]


class Tag(NamedTuple):
    """``low``…``high`` is what can be meant at all, the normal band what a healthy cell shows; None: no bound.

    A value is published anew when it moved by more than ``deadband`` (in the tag's unit).
    """

    name: str
    unit: str
    kind: Kind
    low: float | None
    high: float | None
    normal_low: float | None
    normal_high: float | None
    deadband: float
    writable: bool
    description: str


class Bands(NamedTuple):
    """What the plant file and recipe know about normal. The defaults are a plant file's default envelope."""

    current_a: tuple[float, float] = (20000.0, 40000.0)
    """Normal band: hold current to envelope."""
    current_a_max: float = 40000.0
    nominal_current_a: float = 25000.0
    cell_voltage_v: tuple[float, float] = (6.0, 10.0)
    cell_voltage_v_max: float = 25.0
    bath_temperature_degc: tuple[float, float] = (700.0, 950.0)
    oxide_wt_pct: tuple[float, float] | None = None
    superheat_k_min: float | None = None
    anode_life_h: float | None = None
    anode_change_warning_h: float | None = None
    carbon_new_kg: float | None = None


MEASUREMENT_VECTORS = ("bath_temperature_degc", "anode_current_a")
_NOT_VALUES = ("time_s", "devices")
SCALAR_MEASUREMENTS = tuple(
    field.name
    for field in dataclasses.fields(Measurements)
    if field.name not in _NOT_VALUES and field.name not in MEASUREMENT_VECTORS
)
CONTROL_TAGS = (
    "mode",
    "armed",
    "guard_action",
    "guard_reason",
    "current_setpoint_a",
    "current_target_a",
    "dose_number",
    "dose_outstanding",
)


def numbered(name: str, number: int) -> str:
    """``anode_current_a``, 3 → ``anode_current_3_a``: the unit stays at the end."""
    stem, unit = name.rsplit("_", 1)
    return f"{stem}_{number}_{unit}"


def registry(
    anodes: int, thermocouples: int, *, anode_currents: int = 0, bands: Bands | None = None
) -> tuple[Tag, ...]:
    """Tags of one cell. ``anode_currents`` is the number of anodes whose own current is measured."""
    described = _described(bands or Bands())
    tags = [described[name] for name in SCALAR_MEASUREMENTS]
    tags += _each(described["bath_temperature_degc"], thermocouples, "thermocouple")
    tags += _each(described["anode_current_a"], anode_currents, "anode")
    tags += [described[name] for name in SCALAR_ESTIMATES]
    for name in ANODE_ESTIMATES:
        tags += _each(described[name], anodes, "anode")
    tags += [described[name] for name in CONTROL_TAGS]
    return tuple(tags)


def _each(tag: Tag, count: int, what: str) -> list[Tag]:
    return [
        tag._replace(name=numbered(tag.name, number), description=f"{tag.description}, {what} {number}")
        for number in range(1, count + 1)
    ]


def _number(
    name: str,
    unit: str,
    deadband: float,
    description: str,
    *,
    limits: tuple[float | None, float | None] = (None, None),
    normal: tuple[float | None, float | None] = (None, None),
    writable: bool = False,
) -> Tag:
    return Tag(name, unit, "float", *limits, *normal, deadband, writable, description)


def _contact(name: str, description: str, normal: float | None = None) -> Tag:
    return Tag(name, "", "bool", 0.0, 1.0, normal, normal, 0.5, False, description)


def _text(name: str, description: str, *, writable: bool = False) -> Tag:
    return Tag(name, "", "text", None, None, None, None, 0.0, writable, description)


def _count(name: str, high: float, description: str) -> Tag:
    return Tag(name, "", "int", 0.0, high, None, None, 0.5, False, description)


def _described(b: Bands) -> dict[str, Tag]:
    amps = (0.0, b.current_a_max)
    temperatures = (0.0, 1400.0)
    share_a = 0.001 * b.nominal_current_a
    tags = (
        _number("line_current_a", "A", share_a, "line current", limits=amps, normal=b.current_a),
        _number(
            "cell_voltage_v", "V", 0.02, "cell voltage", limits=(0.0, b.cell_voltage_v_max), normal=b.cell_voltage_v
        ),
        _number("current_setpoint_readback_a", "A", 1.0, "set-point the rectifier says it obeys", limits=amps),
        _contact("rectifier_ready", "rectifier ready to run", 1.0),
        _contact("rectifier_running", "rectifier delivers current", 1.0),
        _contact("rectifier_remote", "rectifier follows the bus, not its panel", 1.0),
        _contact("rectifier_tripped", "rectifier trip latched", 0.0),
        _contact("rectifier_fallback", "rectifier's communication watchdog has acted", 0.0),
        Tag("rectifier_heartbeat_echo", "", "int", 0.0, 65535.0, None, None, 600.0, False, "heartbeat as echoed"),
        _number(
            "bath_temperature_degc",
            "degC",
            0.5,
            "bath temperature",
            limits=temperatures,
            normal=b.bath_temperature_degc,
        ),
        _number("anode_current_a", "A", share_a, "current of one anode", limits=amps),
        _number("hopper_mass_kg", "kg", 0.2, "oxide left in the hopper", limits=(0.0, None)),
        _contact("feeder_ready", "feeder can take a dose", 1.0),
        _contact("feeder_running", "feeder turns"),
        _count("dose_done_id", 65535.0, "number of the last dose the feeder completed"),
        _number("dose_done_kg", "kg", 0.01, "mass of the last completed dose", limits=(0.0, None)),
        _contact("permit_contact_closed", "our permit contact, read back", 1.0),
        _contact("coolant_flow_healthy", "coolant flows", 1.0),
        _contact("off_gas_flow_healthy", "off-gas is drawn", 1.0),
        _number("superheat_k", "K", 0.5, "bath temperature above liquidus", normal=(b.superheat_k_min, None)),
        _number("bath_temperature_slope_k_per_min", "K/min", 0.05, "how fast the bath warms; negative: cools"),
        _number("time_to_liquidus_min", "min", 1.0, "time until the bath begins to freeze at the present slope"),
        _number("pseudo_resistance_ohm", "Ohm", 1e-6, "(voltage − back-EMF) / current"),
        _number(
            "normalised_voltage_v", "V", 0.02, "voltage as it would be at nominal current", normal=b.cell_voltage_v
        ),
        _number("back_emf_v", "V", 0.01, "zero-current intercept of voltage"),
        _number("back_emf_sigma_v", "V", 0.01, "standard deviation of the back-EMF"),
        _number("cell_power_kw", "kW", 0.5, "voltage times current", limits=(0.0, None)),
        _number(
            "oxide_wt_pct", "wt%", 0.01, "oxide in the bath", limits=(0.0, 100.0), normal=b.oxide_wt_pct or (None, None)
        ),
        _number("oxide_sigma_wt_pct", "wt%", 0.01, "standard deviation of the oxide estimate"),
        _number("oxide_demand_kg_per_h", "kg/h", 0.2, "oxide the current uses up"),
        _number("oxide_fed_kg", "kg", 0.05, "oxide fed in confirmed doses", limits=(0.0, None)),
        _number("oxide_deficit_kg", "kg", 0.1, "oxide that feeding owes the bath; negative: ahead"),
        _number("metal_in_cell_kg", "kg", 0.5, "metal made and not yet tapped", limits=(0.0, None)),
        _number(
            "anode_next_due_h",
            "h",
            0.1,
            "hours until the next anode is due",
            limits=(0.0, None),
            normal=(b.anode_change_warning_h, b.anode_life_h),
        ),
        _number("anode_charge_ah", "Ah", 100.0, "charge since the anode was set", limits=(0.0, None)),
        _number("anode_burnt_kg", "kg", 0.05, "carbon burnt", limits=(0.0, None), normal=(0.0, b.carbon_new_kg)),
        _number("anode_burnt_mm", "mm", 0.1, "recession of the working face", limits=(0.0, None)),
        _number(
            "anode_remaining_h",
            "h",
            0.1,
            "hours until the anode is due",
            limits=(0.0, None),
            normal=(b.anode_change_warning_h, b.anode_life_h),
        ),
        _text("mode", "operating mode", writable=True),
        _contact("armed", "the controller may write to this cell"),
        _text("guard_action", "none, freeze, reduce, hold or silent"),
        _text("guard_reason", "why the guard restricts this cell"),
        _number("current_setpoint_a", "A", 1.0, "set-point written at this scan", limits=amps, writable=True),
        _number("current_target_a", "A", 1.0, "where the set-point is going", limits=amps),
        _count("dose_number", 65535.0, "number of the last dose ordered"),
        _contact("dose_outstanding", "a dose is ordered and not yet confirmed"),
    )
    return {tag.name: tag for tag in tags}
