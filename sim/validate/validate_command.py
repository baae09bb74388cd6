"""``didymium sim validate``: every reference point with target, tolerance, value and verdict."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from typing import Any

from sim.validate.points import Point, Row, results

_PASS, _FAIL, _ABSENT = "pass", "FAIL", "absent"
_COLOUR = {_PASS: "\033[32m", _FAIL: "\033[1;31m", _ABSENT: "\033[33m"}
_PLAIN = "\033[0m"


def run_validate(args: argparse.Namespace) -> int:
    from sim.validate.table import POINTS  # noqa: PLC0415 - chemistry and runs, wanted by this word alone

    rows = results(POINTS)
    if args.json:
        print(json.dumps({"points": [as_json(row) for row in rows]}, allow_nan=False, ensure_ascii=False, indent=1))
    else:
        for line in as_text(rows, coloured=sys.stdout.isatty() and "NO_COLOR" not in os.environ):
            print(line)
    return exit_code(rows)


def exit_code(rows: Sequence[Row]) -> int:
    """0 unless a reference point fails; an absent option is no failure."""
    return int(any(row.outcome.passed is False and row.point.kind == "reference" for row in rows))


def as_json(row: Row) -> dict[str, Any]:
    point, outcome = row
    value = outcome.value
    return {
        "id": point.id,
        "quantity": point.quantity,
        "target": point.target,
        "tolerance": point.tolerance,
        "value": value if value is not None and math.isfinite(value) else None,
        "detail": outcome.detail,
        "pass": outcome.passed,
        "missing": outcome.detail if outcome.passed is None else None,
        "kind": point.kind,
        "source": point.source,
    }


def as_text(rows: Sequence[Row], *, coloured: bool) -> list[str]:
    lines = []
    for point, outcome in rows:
        verdict = {True: _PASS, False: _FAIL, None: _ABSENT}[outcome.passed]
        shown = f"{_COLOUR[verdict]}{verdict:<6}{_PLAIN}" if coloured else f"{verdict:<6}"
        lines.append(f"{point.id:<4} {shown} {point.kind:<11} {_quantity(point, outcome.value)}")
        lines.append(f"{'':<24}target {point.target} ({point.tolerance})")
        if outcome.detail:
            lines.append(f"{'':<24}{outcome.detail}")
        lines.append(f"{'':<24}source: {point.source}")
    lines.append("")
    lines += [_count(rows, "reference"), _count(rows, "consistency")]
    return lines


def _quantity(point: Point, value: float | None) -> str:
    return point.quantity if value is None else f"{point.quantity}: {value:.4g}"


def _count(rows: Sequence[Row], kind: str) -> str:
    verdicts = [row.outcome.passed for row in rows if row.point.kind == kind]
    return (
        f"{kind}: {verdicts.count(True)} of {len(verdicts)} pass, "
        f"{verdicts.count(False)} fail, {verdicts.count(None)} absent"
    )
