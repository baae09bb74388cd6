"""One round of the people at a cell: due anodes changed, metal tapped, lost salt made up, thin iron rods renewed.

Iron rods are renewed one by one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sim.physics.cell import MEAN_ROD, THIN_ROD
from sim.physics.parameters import CellParameters
from sim.physics.people import add_salt, change_anode, change_cathode, tap_metal
from sim.physics.state import CellState

SALT_SHARE = 0.02
"""Of the recipe's LiF or REF3 missing, at which salt is added."""
TAP_H = 2.0
"""Metal of so many hours at nominal current is tapped, but for a tenth."""
BROKEN_NECK = 0.02


class Recipe(NamedTuple):
    lif_kg: float
    ref3_kg: float


class Work(NamedTuple):
    """What a round left behind and what was done in it."""

    state: CellState
    changed: tuple[int, ...]
    """Positions, from 0."""
    tapped_kg: float


def served(
    parameters: CellParameters,
    state: CellState,
    recipe: Recipe,
    *,
    taps: bool = True,
    salt: bool = True,
    most_salt_kg: float | None = None,
    not_anodes: Collection[int] = (),
) -> Work:
    """``state`` itself where nothing was to be done. ``most_salt_kg`` is what is shovelled in one round."""
    d = parameters.derived
    changed = []
    for position in range(parameters.anode_count):
        anodes = state.anodes
        due = anodes.remaining_kg[position] <= 0.0 or anodes.gap_cm[position] >= d.gap_worn_cm
        if (due or anodes.neck[position] <= BROKEN_NECK) and position not in not_anodes:
            state = change_anode(parameters, state, position)
            changed.append(position)
    tapped_kg = 0.0
    tap_kg = TAP_H * 3600.0 * d.nominal_current_a * d.metal_kg_per_c
    if taps and state.metal_kg > tap_kg:
        state, tapped_kg = tap_metal(parameters, state, 0.9 * tap_kg)
    lif_kg, ref3_kg = max(0.0, recipe.lif_kg - state.lif_kg), max(0.0, recipe.ref3_kg - state.ref3_kg)
    if salt and (lif_kg > SALT_SHARE * recipe.lif_kg or ref3_kg > SALT_SHARE * recipe.ref3_kg):
        part = 1.0 if most_salt_kg is None else min(1.0, most_salt_kg / (lif_kg + ref3_kg))
        state = add_salt(parameters, state, lif_kg=part * lif_kg, ref3_kg=part * ref3_kg)
    # rods of all ages, as anodes: the thinnest is due when the mean is half-way
    if d.iron > 0.5 and state.cathode_radius_cm < MEAN_ROD * d.radius_cm:
        state = change_cathode(parameters, state, THIN_ROD * d.radius_cm)
    return Work(state, tuple(changed), tapped_kg)
