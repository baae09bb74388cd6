"""Runs a probe: steps the cell from one moment worth noting to the next and does what is due then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sim.physics.cell import solve_again
from sim.physics.parameters import CellParameters
from sim.physics.setup import CellSetup
from sim.probe.attended import AttendedCell, TimedSetting, do
from sim.probe.sample import Counted, Sample, counted, sample

_SOON_S = 1e-6


@dataclass(frozen=True, slots=True)
class Plan:
    """What a probe was asked for. ``hold`` keeps the bath at its first temperature."""

    setup: CellSetup
    hours: float
    every_s: float
    feed_wt_pct: float | None
    hold: bool = False
    service: bool = True
    step_s: float = 1.0
    later: Sequence[TimedSetting] = ()
    at_start: Sequence[TimedSetting] = ()
    seed: int = 0


@dataclass(slots=True)
class Record:
    """Grows while the probe runs, so that an interrupted one has its samples."""

    parameters: CellParameters
    samples: list[Sample] = field(default_factory=list)
    complete: bool = False
    anode_changes: int = 0
    taps: int = 0


def started(plan: Plan) -> tuple[AttendedCell, Record]:
    """Raises ValueError where the setup cannot make a running cell."""
    parameters = plan.setup.parameters()
    state = plan.setup.state(seed=plan.seed)
    cell = AttendedCell(
        parameters,
        state,
        plan.setup.current_a,
        plan.setup.design.voltage_limit_v,
        feed_wt_pct=plan.feed_wt_pct,
        hold_k=state.bath_k if plan.hold else None,
        service=plan.service,
        step_s=plan.step_s,
    )
    return cell, Record(parameters)


def run(plan: Plan, cell: AttendedCell, record: Record, progress: Callable[[float], None]) -> None:
    """Fills ``record``. ``progress`` is told the hours done after each sample."""
    setup = plan.setup
    for item in plan.at_start:
        setup = do(cell, setup, item.setting)
    due = sorted(plan.later, key=lambda item: item.hours)
    end_s = 3600.0 * plan.hours
    before = counted(cell.state)
    record.samples.append(_seen(cell, before))
    number = 1
    while cell.state.time_s < end_s - _SOON_S:
        next_s = min(number * plan.every_s, end_s)
        while due and 3600.0 * due[0].hours <= cell.state.time_s + _SOON_S:
            setup = do(cell, setup, due.pop(0).setting)
        stop_s = min([next_s, *(3600.0 * item.hours for item in due)])
        cell.run(stop_s - cell.state.time_s)
        if stop_s >= next_s - _SOON_S:
            record.samples.append(_seen(cell, before))
            record.parameters, record.anode_changes, record.taps = cell.parameters, cell.changes, cell.taps
            before = counted(cell.state)
            number += 1
            progress(cell.state.time_s / 3600.0)
    record.complete = True


def _seen(cell: AttendedCell, before: Counted) -> Sample:
    """Of a copy whose currents and voltage are solved anew: wear is settled after a step's electricity."""
    now = cell.state.copy()
    solve_again(cell.parameters, now, cell.current_a, cell.voltage_limit_v)
    return sample(cell.parameters, now, before)
