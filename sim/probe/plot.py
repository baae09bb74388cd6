"""A probe's record as a picture. matplotlib is an extra: whoever asks for no picture needs none."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.probe.panels import PANELS, Panel
from sim.probe.sample import Sample


class PlotMissing(RuntimeError):
    """matplotlib is not installed; the text says how to get it."""


_CF4_LEAST_PPM = 0.1
_COLOURS = 256
_MOST_LINES_WITH_NAMES = 6


def require() -> None:
    """Raises PlotMissing."""
    _pyplot()


def _pyplot() -> Any:
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra

        mpl.use("Agg")
        from matplotlib import pyplot  # noqa: PLC0415
    except ImportError:
        raise PlotMissing("--plot needs matplotlib: pip install 'didymium[plot]'") from None
    return pyplot


def draw(samples: Sequence[Sample], title: str, panels: Sequence[str], target: Path) -> None:
    """Raises PlotMissing, OSError."""
    pyplot = _pyplot()
    hours = [item["time_h"] for item in samples]
    last = samples[-1]["time_h"]
    in_minutes = isinstance(last, float) and last <= 3.0
    times = [60.0 * hour if isinstance(hour, float) else 0.0 for hour in hours] if in_minutes else hours
    figure, rows = pyplot.subplots(
        len(panels), 1, sharex=True, squeeze=False, figsize=(8.0, 0.9 + 1.45 * len(panels)), layout="constrained"
    )
    for axes, name in zip(rows[:, 0], panels, strict=True):
        _panel(axes, PANELS[name], times, samples)
    rows[-1, 0].set_xlabel("minutes" if in_minutes else "hours")
    figure.suptitle(textwrap.fill(title, 100), fontsize=9)
    drawn = io.BytesIO()
    try:
        figure.savefig(drawn, dpi=90, format="png")
    finally:
        pyplot.close(figure)
    _save_small(drawn, target)


def _save_small(drawn: io.BytesIO, target: Path) -> None:
    """With few colours and no date or program in the file: the same probe makes the same picture."""
    from PIL import Image  # noqa: PLC0415 - comes with matplotlib

    with Image.open(drawn) as picture:
        picture.convert("RGB").quantize(_COLOURS).save(target, format="PNG", optimize=True)


def _panel(axes: Any, panel: Panel, times: Sequence[Any], samples: Sequence[Sample]) -> None:
    lines = 0
    for name in panel.names:
        first = samples[0][name]
        if isinstance(first, tuple):
            for place in range(len(first)):
                axes.plot(times, [_at(item[name], place) for item in samples], lw=0.8)
                lines += 1
            continue
        values = [item[name] if item[name] is not None else float("nan") for item in samples]
        if panel.logarithmic:
            values = [max(value, _CF4_LEAST_PPM) for value in values if isinstance(value, float)]
        axes.plot(times, values, lw=1.2, label=_words(name))
    axes.set_ylabel(panel.label, fontsize=8)
    if panel.logarithmic:
        axes.set_yscale("log")
    if len(panel.names) > 1 and lines <= _MOST_LINES_WITH_NAMES:
        axes.legend(fontsize=7, loc="best", ncols=2)
    axes.grid(alpha=0.3)
    axes.tick_params(labelsize=8)
    if not panel.logarithmic:
        axes.ticklabel_format(useOffset=False, axis="y")


def _at(value: Any, place: int) -> float:
    return float(value[place])


def _words(name: str) -> str:
    for ending in ("_degc", "_wt_pct", "_mol_pct", "_kw", "_kg_per_t", "_kg_per_h", "_kg", "_v", "_a", "_ppm"):
        if name.endswith(ending):
            return name.removesuffix(ending).replace("_", " ")
    return name.replace("_", " ")
