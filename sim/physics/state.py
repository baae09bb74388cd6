"""What a simulated cell is made of at one moment, and what acts on it during a step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from sim.physics.anodes import AnodeSet
from sim.physics.bath import Bath
from sim.physics.oxide import OxideStock


class CellInputs(NamedTuple):
    """What acts on the cell during one step."""

    current_demand_a: float
    voltage_limit_v: float
    oxide_dose_kg: float = 0.0
    """Mass dropped in during this step."""
    lid_closed: bool = False
    """Off in normal running, and heat balances are closed without it: the lid is the largest thermal actuator."""
    auxiliary_heat_kw: float = 0.0


@dataclass(slots=True)
class Totals:
    """Counted since ``running_state``; what balances are closed with."""

    charge_c: float = 0.0
    energy_j: float = 0.0
    oxide_fed_kg: float = 0.0
    oxide_reduced_kg: float = 0.0
    metal_made_kg: float = 0.0
    metal_tapped_kg: float = 0.0
    carbon_burnt_kg: float = 0.0
    cf4_kg: float = 0.0


@dataclass(slots=True)
class CellState:
    time_s: float
    bath: Bath
    bath_k: float
    lining_k: float
    stock: OxideStock
    metal_kg: float
    anodes: AnodeSet
    line_current_a: float
    cell_voltage_v: float
    clipped: bool
    current_efficiency: float
    totals: Totals

    def copy(self) -> CellState:
        return replace(self, anodes=self.anodes.copy(), totals=replace(self.totals))
