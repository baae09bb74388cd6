"""What a picture of a probe can show, panel by panel."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Panel(NamedTuple):
    label: str
    names: tuple[str, ...]
    logarithmic: bool = False


PANELS: Mapping[str, Panel] = MappingProxyType(
    {
        "voltage": Panel("cell, V", ("voltage_v",)),
        "parts": Panel("V", ("reversible_v", "anodic_v", "cathodic_v", "melt_v", "conductor_v")),
        "current": Panel("current, A", ("current_a",)),
        "power": Panel("kW", ("dc_power_kw", "heating_power_kw", "top_loss_kw", "wall_loss_kw", "reaction_power_kw")),
        "temperature": Panel(
            "°C",
            ("bath_temperature_degc", "metal_temperature_degc", "lining_temperature_degc", "bath_liquidus_degc"),
        ),
        "frozen": Panel("frozen share", ("bath_frozen_share",)),
        "ledge": Panel("ledge, kg", ("ledge_kg",)),
        "oxide": Panel("oxide, wt%", ("oxide_dissolved_wt_pct", "oxide_at_anodes_wt_pct", "oxide_saturation_wt_pct")),
        "undissolved": Panel("oxide, kg", ("oxide_undissolved_kg", "sludge_kg")),
        "load": Panel("j/jc", ("anode_load",)),
        "anodes": Panel("A per anode", ("anode_current_a",)),
        "potential": Panel("anode iR-free, V", ("anode_potential_v",)),
        "gap": Panel("gap, cm", ("anode_gap_cm",)),
        "films": Panel("anodes passivated", ("anode_passivated_count",)),
        "pfc": Panel("CF4, ppm", ("cf4_ppm",), logarithmic=True),
        "cf4": Panel("kg", ("cf4_kg", "c2f6_kg")),
        "feed": Panel("feed, kg/h", ("feed_kg_per_h",)),
        "hf": Panel("HF, kg/h", ("hf_kg_per_h",)),
        "efficiency": Panel("efficiency", ("current_efficiency", "current_efficiency_mean")),
        "metal": Panel("metal, kg", ("metal_kg", "metal_in_cell_kg")),
        "carbon": Panel("carbon, kg/t", ("carbon_kg_per_t",)),
        "salt": Panel("REF3, mol%", ("ref3_mol_pct",)),
    }
)
DEFAULT_PANELS = ("voltage", "temperature", "oxide", "load")
