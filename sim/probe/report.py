"""A probe's record as text for people and as JSON for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.probe.run import Plan, Record
from sim.probe.sample import Sample, Value, unit

_COLUMNS = (
    ("time_h", "t h", "9.3f"),
    ("current_a", "A", "9.0f"),
    ("voltage_v", "V", "7.3f"),
    ("bath_temperature_degc", "bath °C", "8.1f"),
    ("oxide_dissolved_wt_pct", "oxide wt%", "9.3f"),
    ("oxide_undissolved_kg", "undiss. kg", "10.3f"),
    ("anode_load", "j/jc max", "8.3f"),
    ("anode_passivated_count", "films", "5.0f"),
    ("current_efficiency", "CE", "6.3f"),
    ("metal_kg", "metal kg", "10.3f"),
)
_MOST_ROWS = 200


def plain(value: Value) -> Any:
    """For JSON: what is not finite becomes null."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    # a nought has no sign here
    return value + 0.0 if value is not None and math.isfinite(value) else None


def as_json(plan: Plan, record: Record, asked: Mapping[str, str]) -> dict[str, Any]:
    names = list(record.samples[-1])
    return {
        "cell": plan.setup.design.id,
        "product": plan.setup.product.id,
        "feed_compound": plan.setup.product.oxide_formula,
        "set": dict(asked),
        "hold": "temperature" if plan.hold else "none",
        "feed_wt_pct": plan.feed_wt_pct,
        "service": "on" if plan.service else "off",
        "hours": plan.hours,
        "every_s": plan.every_s,
        "step_s": plan.step_s,
        "complete": record.complete,
        "anode_changes": record.anode_changes,
        "taps": record.taps,
        "units": {name: unit(name) for name in names},
        "samples": [{name: plain(value) for name, value in item.items()} for item in record.samples],
    }


def as_text(plan: Plan, record: Record, asked: Mapping[str, str]) -> Iterator[str]:
    yield _heading(plan, asked)
    yield "  ".join(title.rjust(int(form.split(".")[0])) for _, title, form in _COLUMNS)
    for item in _thinned(record.samples):
        yield "  ".join(_cell(item[name], form) for name, _, form in _COLUMNS)
    last = record.samples[-1]
    yield ""
    yield f"at {_number(last['time_h'])} h" + ("" if record.complete else " (interrupted)")
    for name, value in last.items():
        if not isinstance(value, tuple):
            yield f"  {name:<36} {_number(value):>14} {unit(name)}"
    yield f"  {'anode_changes':<36} {record.anode_changes:>14} 1"
    yield f"  {'taps':<36} {record.taps:>14} 1"
    yield ""
    yield from _anodes(last)


def _heading(plan: Plan, asked: Mapping[str, str]) -> str:
    design, product = plan.setup.design, plan.setup.product
    feed = "no feed" if plan.feed_wt_pct is None else f"{product.oxide_formula} fed to {plan.feed_wt_pct:g} wt%"
    hold = "temperature held" if plan.hold else "temperature free"
    service = "people at work" if plan.service else "nobody at work"
    altered = "".join(f", {path}={value}" for path, value in asked.items())
    return f"{design.id} ({design.name}), {plan.setup.current_a:g} A, {feed}, {hold}, {service}{altered}"


def _thinned(samples: Sequence[Sample]) -> Sequence[Sample]:
    every = max(1, -(-len(samples) // _MOST_ROWS))
    thin = list(samples[::every])
    return thin if thin[-1] is samples[-1] else [*thin, samples[-1]]


def _cell(value: Value, form: str) -> str:
    width = int(form.split(".", maxsplit=1)[0])
    if isinstance(value, tuple):
        value = max(value)
    return "–".rjust(width) if value is None else format(value, form)


def _number(value: Value) -> str:
    return "–" if value is None or isinstance(value, tuple) else f"{value:.6g}"


def _anodes(last: Sample) -> Iterator[str]:
    columns = {name: value for name, value in last.items() if isinstance(value, tuple)}
    names = list(columns)
    titles = [f"{name.removeprefix('anode_')} [{unit(name)}]" for name in names]
    yield "anode  " + "  ".join(titles)
    for place, row in enumerate(zip(*columns.values(), strict=True), start=1):
        cells = [f"{value + 0.0:.5g}".rjust(len(title)) for value, title in zip(row, titles, strict=True)]
        yield f"{place:>5}  " + "  ".join(cells)
