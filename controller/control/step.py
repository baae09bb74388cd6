"""One scan's decision about one cell: a pure function of what was known, what is measured and what people ask."""

from __future__ import annotations

from typing import NamedTuple

from controller.control.answers import answer
from controller.control.cell_state import CellState, checkpoint, initial_state
from controller.control.current import REPEAT_STOP_S, ramped_a, start_order
from controller.control.feed import cold, confirmed, is_due, order, owing, unfit
from controller.control.modes import ENERGISED
from controller.control.prompts import prompts
from controller.control.settings import ControlSettings
from controller.control.turn import Turn
from controller.estimation.anode_estimates import renewed
from controller.estimation.beliefs import advanced, oxide_eaten_kg
from controller.estimation.estimate import estimate
from controller.estimation.view import see
from controller.process_image.commands import NO_COMMANDS, Commands, RectifierOrder
from controller.process_image.estimates import Estimates
from controller.process_image.measurements import Measurements
from controller.process_image.modes import Mode
from controller.process_image.notices import Event, Prompt
from controller.process_image.requests import Request, Verdict

__all__ = ["CellState", "Decision", "checkpoint", "initial_state", "step"]


class Decision(NamedTuple):
    state: CellState
    commands: Commands
    """What is wanted; the guard has the last word."""
    estimates: Estimates
    verdicts: tuple[Verdict, ...]
    events: tuple[Event, ...]
    prompts: tuple[Prompt, ...]


def step(
    state: CellState,
    measurements: Measurements,
    requests: tuple[Request, ...],
    settings: ControlSettings,
    *,
    armed: bool,
    held: str = "",
) -> Decision:
    """``armed`` and ``held`` (why HOLD is latched, empty if not) are those of the guard's state after the last scan."""
    view = see(measurements, settings.scan_period_s, settings.design.anodes.count)
    now = view.time_s
    dt_s = _elapsed_s(state.time_s, now, settings.scan_period_s)
    turn = Turn(state, state.beliefs, view, settings, armed)
    _keep_books(turn, dt_s)
    _fall(turn, held)
    for request in requests:
        answer(turn, request)
    _ramp(turn, dt_s)
    _feed(turn, dt_s)
    shown = renewed(turn.shown, turn.beliefs.anodes, settings, now)
    estimates = estimate(
        turn.beliefs, view, settings, anodes=shown, fed_kg=turn.feed.fed_kg, deficit_kg=turn.feed.deficit_kg
    )
    after = CellState(
        turn.mode,
        turn.beliefs,
        turn.feed,
        now,
        turn.setpoint_a,
        turn.operator_target_a,
        turn.starting,
        turn.stop_sent_s,
        shown,
    )
    return Decision(
        after,
        _commands(turn),
        estimates,
        tuple(turn.verdicts),
        tuple(turn.events),
        prompts(estimates, turn.feed, turn.mode, settings, now),
    )


def _elapsed_s(before_s: float | None, now_s: float, scan_period_s: float) -> float:
    """Never negative, and at most two scans: across a gap nothing is integrated as if it had been seen."""
    if before_s is None:
        return 0.0
    elapsed_s = now_s - before_s
    longest_s = 2.0 * scan_period_s
    if elapsed_s >= longest_s:
        return longest_s
    return elapsed_s if elapsed_s > 0.0 else 0.0


def _keep_books(turn: Turn, dt_s: float) -> None:
    settings, view = turn.settings, turn.view
    eaten_kg = oxide_eaten_kg(view, settings, dt_s)
    turn.feed, fed_kg, news = confirmed(turn.feed, view.feeder, view.time_s)
    if news == "done":
        turn.events.append(Event("dose_done", f"dose {turn.feed.number}, {fed_kg:.2f} kg"))
    elif news == "overdue":
        turn.events.append(Event("dose_overdue", f"dose {turn.feed.number} was not completed in time"))
    if turn.mode in ENERGISED:
        turn.feed = owing(turn.feed, eaten_kg, settings.design.bath_mass_kg)
    else:  # somebody else feeds: the best guess is that they feed what is eaten
        fed_kg += eaten_kg
    turn.beliefs = advanced(turn.beliefs, view, settings, dt_s, eaten_kg=eaten_kg, fed_kg=fed_kg)


def _fall(turn: Turn, held: str) -> None:
    """Changes of mode nobody asked for; they only ever lead to less."""
    if not turn.armed and turn.mode in ENERGISED:
        turn.enter(Mode.STANDBY, "the cell is no longer armed")
    elif turn.armed and held and turn.mode in (Mode.MANUAL, Mode.AUTOMATIC):
        turn.enter(Mode.HOLD, f"held by the guard: {held}")


def _ramp(turn: Turn, dt_s: float) -> None:
    now = turn.view.time_s
    if turn.mode in (Mode.MANUAL, Mode.AUTOMATIC) and turn.setpoint_a is not None:
        target_a = turn.operator_target_a
        if target_a is None:
            target_a = turn.settings.current_target_a if turn.mode is Mode.AUTOMATIC else turn.setpoint_a
        turn.setpoint_a = ramped_a(turn.setpoint_a, target_a, turn.current, turn.settings, dt_s)
        if turn.starting is not None:
            turn.starting, turn.order, ended = start_order(turn.starting, turn.current, turn.settings, now)
            if ended:
                turn.events.append(Event("start", ended))
                if turn.current.standing_still:
                    turn.operator_target_a = None
    elif turn.mode is Mode.HOLD and turn.current.standing_still:
        turn.setpoint_a = 0.0
    elif turn.mode is Mode.OFF:
        turn.setpoint_a = 0.0
        still_runs = turn.view.running == 1.0
        if turn.armed and still_runs and (turn.stop_sent_s is None or now - turn.stop_sent_s >= REPEAT_STOP_S):
            turn.order, turn.stop_sent_s = RectifierOrder.STOP, now


def _feed(turn: Turn, dt_s: float) -> None:
    if turn.mode is not Mode.AUTOMATIC or not turn.armed or turn.dose is not None or dt_s <= 0.0:
        return
    settings, view = turn.settings, turn.view
    demand_kg_per_s = oxide_eaten_kg(view, settings, 1.0)
    if not is_due(turn.feed, settings.dose_kg, demand_kg_per_s, view.time_s):
        return
    if unfit(turn.feed, view.feeder) or cold(turn.superheat_k, settings.feed_superheat_min_k):
        return
    turn.feed, turn.dose = order(turn.feed, view.feeder, settings.dose_kg, view.time_s)


def _commands(turn: Turn) -> Commands:
    if not turn.armed:
        if turn.lowering_a is None:
            return NO_COMMANDS
        return Commands(turn.lowering_a, turn.order)
    if turn.mode is Mode.STANDBY:
        return NO_COMMANDS
    # A write that is bound to fail would cost the scan its heartbeat, and the cell its current.
    permit = True if turn.view.permit_reachable else None
    return Commands(turn.setpoint_a, turn.order, turn.dose, permit, heartbeat=True)
