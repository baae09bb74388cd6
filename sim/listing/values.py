"""The value each parameter has in one cell."""

from __future__ import annotations

from typing import Any

from controller.chemistry.bath import bath_composition
from sim.physics.registry import parameters
from sim.physics.setup import CellSetup


def parameter_values(setup: CellSetup) -> dict[str, float | None]:
    """Value of each parameter in this cell; None for an initial value that follows from the others."""
    found: dict[str, float | None] = {}
    for path in parameters():
        group, _, name = path.partition(".")
        value: Any
        if path == "scale":
            value = 1.0
        elif group == "start":
            value = setup.start.get(name)
        elif group == "design":
            value = _of_design(setup, name)
        else:
            value = getattr(setup.truth, name)
            if value is None:
                value = getattr(setup.design, name, None)
        found[path] = None if value is None else float(value)
    return found


def _of_design(setup: CellSetup, name: str) -> Any:
    design = setup.design
    if name == "ref3_mol_pct":
        rare_earth = setup.product.rare_earth_molar_mass_g_per_mol
        mix = bath_composition(design.ref3_wt_pct, design.baf2_wt_pct, design.lif_wt_pct, rare_earth)
        return 100.0 * mix.ref3
    holder: Any = design.anodes if name.startswith("anodes.") else design
    return getattr(holder, name.removeprefix("anodes."))
