"""Every parameter of a simulated cell by dotted path, with unit, default, range, grade and source.

The truth's own parameters are described where they are defined, in ``SimulatorTable``; here they are joined with what
the design fixes and with initial values.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import NamedTuple

from sim.physics.grade import Described, Grade
from sim.physics.simulator_table import SimulatorTable


class Parameter(NamedTuple):
    path: str
    unit: str
    default: float | None
    """None where the cell file gives it."""
    low: float
    high: float
    grade: Grade
    source: str
    whole: bool = False


_WORKED = "worked design: follows from heat balance and critical current density"
_BY_HAND = "chosen by whoever runs the cell"
_DESIGN: tuple[tuple[str, str, float, float, Grade, str], ...] = (
    ("nominal_current_a", "A", 1.0, 200_000.0, "assumed", _WORKED),
    ("voltage_limit_v", "V", 0.0, 100.0, "assumed", "rectifier"),
    ("bath_mass_kg", "kg", 0.01, 100_000.0, "assumed", _WORKED),
    ("bath_liquidus_degc", "°C", 400.0, 1400.0, "computed", "phase diagram of the recipe"),
    ("bath_temperature_target_degc", "°C", 500.0, 1400.0, "recalled", "practice per product"),
    ("ref3_wt_pct", "wt%", 1.0, 99.5, "recalled", "recipe; LiF makes up the rest"),
    ("baf2_wt_pct", "wt%", 0.0, 60.0, "recalled", "recipe; LiF makes up the rest"),
    ("ref3_mol_pct", "mol%", 1.0, 70.0, "recalled", "recipe of a binary LiF–REF3 bath"),
    ("current_efficiency", "1", 0.05, 1.0, "measured", "below 0.70 at 3 kA, nearly 0.80 at 8–15 kA"),
    ("conductor_resistance_ohm", "Ω", 0.0, 0.1, "assumed", "6 kA cell: published; others scaled"),
    ("oxide_target_wt_pct", "wt%", 0.01, 10.0, "computed", "middle of the window"),
    ("excess_carbon_fraction", "1", 0.0, 1.0, "assumed", "air burn, Boudouard, dust; 0.05–0.40"),
    ("dose_kg", "kg", 1e-5, 100.0, "assumed", _BY_HAND),
    ("anodes.count", "1", 1, 100, "assumed", _WORKED),
    ("anodes.width_cm", "cm", 0.1, 1000.0, "assumed", _WORKED),
    ("anodes.immersion_cm", "cm", 0.1, 300.0, "assumed", _WORKED),
    ("anodes.gap_new_cm", "cm", 0.1, 100.0, "assumed", _WORKED),
    ("anodes.gap_worn_cm", "cm", 0.2, 120.0, "assumed", _WORKED),
    ("anodes.carbon_density_g_per_cm3", "g/cm³", 1.0, 2.3, "recalled", "electrode graphite, 1.70"),
    ("anodes.carbon_new_kg", "kg", 1e-3, 5000.0, "computed", "face from new to worn"),
    ("anodes.life_h", "h", 0.1, 10_000.0, "computed", "face from new to worn at nominal current"),
)
START: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "current_a": ("A", 0.0, 200_000.0),
        "bath_temperature_degc": ("°C", 20.0, 1500.0),
        "lining_temperature_degc": ("°C", 20.0, 1500.0),
        "oxide_wt_pct": ("wt%", 0.0, 20.0),
        "undissolved": ("1", 0.0, 1.0),
        "sludge_kg": ("kg", 0.0, 10_000.0),
        "metal_kg": ("kg", 0.0, 10_000.0),
        "ledge_kg": ("kg", 0.0, 10_000.0),
        "anode_worn_share": ("1", 0.0, 1.0),
        "anode_1_limit_factor": ("1", 0.01, 5.0),
    }
)
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "current": "start.current_a",
        "current_a": "start.current_a",
        "temperature": "start.bath_temperature_degc",
        "temperature_degc": "start.bath_temperature_degc",
        "immersion": "design.anodes.immersion_cm",
        "immersion_cm": "design.anodes.immersion_cm",
        "anodes": "design.anodes.count",
        "oxide": "start.oxide_wt_pct",
        "oxide_wt_pct": "start.oxide_wt_pct",
        "pressure": "anode.gas_pressure_bar",
        "ref3_mol_pct": "design.ref3_mol_pct",
        "ref3_wt_pct": "design.ref3_wt_pct",
        "baf2_wt_pct": "design.baf2_wt_pct",
        "co_burnout": "anode.co_burnout",
    }
)
"""Words that people use."""
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "product": (),
        "feed": ("sesquioxide", "dioxide", "Pr6O11"),
        "rare_earth": ("Nd", "La", "Ce", "Pr", "Gd", "Dy"),
        "arrangement": ("plates", "ring"),
    }
)
"""Parameters that are not numbers."""


@functools.cache
def parameters() -> Mapping[str, Parameter]:
    """By path, in the order of definition."""
    found: dict[str, Parameter] = {
        "scale": Parameter("scale", "1", 1.0, 1e-4, 100.0, "computed", "areas, bath, losses and currents together")
    }
    for name, unit, low, high, grade, source in _DESIGN:
        path = f"design.{name}"
        found[path] = Parameter(path, unit, None, low, high, grade, source, name.endswith("count"))
    for item in fields(SimulatorTable):
        about: Described | None = item.metadata.get("described")
        if about is None:
            continue
        path = f"{about.group}.{item.name}"
        default = None if item.default is MISSING or item.default is None else float(item.default)
        whole = item.name == "cathode_count"
        found[path] = Parameter(path, about.unit, default, about.low, about.high, about.grade, about.source, whole)
    for name, (unit, low, high) in START.items():
        path = f"start.{name}"
        found[path] = Parameter(path, unit, None, low, high, "assumed", "initial value; " + _BY_HAND)
    return MappingProxyType(found)
