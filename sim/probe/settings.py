"""``path=value`` as people type it: parsed, checked, and answered with near matches or the bound where it is wrong."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from controller.cell_files import CellFileError
from controller.chemistry.bath import bath_composition
from controller.chemistry.constants import BAF2_G_PER_MOL, LIF_G_PER_MOL, trifluoride_g_per_mol
from sim.physics.registry import SHORT, WORDS, parameters
from sim.physics.setup import CellSetup, OutOfBounds, UnknownPath, altered

_FIRST = ("product", "rare_earth", "arrangement", "feed", "scale")
"""Others are laid over what these make of a cell, in whatever order they were typed."""
_SALTS = ("REF3", "BaF2", "LiF")
_MOST_REF3 = 0.7
_RARE_EARTHS = ("La", "Ce", "Pr", "Nd", "Gd", "Dy")
BATH = tuple(f"bath.{basis}.{salt}" for basis in ("mol_pct", "wt_pct") for salt in _SALTS)


class SettingRefused(ValueError):
    """The text says what was wrong and what would be right."""


class Setting(NamedTuple):
    path: str
    value: str


def setting(text: str) -> Setting:
    """Raises SettingRefused where it is not of the form path=value."""
    path, equals, value = text.partition("=")
    if not (equals and path.strip() and value.strip()):
        raise SettingRefused(f"{text!r}: must be path=value, such as current=4010 or anode.gas_pressure_bar=1.1")
    return Setting(path.strip(), value.strip())


def known_paths() -> tuple[str, ...]:
    return (*parameters(), *BATH, *WORDS, *SHORT)


def unknown(path: str, known: Iterable[str]) -> SettingRefused:
    known = tuple(dict.fromkeys(known))
    near = difflib.get_close_matches(path, known, n=4, cutoff=0.6)
    last = path.rpartition(".")[2].lower()
    ends = {name.rpartition(".")[2]: name for name in known}
    near += [ends[end] for end in difflib.get_close_matches(last, ends, n=4, cutoff=0.6)]
    near += [name for name in known if last and last in name.lower()][:4]
    near = list(dict.fromkeys(near))[:5]
    hint = f"did you mean {', '.join(near)}?" if near else "nothing has a similar name;"
    return SettingRefused(f"no parameter {path!r}: {hint} `didymium sim list parameters` shows all")


def applied(setup: CellSetup, settings: Sequence[Setting]) -> CellSetup:
    """The setup with all of them. Raises SettingRefused."""
    first = [item for item in settings if item.path in _FIRST]
    first.sort(key=lambda item: _FIRST.index(item.path))
    bath = [item for item in settings if item.path.startswith("bath.")]
    rest = [item for item in settings if item not in first and item not in bath]
    for item in first:
        setup = _one(setup, item)
    if bath:
        setup = _with_bath(setup, bath)
    for item in rest:
        setup = _one(setup, item)
    return setup


def _one(setup: CellSetup, item: Setting) -> CellSetup:
    try:
        return altered(setup, item.path, item.value)
    except UnknownPath:
        raise unknown(item.path, known_paths()) from None
    except (OutOfBounds, CellFileError) as error:
        raise SettingRefused(str(error)) from None
    except ValueError as error:
        raise SettingRefused(f"{item.path} = {item.value}: {error}") from None


def _with_bath(setup: CellSetup, items: Sequence[Setting]) -> CellSetup:
    """Composition by salt; salts that are not named share the rest in the proportion they have."""
    bases = {item.path.split(".")[1] for item in items}
    if len(bases) > 1 and bases <= {"mol_pct", "wt_pct"}:
        raise SettingRefused("bath: mol% and wt% cannot be mixed in one recipe")
    given = dict(_salt(item) for item in items)
    design = setup.design
    rare_earth = setup.product.rare_earth_molar_mass_g_per_mol
    molar = {"REF3": trifluoride_g_per_mol(rare_earth), "BaF2": BAF2_G_PER_MOL, "LiF": LIF_G_PER_MOL}
    now = {"REF3": design.ref3_wt_pct, "BaF2": design.baf2_wt_pct, "LiF": design.lif_wt_pct}
    by_mol = bases == {"mol_pct"}
    if by_mol:
        now = {salt: parts / molar[salt] for salt, parts in now.items()}
    recipe = _completed(given, now)
    if by_mol:
        recipe = {salt: parts * molar[salt] for salt, parts in recipe.items()}
    whole = sum(recipe.values())
    ref3, baf2, lif = (100.0 * recipe[salt] / whole for salt in _SALTS)
    if lif <= 0.0 or ref3 <= 0.0:
        raise SettingRefused(f"bath: REF3 {ref3:g}, BaF2 {baf2:g}, LiF {lif:g} wt%: REF3 and LiF must be above 0")
    mix = bath_composition(ref3, baf2, lif, rare_earth)
    if mix.ref3 / (1.0 - mix.baf2) > _MOST_REF3:
        raise SettingRefused(f"bath: {100.0 * mix.ref3:.3g} mol% REF3: the phase diagram is known up to 70 mol%")
    # BaF2 leaves first and comes back last, so that every step leaves room for LiF
    for path, value in (("design.baf2_wt_pct", 0.0), ("design.ref3_wt_pct", ref3), ("design.baf2_wt_pct", baf2)):
        setup = _one(setup, Setting(path, repr(value)))
    return setup


def _salt(item: Setting) -> tuple[str, float]:
    _, basis, salt = (*item.path.split("."), "", "")[:3]
    name = "REF3" if salt.removesuffix("F3") in _RARE_EARTHS and salt.endswith("F3") else salt
    if basis not in ("mol_pct", "wt_pct") or name not in _SALTS:
        raise unknown(item.path, BATH)
    try:
        share = float(item.value)
    except ValueError:
        share = math.nan
    if not 0.0 <= share <= 100.0:
        raise SettingRefused(f"{item.path} = {item.value}: must lie in 0–100 {basis.replace('_pct', '%')}")
    return name, share


def _completed(given: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    rest = 100.0 - sum(given.values())
    open_parts = {salt: parts for salt, parts in now.items() if salt not in given}
    if len(given) == len(_SALTS):
        if not abs(rest) < 1.0:
            raise SettingRefused(f"bath: the three salts make {100.0 - rest:g} %, must make 100")
        return dict(given)
    if rest < -1e-9:
        raise SettingRefused(f"bath: {', '.join(given)} make {100.0 - rest:g} %, must be at most 100")
    whole = sum(open_parts.values())
    if whole <= 0.0:
        raise SettingRefused(f"bath: {' and '.join(open_parts)} is not in the recipe and cannot make up the rest")
    return {**given, **{salt: max(rest, 0.0) * parts / whole for salt, parts in open_parts.items()}}
