"""A cell as it may be altered before it runs: design, product, truth and initial state by dotted path."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from controller.cell_files import load_cell_design, load_product
from controller.chemistry.bath import bath_composition
from controller.chemistry.cell_design import CellDesign
from controller.chemistry.liquidus import bath_liquidus_degc
from controller.chemistry.product import Product
from controller.chemistry.refused import gate
from sim.physics.cell import LAWS, running_state, solve_again
from sim.physics.parameters import CellParameters, joined
from sim.physics.registry import SHORT, WORDS, Parameter, parameters
from sim.physics.simulator_table import SimulatorTable, simulator_table
from sim.physics.state import CellState

_LIF_G_PER_MOL = 25.938


class UnknownPath(KeyError):
    """No parameter has this path; ``known`` are all that there are."""

    def __init__(self, path: str, known: tuple[str, ...]) -> None:
        super().__init__(path)
        self.path, self.known = path, known


class OutOfBounds(ValueError):
    """The text names the path, the value and the bound."""


@dataclass(frozen=True, slots=True)
class CellSetup:
    """What a cell is before it runs. ``start`` holds initial values by the last word of their paths."""

    design: CellDesign
    product: Product
    truth: SimulatorTable
    start: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def current_a(self) -> float:
        """At which the cell is run; the design's nominal current if nothing else is said."""
        return self.start.get("current_a", self.design.nominal_current_a)

    def parameters(self) -> CellParameters:
        return joined(self.design, self.product, self.truth)

    def state(self, *, seed: int = 0) -> CellState:
        """Running at nominal current, then with what ``start`` says."""
        state = running_state(self.parameters(), seed=seed)
        _start(self.parameters(), state, self.start, self.current_a)
        return state


def load_setup(cell: str, simulator: Mapping[str, Any] | None = None) -> CellSetup:
    """A shipped cell by name, or a cell file. Raises CellFileError and ValueError."""
    design, table = load_cell_design(cell)
    return CellSetup(design, load_product(design.product), simulator_table({**table, **(simulator or {})}))


def altered(setup: CellSetup, path: str, value: float | str) -> CellSetup:
    """The setup with one parameter changed. Raises UnknownPath, OutOfBounds."""
    path = SHORT.get(path, path)
    if path in WORDS:
        return _worded(setup, path, str(value))
    known = parameters()
    parameter = known.get(path)
    if parameter is None:
        raise UnknownPath(path, (*known, *WORDS, *SHORT))
    number = _number(parameter, value)
    group, _, name = path.partition(".")
    if path == "scale":
        return scaled(setup, number)
    if group == "start":
        return replace(setup, start={**setup.start, name: number})
    if group == "design":
        return _designed(setup, name, number)
    change: dict[str, Any] = {name: int(number) if name == "cathode_count" else number}
    return replace(setup, truth=replace(setup.truth, **change))


def scaled(setup: CellSetup, factor: float) -> CellSetup:
    """Areas, bath, losses, side currents and current together; densities, gaps, voltages and times stay."""
    d, t = setup.design, setup.truth
    # all electrodes grow in height: radii, pitch and gaps set the melt's resistance per height and stay
    anodes = replace(
        d.anodes, immersion_cm=d.anodes.immersion_cm * factor, carbon_new_kg=d.anodes.carbon_new_kg * factor
    )
    design = replace(
        d,
        bath_mass_kg=d.bath_mass_kg * factor,
        nominal_current_a=d.nominal_current_a * factor,
        hold_current_a=d.hold_current_a * factor,
        rated_current_a=d.rated_current_a * factor,
        conductor_resistance_ohm=d.conductor_resistance_ohm / factor,
        dose_kg=d.dose_kg * factor,
        anodes=anodes,
    )
    truth = replace(
        t,
        top_area_m2=t.top_area_m2 * factor,
        wall_loss_w_per_k=t.wall_loss_w_per_k * factor,
        lining_heat_capacity_mj_per_k=t.lining_heat_capacity_mj_per_k * factor,
        furnace_max_kw=t.furnace_max_kw * factor,
        furnace_bias_kw=t.furnace_bias_kw * factor,
        furnace_gain_kw_per_k=t.furnace_gain_kw_per_k * factor,
        shunt_a=t.shunt_a * factor,
        fringe=t.fringe * factor,
    )
    start = {name: value * factor if name.endswith(("_kg", "_a")) else value for name, value in setup.start.items()}
    return replace(setup, design=design, truth=truth, start=start)


def _number(parameter: Parameter, value: float | str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise OutOfBounds(f"{parameter.path} = {value}: must be a number, {parameter.unit}") from None
    if not (math.isfinite(number) and parameter.low <= number <= parameter.high):
        raise OutOfBounds(
            f"{parameter.path} = {value}: must lie in {parameter.low:g}–{parameter.high:g} {parameter.unit}"
        )
    if parameter.whole and number != int(number):
        raise OutOfBounds(f"{parameter.path} = {value}: must be a whole number")
    return number


def _worded(setup: CellSetup, path: str, word: str) -> CellSetup:
    if path == "product":
        refusal = gate(word)
        if refusal is not None:
            raise OutOfBounds(refusal)
        product = load_product(word)
        lif = _rare_earth(word)
        truth = setup.truth if lif is None else replace(setup.truth, rare_earth=lif)
        made = replace(setup, product=product, truth=truth, design=replace(setup.design, product=word))
        liquidus = _modelled_liquidus_degc(made)
        return replace(made, design=replace(made.design, bath_liquidus_degc=liquidus))
    if path == "feed":
        return replace(setup, product=_fed_as(setup.product, word))
    known = WORDS[path]
    if word not in known:
        raise OutOfBounds(f"{path} = {word}: must be one of {', '.join(known)}")
    change: dict[str, Any] = {path: word}
    return replace(setup, truth=replace(setup.truth, **change))


def _rare_earth(product: str) -> str | None:
    by_product = {
        "la": "La", "ce": "Ce", "mischmetal": "Ce", "pr": "Pr", "prfe": "Pr", "nd": "Nd", "prnd": "Nd", "ndfe": "Nd",
        "gdfe": "Gd", "dyfe": "Dy",
    }  # fmt: skip
    return by_product.get(product)


FEEDS = {"sesquioxide": (1.5, 3.0), "dioxide": (2.0, 4.0), "Pr6O11": (11.0 / 6.0, 11.0 / 3.0)}
"""Oxygen and electrons per rare-earth atom."""
_SAME = {"RE2O3": "sesquioxide", "REO2": "dioxide", "CeO2": "dioxide", "Ce2O3": "sesquioxide", "Nd2O3": "sesquioxide",
         "La2O3": "sesquioxide", "Pr2O3": "sesquioxide"}  # fmt: skip


def _fed_as(product: Product, word: str) -> Product:
    name = _SAME.get(word, word)
    if (refusal := gate(word)) is not None:
        raise OutOfBounds(refusal)
    if name not in FEEDS:
        raise OutOfBounds(f"feed = {word}: must be one of {', '.join((*FEEDS, *_SAME))}")
    oxygen, electrons = FEEDS[name]
    return replace(
        product,
        oxide_formula=word,
        oxide_molar_mass_g_per_mol=product.rare_earth_molar_mass_g_per_mol + oxygen * 15.999,
        rare_earth_atoms_per_oxide=1.0,
        electrons_per_atom=electrons,
    )


def _designed(setup: CellSetup, name: str, number: float) -> CellSetup:
    design = setup.design
    change: dict[str, Any] = {name: number}
    if name.startswith("anodes."):
        key = name.removeprefix("anodes.")
        value: Any = int(number) if key == "count" else number
        return replace(setup, design=replace(design, anodes=replace(design.anodes, **{key: value})))
    if name == "ref3_mol_pct":
        return _rebathed(setup, _by_mol(design, setup.product, number))
    if name in ("ref3_wt_pct", "baf2_wt_pct"):
        # LiF makes up the rest
        made = replace(design, **change)
        rest = 100.0 - made.ref3_wt_pct - made.baf2_wt_pct
        if rest <= 0.0:
            raise OutOfBounds(f"design.{name} = {number:g}: leaves no LiF; must be below {number + rest:g} wt%")
        return _rebathed(setup, replace(made, lif_wt_pct=rest))
    return replace(setup, design=replace(design, **change))


def _by_mol(design: CellDesign, product: Product, ref3_mol_pct: float) -> CellDesign:
    """Of the binary LiF–REF3."""
    ref3 = ref3_mol_pct * (product.rare_earth_molar_mass_g_per_mol + 3.0 * 18.998)
    lif = (100.0 - ref3_mol_pct) * _LIF_G_PER_MOL
    whole = ref3 + lif
    return replace(design, ref3_wt_pct=100.0 * ref3 / whole, baf2_wt_pct=0.0, lif_wt_pct=100.0 * lif / whole)


def _rebathed(before: CellSetup, design: CellDesign) -> CellSetup:
    """With the liquidus moved by what the phase diagram says of the new recipe."""
    made = replace(before, design=design)
    moved = _modelled_liquidus_degc(made) - _modelled_liquidus_degc(before)
    return replace(made, design=replace(design, bath_liquidus_degc=design.bath_liquidus_degc + moved))


def _modelled_liquidus_degc(setup: CellSetup) -> float:
    d = setup.design
    mix = bath_composition(d.ref3_wt_pct, d.baf2_wt_pct, d.lif_wt_pct, setup.product.rare_earth_molar_mass_g_per_mol)
    # the way from mol% to weights and back must not carry a bound outside by its rounding
    mix = mix._replace(ref3=round(mix.ref3, 12))
    return bath_liquidus_degc(mix, setup.truth.rare_earth)


def _start(parameters_: CellParameters, state: CellState, start: Mapping[str, float], current_a: float) -> None:
    t, d = parameters_.truth, parameters_.derived
    if "bath_temperature_degc" in start:
        warmer = start["bath_temperature_degc"] + 273.15 - state.bath_k
        state.bath_k += warmer
        state.metal_k += warmer
        inner, outer = d.bath_to_lining_w_per_k, t.wall_loss_w_per_k
        state.lining_k = (inner * state.bath_k + outer * d.ambient_k) / (inner + outer)
    salt_kg = state.bath_mass_kg
    if "oxide_wt_pct" in start:
        dissolved_kg = salt_kg * start["oxide_wt_pct"] / (100.0 - start["oxide_wt_pct"])
        state.oxide_kg = (1.0 - t.stagnant_share) * dissolved_kg
        state.oxide_still_kg = t.stagnant_share * dissolved_kg
    if start.get("undissolved", 1.0) == 0.0:
        state.oxide_fast_kg = state.oxide_slow_kg = 0.0
    state.sludge_kg = start.get("sludge_kg", 0.0)
    state.metal_kg = start.get("metal_kg", 0.0)
    state.ledge_kg = start.get("ledge_kg", 0.0)
    if "lining_temperature_degc" in start:
        state.lining_k = start["lining_temperature_degc"] + 273.15
    for name, value in start.items():
        if name.startswith("anode_"):
            _start_anodes(parameters_, state, name, value)
    LAWS.composition(d, state)
    state.anodes.current_a = [current_a / parameters_.anode_count] * parameters_.anode_count
    state.line_current_a = current_a
    solve_again(parameters_, state, current_a, 100.0)


def _start_anodes(parameters_: CellParameters, state: CellState, name: str, value: float) -> None:
    """``anode_worn_share`` makes all equal; ``anode_1_limit_factor`` makes the first one differ."""
    d, anodes = parameters_.derived, state.anodes
    if name == "anode_worn_share":
        count = parameters_.anode_count
        anodes.gap_cm = [d.gap_new_cm + value * (d.gap_worn_cm - d.gap_new_cm)] * count
        anodes.remaining_kg = [d.carbon_new_kg * (1.0 - value)] * count
        anodes.settled_kg = anodes.remaining_kg[:]
        anodes.neck = [1.0 - value / parameters_.truth.neck_life] * count
        anodes.set_s = [-d.life_s * value] * count
        return
    anodes.limit_factor[0] = value
