"""A cell run open loop, with what can be done to it at a stated hour: current, feed, lid, heat, any parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from sim.physics.cell import LAWS, CellInputs, advance_in_place, solve_again
from sim.physics.open_loop import OpenLoop, held_at
from sim.physics.registry import SHORT, parameters
from sim.physics.setup import CellSetup
from sim.probe.settings import Setting, SettingRefused, applied, known_paths, unknown

_FREE = ("none", "off", "open", "no")
_BOUND = ("on", "closed", "yes")
_MOST_UNDISSOLVED = 0.02
"""Of the bath: nobody goes on feeding onto that much undissolved oxide."""
_IDLE_SHARE = 0.01
"""Of nominal current: a cell without current is not fed."""
_LATER_DESIGN = (
    "design.voltage_limit_v",
    "design.anodes.immersion_cm",
    "design.conductor_resistance_ohm",
    "design.excess_carbon_fraction",
)


@dataclass(slots=True)
class AttendedCell(OpenLoop):
    """``hold_k`` is the temperature asked for; ``lid_closed`` and ``auxiliary_kw`` act from the next step."""

    lid_closed: bool = False
    auxiliary_kw: float = 0.0
    extra_moisture_wt_pct: float = 0.0
    wrong_oxide_share: float = 0.0

    def step(self, dt_s: float) -> None:
        dose_kg = self._feed_kg_per_s * dt_s
        inputs = CellInputs(
            self.current_a,
            self.voltage_limit_v,
            dose_kg,
            self.lid_closed,
            self.auxiliary_kw,
            extra_moisture_wt_pct=self.extra_moisture_wt_pct,
            wrong_oxide_share=self.wrong_oxide_share,
        )
        advance_in_place(self.parameters, self.state, inputs, dt_s)
        if self.hold_k is not None:
            held_at(self.parameters, self.state, self.hold_k)
        if self.state.time_s - self._looked_s >= 30.0 - 1e-6:
            self._look()

    def _feed(self, wt_pct: float) -> float:
        s = self.state
        undissolved_kg = s.oxide_fast_kg + s.oxide_slow_kg + s.sludge_kg
        idle = s.line_current_a < _IDLE_SHARE * self.parameters.derived.nominal_current_a
        if idle or s.bath_k < s.liquidus_k or undissolved_kg > _MOST_UNDISSOLVED * s.bath_mass_kg:
            return 0.0
        return OpenLoop._feed(self, wt_pct)


class Deed(NamedTuple):
    """Something done to the cell: what it is set to, in words, and what does it."""

    unit: str
    meaning: str
    do: Callable[[AttendedCell, Setting], None]


def _number(item: Setting, low: float, high: float, unit: str) -> float:
    try:
        value = float(item.value)
    except ValueError:
        raise SettingRefused(f"{item.path} = {item.value}: must be a number, {unit}") from None
    if not low <= value <= high:
        raise SettingRefused(f"{item.path} = {item.value}: must lie in {low:g}–{high:g} {unit}")
    return value


def _flag(item: Setting) -> bool:
    word = item.value.lower()
    if word not in (*_FREE, *_BOUND):
        raise SettingRefused(f"{item.path} = {item.value}: must be on or off")
    return word in _BOUND


def _current(cell: AttendedCell, item: Setting) -> None:
    cell.current_a = _number(item, 0.0, 200_000.0, "A")


def _feed_level(cell: AttendedCell, item: Setting) -> None:
    cell.feed_wt_pct = None if item.value.lower() in _FREE else _number(item, 0.0, 20.0, "wt%")
    cell._feed_kg_per_s = 0.0


def _hold(cell: AttendedCell, item: Setting) -> None:
    word = item.value.lower()
    if word in _FREE:
        cell.hold_k = None
    elif word == "temperature":
        cell.hold_k = cell.state.bath_k
    else:
        cell.hold_k = _number(item, 20.0, 1500.0, "°C") + 273.15


def _lid(cell: AttendedCell, item: Setting) -> None:
    cell.lid_closed = _flag(item)


def _auxiliary(cell: AttendedCell, item: Setting) -> None:
    cell.auxiliary_kw = _number(item, 0.0, 10_000.0, "kW")


def _extra_moisture(cell: AttendedCell, item: Setting) -> None:
    cell.extra_moisture_wt_pct = _number(item, 0.0, 50.0, "wt%")


def _wrong_oxide(cell: AttendedCell, item: Setting) -> None:
    cell.wrong_oxide_share = _number(item, 0.0, 1.0, "1")


def _service(cell: AttendedCell, item: Setting) -> None:
    cell.service = _flag(item)


def _weaker_anode(cell: AttendedCell, item: Setting) -> None:
    cell.state.anodes.limit_factor[0] = _number(item, 0.01, 5.0, "1")
    LAWS.shape(cell.parameters.truth, cell.parameters.derived, cell.state)


DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "current": Deed("A", "demand; 0 is a power cut", _current),
        "feed_wt_pct": Deed("wt%", "level fed to, or none", _feed_level),
        "hold": Deed("°C", "temperature (as it is), a number, or none", _hold),
        "lid": Deed("", "closed or open", _lid),
        "auxiliary_kw": Deed("kW", "alternating current through the bath", _auxiliary),
        "extra_moisture_wt_pct": Deed("wt%", "water in the feed that whoever feeds does not know of", _extra_moisture),
        "wrong_oxide_share": Deed("1", "of the feed: CeO2 that nobody noticed", _wrong_oxide),
        "service": Deed("", "on or off", _service),
        "anode_1_limit_factor": Deed("1", "critical current density of the first anode, of the others'", _weaker_anode),
    }
)
"""What can be done at any hour, beside setting a parameter."""
_SAME_DEED = {"start.current_a": "current", "start.anode_1_limit_factor": "anode_1_limit_factor"}


class TimedSetting(NamedTuple):
    hours: float
    setting: Setting


def do(cell: AttendedCell, setup: CellSetup, item: Setting) -> CellSetup:
    """Carries a setting out on the running cell; the setup as it then is. Raises SettingRefused."""
    path = SHORT.get(item.path, item.path)
    deed = DEEDS.get(_SAME_DEED.get(path, item.path))
    if deed is not None:
        deed.do(cell, item)
        return setup
    _check_later(item, path)
    setup = applied(setup, [item])
    cell.parameters = setup.parameters()
    cell.voltage_limit_v = setup.design.voltage_limit_v
    LAWS.shape(cell.parameters.truth, cell.parameters.derived, cell.state)
    solve_again(cell.parameters, cell.state, cell.current_a, cell.voltage_limit_v)
    return setup


def _check_later(item: Setting, path: str) -> None:
    if path in ("feed", *_LATER_DESIGN):
        return
    known = [name for name in parameters() if not name.startswith(("start.", "design.")) and name != "scale"]
    known = [name for name in known if name not in ("cathode.cathode_count", "cathode.cathode_diameter_cm")]
    known += ["feed", *_LATER_DESIGN, *DEEDS]
    if path in known:
        return
    if path in known_paths() or path.startswith("bath."):
        raise SettingRefused(
            f"--at {item.path}: fixed before the run, use --set; at a later hour there are {', '.join(DEEDS)}, "
            f"feed, {', '.join(_LATER_DESIGN)} and the parameters of the truth"
        )
    raise unknown(item.path, known)


def check_later(setup: CellSetup, settings: Sequence[TimedSetting]) -> None:
    """Tries all of them on a cell that is thrown away. Raises SettingRefused."""
    cell = AttendedCell(setup.parameters(), setup.state(), setup.current_a, setup.design.voltage_limit_v)
    for _, item in settings:
        setup = do(cell, setup, item)
