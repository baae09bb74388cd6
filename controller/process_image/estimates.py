"""What one scan concludes about a cell. Field names are the tag names; the last four have one entry per anode."""

from __future__ import annotations

from typing import NamedTuple

from controller.process_image.measurements import Measurement


class Estimates(NamedTuple):
    """Each with its quality and reason, like a measurement. BAD means: not known at this scan."""

    bath_temperature_degc: Measurement
    """Median of the thermocouples that are GOOD."""
    superheat_k: Measurement
    bath_temperature_slope_k_per_min: Measurement
    time_to_liquidus_min: Measurement
    """At the present slope; BAD "not cooling" while it is not."""
    pseudo_resistance_ohm: Measurement
    normalised_voltage_v: Measurement
    """What the voltage would be at nominal current."""
    back_emf_v: Measurement
    back_emf_sigma_v: Measurement
    cell_power_kw: Measurement
    oxide_wt_pct: Measurement
    oxide_sigma_wt_pct: Measurement
    oxide_demand_kg_per_h: Measurement
    oxide_fed_kg: Measurement
    """Doses the feeder reported done, since the book was opened."""
    oxide_deficit_kg: Measurement
    """What feeding owes the bath; negative after extra doses by hand."""
    metal_in_cell_kg: Measurement
    """Made since the book was opened, less what was reported tapped."""
    anode_next_due_h: Measurement
    anode_charge_ah: tuple[Measurement, ...]
    anode_burnt_kg: tuple[Measurement, ...]
    anode_burnt_mm: tuple[Measurement, ...]
    """Of the working face."""
    anode_remaining_h: tuple[Measurement, ...]


ANODE_ESTIMATES = ("anode_charge_ah", "anode_burnt_kg", "anode_burnt_mm", "anode_remaining_h")
SCALAR_ESTIMATES = Estimates._fields[: -len(ANODE_ESTIMATES)]
