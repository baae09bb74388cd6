"""What a plant engineer knows of a cell from its drawings and its recipe. Data come from ``config/cells/``.

The simulator's truth is not here: it stands in the ``[simulator]`` table of the same file, which only ``sim`` reads.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnodeDesign:
    count: int
    width_cm: float
    immersion_cm: float
    gap_new_cm: float
    gap_worn_cm: float
    """Gap at which an anode is due for change; the difference to new is the carbon it may lose on its working face."""
    carbon_density_g_per_cm3: float
    carbon_new_kg: float
    """Carbon of one new anode that may burn before it is due."""
    life_h: float


@dataclass(frozen=True, slots=True)
class CellDesign:
    id: str
    name: str
    product: str
    ref3_wt_pct: float
    baf2_wt_pct: float
    lif_wt_pct: float
    bath_mass_kg: float
    bath_liquidus_degc: float
    bath_temperature_target_degc: float
    nominal_current_a: float
    hold_current_a: float
    """``I_hold``: what the rectifier ramps to alone, and what HOLD asks for; keeps the bath liquid under a lid."""
    rated_current_a: float
    normal_voltage_v: tuple[float, float]
    voltage_limit_v: float
    current_efficiency: float
    back_emf_v: float
    """Recipe value of the zero-current intercept, used until regression knows better."""
    conductor_resistance_ohm: float
    oxide_window_wt_pct: tuple[float, float]
    oxide_target_wt_pct: float
    co2_charge_fraction: float
    excess_carbon_fraction: float
    """Air burn, Boudouard and dusting on top of the anodic reaction; assumed 0.15, range 0.05–0.40."""
    dose_kg: float
    anodes: AnodeDesign
