"""What a chemistry question comes back with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from controller.chemistry.laws import LAWS, Grade, worst

Value = float | str | bool | None


class Answer(NamedTuple):
    quantity: str
    value: float | bool
    unit: str
    digits: int
    """After the point, for a reader; JSON carries more."""
    grade: Grade
    source: str
    uncertainty: str
    extrapolated: bool
    inputs: Mapping[str, Value]
    notes: tuple[str, ...]

    def as_json(self) -> str:
        value = self.value if isinstance(self.value, bool) else float(f"{self.value:.7g}")
        record = {
            "quantity": self.quantity,
            "value": value,
            "unit": self.unit,
            "grade": str(self.grade),
            "source": self.source,
            "extrapolated": self.extrapolated,
            "inputs": dict(self.inputs),
            "uncertainty": self.uncertainty,
            "notes": list(self.notes),
        }
        return json.dumps(record, ensure_ascii=False, allow_nan=False)

    def as_text(self) -> str:
        value = ("yes" if self.value else "no") if isinstance(self.value, bool) else f"{self.value:.{self.digits}f}"
        trust = f"{self.grade}, {self.uncertainty}" if self.uncertainty else str(self.grade)
        rows = [
            ("grade", trust),
            ("source", self.source),
            ("extrapolated", "yes" if self.extrapolated else "no"),
            *((name, _said(value)) for name, value in self.inputs.items() if value is not None),
            *(("note", note) for note in self.notes),
        ]
        width = max(len(name) for name, _ in rows)
        head = f"{self.quantity}: {value} {self.unit}".rstrip()
        return "\n".join([head, *(f"  {name:<{width}}  {said}" for name, said in rows)])


def answer(
    quantity: str,
    value: float | bool,
    unit: str,
    digits: int,
    *,
    laws: Iterable[str],
    extrapolated: bool,
    inputs: Mapping[str, Value],
    notes: Iterable[str] = (),
) -> Answer:
    """Graded by the worst of the laws that took part; the first one is the main one."""
    names = tuple(dict.fromkeys(laws))
    used = [LAWS[name] for name in names]
    main = used[0]
    sources = [main.source, *(f"{name}: {LAWS[name].source}" for name in names[1:])]
    made_for = [main.made_for] if extrapolated and main.made_for else []
    return Answer(
        quantity,
        value,
        unit,
        digits,
        worst(law.grade for law in used),
        "; ".join(sources),
        main.uncertainty,
        extrapolated,
        inputs,
        (*(f"extrapolated: the law is made for {bounds}" for bounds in made_for), *notes),
    )


def _said(value: Value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
