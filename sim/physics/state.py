"""What a simulated cell is made of at one moment, and what acts on it during a step.

For one cell every value is a float and every column a list with one float per anode; for many cells they are arrays
over cells, and arrays of anodes by cells.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple


class CellInputs(NamedTuple):
    """What acts on the cell during one step."""

    current_demand_a: float
    voltage_limit_v: float
    oxide_dose_kg: float = 0.0
    """Mass dropped in during this step, as weighed: with its moisture, in the compound that is fed."""
    lid_closed: bool = False
    """Off in normal running, and heat balances are closed without it: the lid is the largest thermal actuator."""
    auxiliary_heat_kw: float = 0.0
    """Alternating current through the bath: heat without electrolysis."""
    hand_fed_kg: float = 0.0
    """Thrown in by a person; nobody but the bath knows."""
    extra_moisture_wt_pct: float = 0.0
    wrong_oxide_share: float = 0.0
    """Of the dose: a dioxide (CeO2) instead of the sesquioxide."""


@dataclass(slots=True)
class AnodeColumns:
    """All anodes of a cell, in position order."""

    gap_cm: Any
    remaining_kg: Any
    """Carbon that may burn until the anode is due; negative when overdue."""
    settled_kg: Any
    """``remaining_kg`` as the gap knows it."""
    set_s: Any
    """When the anode was set."""
    cold: Any
    """1 when just set, 0 when at bath temperature."""
    neck: Any
    """Cross-section at the waterline, of new; at 0 the anode drops off."""
    corrosion: Any
    """Growth of the contact's resistance."""
    passivated: Any
    """1 under a film, else 0."""
    low_s: Any
    """How long a passivated anode has been below the clearing potential."""
    limit_factor: Any
    """Departure of this anode's critical current density from the law."""
    current_a: Any
    co2_share: Any
    potential_v: Any
    """iR-free, against the metal."""
    limit_a: Any
    resistance_ohm: Any
    area_cm2: Any
    limit_area_cm2: Any
    shape_per_cm: Any
    contact_ohm: Any


@dataclass(slots=True)
class Totals:
    """Counted since ``running_state``; what balances are closed with."""

    charge_c: float = 0.0
    charge_oxide_c: float = 0.0
    charge_fluorine_c: float = 0.0
    charge_co2_c: float = 0.0
    energy_j: float = 0.0
    """Electric, at the cell's terminals."""
    heating_j: float = 0.0
    outside_j: float = 0.0
    reaction_j: float = 0.0
    """With dissolution."""
    brought_j: float = 0.0
    """Carried into the pool by new metal, at the reaction's cost."""
    top_j: float = 0.0
    walls_j: float = 0.0
    anodes_j: float = 0.0
    carried_out_j: float = 0.0
    """By oxide that is reduced, salt lost and metal tapped."""
    dropped_kg: float = 0.0
    """As weighed."""
    oxide_fed_kg: float = 0.0
    """As sesquioxide, dry."""
    oxide_hydrolysed_kg: float = 0.0
    oxide_spilt_kg: float = 0.0
    oxide_reduced_kg: float = 0.0
    oxidant_used_mol: float = 0.0
    metal_made_kg: float = 0.0
    metal_tapped_kg: float = 0.0
    carbon_burnt_kg: float = 0.0
    """All of it: to gases, dust and air."""
    carbon_excess_kg: float = 0.0
    carbon_dust_kg: float = 0.0
    carbon_set_kg: float = 0.0
    carbon_removed_kg: float = 0.0
    """Burnable carbon of anodes taken out."""
    co_kg: float = 0.0
    co2_kg: float = 0.0
    cf4_kg: float = 0.0
    c2f6_kg: float = 0.0
    hf_kg: float = 0.0
    lif_lost_kg: float = 0.0
    ref3_lost_kg: float = 0.0
    ref3_reduced_kg: float = 0.0
    ref3_hydrolysed_kg: float = 0.0
    lif_added_kg: float = 0.0
    ref3_added_kg: float = 0.0


@dataclass(slots=True)
class CellState:
    bath_k: float
    lining_k: float
    metal_k: float
    ref3_kg: float
    baf2_kg: float
    lif_kg: float
    oxide_kg: float
    """Dissolved in the stirred bath."""
    oxide_still_kg: float
    """Dissolved in the stagnant bath."""
    oxide_fast_kg: float
    oxide_slow_kg: float
    sludge_kg: float
    metal_kg: float
    cathode_radius_cm: float
    cathode_area_cm2: float
    anodes: AnodeColumns
    line_current_a: float
    current_efficiency: float
    time_s: float = 0.0
    ledge_kg: float = 0.0
    oxidant_mol: float = 0.0
    """Electrons that dioxide fed still takes from the cathode."""
    foreign_kg: float = 0.0
    """Sesquioxide of another rare earth among the oxide."""
    heat_owed_j: float = 0.0
    chill_kg: float = 0.0
    metal_carbon_kg: float = 0.0
    metal_oxygen_kg: float = 0.0
    metal_refractory_kg: float = 0.0
    metal_iron_kg: float = 0.0
    metal_lithium_kg: float = 0.0
    cell_voltage_v: float = 0.0
    bus_v: float = 0.0
    cathodic_v: float = 0.0
    reversible_co_v: float = 0.0
    reversible_co2_v: float = 0.0
    clipped: float = 0.0
    saturation_wt_pct: float = 1.0
    oxide_wt_pct: float = 0.0
    """In the stirred bath, at the beginning of the step."""
    conductivity_s_per_cm: float = 1.0
    critical_a_per_cm2: float = 0.0
    agitation: float = 1.0
    films: float = 0.0
    """Anodes passivated."""
    effect_s: float = 0.0
    """Since the effect became full."""
    effect_minutes_per_h: float = 0.0
    carbon_ppm: float = 0.0
    """In the metal being made."""
    cf4_kg_per_s: float = 0.0
    gas_mol_per_s: float = 0.0
    slow_s: float = 0.0
    slow_due_s: float = 30.0
    salted_kg: float = 0.0
    made_since_kg: float = 0.0
    ref3_fraction: float = 0.0
    bath_g_per_mol: float = 0.0
    liquidus_k: float = 0.0
    eutectic_k: float = 0.0
    early_share: float = 0.0
    """Of the bath, crystallises between liquidus and eutectic."""
    narrow_loss: float = 0.0
    cold_draw_w: float = 0.0
    totals: Totals = field(default_factory=Totals)

    def copy(self) -> CellState:
        new = copy.copy(self)
        new.totals = copy.copy(self.totals)
        new.anodes = AnodeColumns(*[getattr(self.anodes, item.name).copy() for item in fields(AnodeColumns)])
        return new

    @property
    def bath_mass_kg(self) -> float:
        """Salt, liquid and frozen, without oxide."""
        return self.ref3_kg + self.baf2_kg + self.lif_kg

    @property
    def oxide_all_kg(self) -> float:
        """Wherever it is."""
        return self.oxide_kg + self.oxide_still_kg + self.oxide_fast_kg + self.oxide_slow_kg + self.sludge_kg
