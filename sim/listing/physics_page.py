"""The page ``docs/physics.md``: what is known, computed and assumed of the simulated cell, out of the registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sim.physics.registry import Parameter, parameters

_TITLES = {
    "scale": "Scale",
    "design": "Design and recipe",
    "heat": "Heat",
    "melt": "Melt and conductors",
    "anode": "Anodes and gas",
    "cathode": "Cathode",
    "oxide": "Oxide",
    "metal": "Metal and salt",
    "signal": "Measuring chains",
    "start": "Initial values",
}


def physics_page() -> str:
    introduction = Path(__file__).with_name("introduction.md").read_text(encoding="utf-8")
    return "\n".join([introduction, *_counts(), *_tables()]) + "\n"


def _counts() -> Iterator[str]:
    counted = Counter(item.grade for item in parameters().values() if not item.path.startswith("start."))
    yield "## The parameters\n"
    yield ", ".join(f"{count} {grade}" for grade, count in sorted(counted.items(), key=lambda item: item[0])) + "."


def _tables() -> Iterator[str]:
    group = None
    groups = list(_TITLES)
    for item in sorted(parameters().values(), key=lambda item: groups.index(item.path.partition(".")[0])):
        here = item.path.partition(".")[0]
        if here != group:
            group = here
            yield f"\n### {_TITLES[here]}\n"
            yield "| path | unit | default | range | grade | source |"
            yield "|---|---|---|---|---|---|"
        yield _row(item)


def _row(item: Parameter) -> str:
    default = "by cell" if item.default is None else f"{item.default:g}"
    source = item.source.replace("|", "\\|")
    return f"| `{item.path}` | {item.unit} | {default} | {item.low:g}–{item.high:g} | {item.grade} | {source} |"
