"""One line of the bench's table, and the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple


class Figure(NamedTuple):
    """``goal`` bounds the ratio where there is one, else the value. Without a goal the line only informs."""

    part: str
    value: float
    unit: str
    yardstick: float | None = None
    yardstick_name: str = ""
    ratio: float | None = None
    bound: Literal["at most", "at least", ""] = ""
    goal: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        judged = self.value if self.ratio is None else self.ratio
        return judged <= self.goal if self.bound == "at most" else judged >= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "met": self.met}


HEAD = ("part", "value", "yardstick", "ratio", "goal", "met", "")


def table(figures: Sequence[Figure]) -> str:
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in (1, 3) else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    yardstick = "" if figure.yardstick is None else f"{_number(figure.yardstick)} {figure.yardstick_name}"
    return (
        figure.part,
        f"{_number(figure.value)} {figure.unit}",
        yardstick,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.goal is None else f"{figure.bound} {figure.goal:g}",
        {None: "", True: "yes", False: "no"}[figure.met],
        figure.note,
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"
