from __future__ import annotations

import math
from dataclasses import dataclass

from controller.chemistry.cell_design import CellDesign
from controller.chemistry.product import Product


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """What ``step`` needs to know of its cell; every value is checked by the plant-file loader."""

    scan_period_s: float
    product: Product
    design: CellDesign
    supply_is_private: bool
    current_target_a: float
    """AUTOMATIC's set-point."""
    hold_current_a: float
    current_ramp_up_pct_per_min: float
    """Of nominal current; lowering is never slowed."""
    bath_temperature_target_degc: float
    bath_temperature_band_degc: tuple[float, float]
    oxide_target_wt_pct: float
    dose_kg: float
    feed_superheat_min_k: float
    """Below this superheat no oxide is fed: it would sink as sludge."""
    anode_change_warning_h: float
    rectifier_has_watchdog: bool = True
    """False: a rectifier that hears nothing more stays where it is, and nobody is told otherwise."""
    current_max_a: float = math.inf
    """Highest set-point a person may ask for: the envelope's ceiling. The cell's rated current binds as well."""

    @property
    def highest_current_a(self) -> float:
        return min(self.current_max_a, self.design.rated_current_a)
