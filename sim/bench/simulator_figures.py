"""What the rounds of the simulator's measurement amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from sim.bench.figures import Figure

_ONE_NOTE = "18 anodes, outputs and noise, steps of 1 s"
_MANY_NOTE = "drawn plants, numpy alone, steps of 5 s"


def simulator_figures(found: Sequence[Mapping[str, float]], counts: tuple[int, int, int]) -> list[Figure]:
    """Of one cell, of the middle count of cells, and of the cost of a cell at each count."""
    few, middle, most = counts

    def of(name: str) -> float:
        return median(each[name] for each in found)

    def ratio(name: str, yardstick: str) -> float:
        return median(each[name] / each[yardstick] for each in found)

    def cost(count: int) -> float:
        """CPU for a simulated hour of one cell."""
        return median(3.6e6 / (each[f"many {count}"] * count) for each in found)

    many, toys = f"many {middle}", f"toys {middle}"
    one_x, many_x = of("one"), of(many)
    figures = [
        Figure(
            "sim: one cell", one_x, "x real", of("toy"), "toy, floats", ratio("one", "toy"), "at least", 1.0, _ONE_NOTE
        ),
        Figure("sim: one cell, time", one_x, "x real", 1.0, "real time", None, "at least", 15_000.0, _ONE_NOTE),
        Figure(
            f"sim: {middle} cells", middle * many_x, "cell-s/s", middle * of(toys), "toys, numpy", ratio(many, toys),
            "at least", 8.0, _MANY_NOTE,
        ),
        Figure(f"sim: {middle} cells, time", many_x, "x real", 1.0, "real time", None, "at least", 1000.0, _MANY_NOTE),
        Figure(f"sim: a cell of {few}", cost(few), "ms/h", note="CPU per simulated hour"),
        Figure(f"sim: a cell of {middle}", cost(middle), "ms/h", note="CPU per simulated hour"),
    ]  # fmt: skip
    linear = median(each[many] * middle / (each[f"many {most}"] * most) for each in found)
    return [
        *figures,
        Figure(
            f"sim: a cell of {most}", cost(most), "ms/h", cost(middle), f"a cell of {middle}", linear, "at most", 1.3,
            "CPU per simulated hour",
        ),
    ]  # fmt: skip
