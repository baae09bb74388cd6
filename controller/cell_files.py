"""Products and cell designs from TOML: ``config/products/`` and ``config/cells/``, or a file of the plant's own.

Every mistake of a file is reported at once, with file, key and bound; unknown keys are refused.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from controller.chemistry.cell_design import AnodeDesign, CellDesign
from controller.chemistry.product import Product
from controller.chemistry.refused import gate

CONFIG = Path(__file__).parent.parent / "config"
"""Beside ``controller/`` in the source tree and in the wheel alike."""


class CellFileError(Exception):
    """A product or cell file that cannot be used; ``mistakes`` holds one line each."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class _Text:
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Flag:
    optional: bool = True


@dataclass(frozen=True, slots=True)
class _Number:
    low: float
    high: float
    whole: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two numbers; ``rising``: a range, its first number below its second."""

    low: float
    high: float
    rising: bool = True
    optional: bool = False


_Rule = _Text | _Flag | _Number | _Pair

_PRODUCT: Mapping[str, _Rule] = {
    "id": _Text(),
    "name": _Text(),
    "rare_earth_molar_mass_g_per_mol": _Number(40.0, 180.0),
    "oxide_formula": _Text(),
    "oxide_molar_mass_g_per_mol": _Number(100.0, 1200.0),
    "rare_earth_atoms_per_oxide": _Number(0.5, 12.0),
    "electrons_per_atom": _Number(2.0, 4.0),
    "metal_melting_point_degc": _Number(400.0, 1100.0),
    "bath_temperature_band_degc": _Pair(650.0, 1100.0),
    "reversible_co_v": _Pair(-0.01, 3.0, rising=False),
    "reversible_co2_v": _Pair(-0.01, 3.0, rising=False),
    "consumable_cathode": _Flag(),
}
_CELL: Mapping[str, _Rule] = {
    "id": _Text(),
    "name": _Text(),
    "product": _Text(),
    "ref3_wt_pct": _Number(1.0, 100.0),
    "baf2_wt_pct": _Number(0.0, 60.0),
    "lif_wt_pct": _Number(1.0, 100.0),
    "bath_mass_kg": _Number(1.0, 50_000.0),
    "bath_liquidus_degc": _Number(500.0, 1100.0),
    "bath_temperature_target_degc": _Number(600.0, 1100.0),
    "nominal_current_a": _Number(1.0, 100_000.0),
    "hold_current_a": _Number(0.0, 100_000.0),
    "rated_current_a": _Number(1.0, 100_000.0),
    "normal_voltage_v": _Pair(1.0, 30.0),
    "voltage_limit_v": _Number(2.0, 60.0),
    "current_efficiency": _Number(0.05, 1.0),
    "back_emf_v": _Number(0.5, 4.0),
    "conductor_resistance_ohm": _Number(0.0, 0.1),
    "oxide_window_wt_pct": _Pair(0.05, 10.0),
    "oxide_target_wt_pct": _Number(0.05, 10.0),
    "co2_charge_fraction": _Number(0.0, 1.0),
    "excess_carbon_fraction": _Number(0.0, 1.0),
    "dose_kg": _Number(0.0001, 50.0),
}
_ANODES: Mapping[str, _Rule] = {
    "count": _Number(1, 200, whole=True),
    "width_cm": _Number(1.0, 500.0),
    "immersion_cm": _Number(1.0, 200.0),
    "gap_new_cm": _Number(1.0, 50.0),
    "gap_worn_cm": _Number(1.0, 60.0),
    "carbon_density_g_per_cm3": _Number(1.0, 2.3),
    "carbon_new_kg": _Number(0.01, 2000.0),
    "life_h": _Number(1.0, 10_000.0),
}


def load_product(name_or_path: str | Path) -> Product:
    """A shipped product by name ("ce"), or any ``.toml`` file. Raises CellFileError."""
    path = _find(name_or_path, "products")
    mistakes: list[str] = []
    document = _read(path)
    _unknown_tables(path, document, {"product"}, mistakes)
    values = _table(path, document, "product", _PRODUCT, mistakes)
    if not mistakes:
        mistakes += [
            f"{path}: [product] {key} = {values[key]!r}: {reason}"
            for key in ("id", "oxide_formula")
            if (reason := gate(f"{values[key]}fe" if values.get("consumable_cathode") else str(values[key])))
        ]
    if mistakes:
        raise CellFileError(tuple(mistakes))
    return Product(**values)


def load_cell_design(name_or_path: str | Path) -> tuple[CellDesign, Mapping[str, Any]]:
    """A shipped cell by name ("ce_25ka"), or any ``.toml`` file, with its ``[simulator]`` table as it stands.

    The simulator's table is checked by ``sim``, which alone knows it. Raises CellFileError.
    """
    path = _find(name_or_path, "cells")
    mistakes: list[str] = []
    document = _read(path)
    _unknown_tables(path, document, {"cell", "simulator"}, mistakes)
    cell = document.get("cell")
    anodes_table = cell.pop("anodes", None) if isinstance(cell, dict) else None
    values = _table(path, document, "cell", _CELL, mistakes)
    anodes = _table(path, {"cell.anodes": anodes_table}, "cell.anodes", _ANODES, mistakes)
    simulator = document.get("simulator", {})
    if not isinstance(simulator, dict):
        mistakes.append(f"{path}: [simulator] must be a table")
    if not mistakes:
        mistakes += _disagreements(path, values, anodes)
    if mistakes:
        raise CellFileError(tuple(mistakes))
    return CellDesign(**values, anodes=AnodeDesign(**anodes)), simulator


def _find(name_or_path: str | Path, folder: str) -> Path:
    text = str(name_or_path)
    if text.endswith(".toml"):
        return Path(text)
    known = sorted(path.stem for path in (CONFIG / folder).glob("*.toml"))
    if text not in known:
        raise CellFileError((f"{text!r} is none of the shipped {folder} ({', '.join(known)}) and no .toml file",))
    return CONFIG / folder / f"{text}.toml"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CellFileError((f"{path}: {error.strerror or error}",)) from error
    except RecursionError:
        raise CellFileError((f"{path}: brackets stand too deep in each other",)) from None
    except ValueError as error:  # no TOML, no UTF-8, a number of thousands of digits
        raise CellFileError((f"{path}: {error}",)) from None


def _unknown_tables(path: Path, document: Mapping[str, Any], known: set[str], mistakes: list[str]) -> None:
    mistakes += [f"{path}: unknown table or key {key!r}" for key in document if key not in known]


def _table(
    path: Path, document: Mapping[str, Any], table: str, rules: Mapping[str, _Rule], mistakes: list[str]
) -> dict[str, Any]:
    found = document.get(table)
    if not isinstance(found, dict):
        mistakes.append(f"{path}: table [{table}] is missing")
        return {}
    mistakes += [f"{path}: [{table}] unknown key {key!r}" for key in found if key not in rules]
    values: dict[str, Any] = {}
    for key, rule in rules.items():
        if key not in found:
            if not rule.optional:
                mistakes.append(f"{path}: [{table}] {key} is missing")
            continue
        value, wrong = _checked(found[key], rule)
        if wrong:
            mistakes.append(f"{path}: [{table}] {key} = {found[key]!r}: {wrong}")
        values[key] = value
    return values


def _checked(value: object, rule: _Rule) -> tuple[object, str]:
    """The value as it is used, and what is wrong with it."""
    if isinstance(rule, _Text):
        return value, "" if isinstance(value, str) and value.strip() else "must be a text"
    if isinstance(rule, _Flag):
        return value, "" if isinstance(value, bool) else "must be true or false"
    if isinstance(rule, _Pair):
        return _checked_pair(value, rule)
    if not _is_number(value) or (rule.whole and not isinstance(value, int)):
        return value, f"must be a {'whole ' if rule.whole else ''}number"
    wrong = "" if rule.low <= value <= rule.high else f"must lie in {rule.low:g}–{rule.high:g}"
    return (value if rule.whole else float(value)), wrong


def _checked_pair(value: object, rule: _Pair) -> tuple[object, str]:
    if not isinstance(value, list) or len(value) != 2 or not all(_is_number(item) for item in value):
        return value, "must be two numbers [a, b]"
    first, second = float(value[0]), float(value[1])
    if not (rule.low <= first <= rule.high and rule.low <= second <= rule.high):
        return value, f"both must lie in {rule.low:g}–{rule.high:g}"
    if rule.rising and not first < second:
        return value, "the first number must be below the second"
    return (first, second), ""


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _disagreements(path: Path, cell: Mapping[str, Any], anodes: Mapping[str, Any]) -> list[str]:
    """What single bounds cannot see."""
    found = []
    total = cell["ref3_wt_pct"] + cell["baf2_wt_pct"] + cell["lif_wt_pct"]
    if not 99.0 <= total <= 101.0:
        found.append(f"{path}: [cell] ref3_wt_pct + baf2_wt_pct + lif_wt_pct = {total:g}: must make 100")
    if not cell["hold_current_a"] <= cell["nominal_current_a"] <= cell["rated_current_a"]:
        found.append(f"{path}: [cell] must hold: hold_current_a <= nominal_current_a <= rated_current_a")
    low, high = cell["oxide_window_wt_pct"]
    if not low <= cell["oxide_target_wt_pct"] <= high:
        found.append(
            f"{path}: [cell] oxide_target_wt_pct = {cell['oxide_target_wt_pct']:g}: the window is {low:g}–{high:g}"
        )
    if not cell["normal_voltage_v"][1] <= cell["voltage_limit_v"]:
        found.append(f"{path}: [cell] normal_voltage_v reaches above voltage_limit_v = {cell['voltage_limit_v']:g}")
    if not anodes["gap_new_cm"] < anodes["gap_worn_cm"]:
        found.append(f"{path}: [cell.anodes] gap_new_cm must be below gap_worn_cm")
    return found
