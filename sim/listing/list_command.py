"""``didymium sim list``: the cells there are, and every parameter with unit, value, range, grade and source."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from controller.cell_files import CONFIG, CellFileError
from sim.listing.physics_page import physics_page
from sim.listing.values import parameter_values
from sim.physics.registry import SHORT, WORDS, parameters
from sim.physics.setup import CellSetup, load_setup
from sim.probe.attended import DEEDS
from sim.probe.settings import BATH

_WHAT = ("cells", "parameters", "page")


def run_list(args: argparse.Namespace) -> int:
    what, cell = args.what or "cells", args.cell
    if what not in _WHAT:
        if cell is not None or (what not in cell_names() and not what.endswith(".toml")):
            return _refused(f"no {what!r}: cells, parameters, page, or one of {', '.join(cell_names())}")
        what, cell = "parameters", what
    if what == "page":
        print(physics_page(), end="")
        return 0
    try:
        if what == "cells":
            found = {name: load_setup(name) for name in ([cell] if cell else cell_names())}
            _show_cells(found, as_json=args.json)
        else:
            _show_parameters(load_setup(cell) if cell else None, as_json=args.json)
    except (CellFileError, ValueError) as error:
        return _refused(str(error))
    return 0


def cell_names() -> list[str]:
    return sorted(path.stem for path in (CONFIG / "cells").glob("*.toml"))


def _refused(text: str) -> int:
    print(f"didymium sim list: {text}", file=sys.stderr)
    return 2


def cell_row(setup: CellSetup) -> dict[str, Any]:
    design = setup.design
    return {
        "id": design.id,
        "name": design.name,
        "product": design.product,
        "feed_compound": setup.product.oxide_formula,
        "nominal_current_a": design.nominal_current_a,
        "bath_temperature_target_degc": design.bath_temperature_target_degc,
        "bath_liquidus_degc": design.bath_liquidus_degc,
        "bath_mass_kg": design.bath_mass_kg,
        "ref3_wt_pct": design.ref3_wt_pct,
        "baf2_wt_pct": design.baf2_wt_pct,
        "lif_wt_pct": design.lif_wt_pct,
        "anodes": design.anodes.count,
        "cathodes": setup.truth.cathode_count,
        "current_efficiency": design.current_efficiency,
        "normal_voltage_v": list(design.normal_voltage_v),
        "oxide_window_wt_pct": list(design.oxide_window_wt_pct),
        "oxide_target_wt_pct": design.oxide_target_wt_pct,
    }


def _show_cells(found: Mapping[str, CellSetup], *, as_json: bool) -> None:
    rows = [cell_row(setup) for setup in found.values()]
    if as_json:
        print(json.dumps({"cells": rows}, ensure_ascii=False, indent=1))
        return
    print(f"{'cell':<12} {'name':<28} {'product':<8} {'A':>7} {'°C':>6} {'bath kg':>8} {'anodes':>6}  oxide window wt%")
    for row in rows:
        low, high = row["oxide_window_wt_pct"]
        print(
            f"{row['id']:<12} {row['name']:<28} {row['product']:<8} {row['nominal_current_a']:>7g} "
            f"{row['bath_temperature_target_degc']:>6g} {row['bath_mass_kg']:>8g} {row['anodes']:>6}  {low:g}–{high:g}"
        )
    print("\n`didymium sim list parameters [CELL]` shows all parameters.")


def parameter_rows(setup: CellSetup | None) -> list[dict[str, Any]]:
    values = parameter_values(setup) if setup is not None else {}
    return [
        {
            "path": item.path,
            "unit": item.unit,
            "default": item.default,
            "value": values.get(item.path, item.default),
            "range": [item.low, item.high],
            "whole": item.whole,
            "grade": item.grade,
            "source": item.source,
        }
        for item in parameters().values()
    ]


def _show_parameters(setup: CellSetup | None, *, as_json: bool) -> None:
    rows = parameter_rows(setup)
    if as_json:
        words = {path: list(choices) for path, choices in WORDS.items()}
        deeds = {name: {"unit": deed.unit, "meaning": deed.meaning} for name, deed in DEEDS.items()}
        document = {
            "cell": setup.design.id if setup is not None else None,
            "parameters": rows,
            "bath": list(BATH),
            "words": words,
            "short": dict(SHORT),
            "at_any_hour": deeds,
        }
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for line in _parameter_lines(rows):
        print(line)


def _parameter_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'path':<46} {'value':>10} {'unit':<7} {'range':<19} {'grade':<9} source"
    for row in rows:
        value = "–" if row["value"] is None else f"{row['value']:g}"
        span = f"{row['range'][0]:g}–{row['range'][1]:g}"
        yield f"{row['path']:<46} {value:>10} {row['unit']:<7} {span:<19} {row['grade']:<9} {row['source']}"
    yield ""
    chosen = [f"{path} ({', '.join(choices) or 'see config/products'})" for path, choices in WORDS.items()]
    yield "Words: " + "; ".join(chosen)
    yield "Bath, the rest shared by the salts not named: " + ", ".join(BATH)
    yield "Short: " + ", ".join(f"{short} = {path}" for short, path in SHORT.items())
    yield "At any hour (--at): " + "; ".join(f"{name} ({deed.meaning})" for name, deed in DEEDS.items())
