"""What becomes of each request. Every refusal names the bound or the condition that stands against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from controller.control.current import Starting, held_a
from controller.control.feed import LARGEST_DOSES, cold, order, unfit
from controller.control.modes import consequence, ruling
from controller.control.turn import Turn
from controller.estimation.anode_wear import changed
from controller.estimation.oxide_balance import tapped
from controller.process_image.commands import RectifierOrder
from controller.process_image.modes import Mode
from controller.process_image.notices import Event
from controller.process_image.requests import Request, Verb, mode_asked


def answer(turn: Turn, request: Request) -> None:
    handler = _HANDLERS.get(request.verb)
    if handler is not None:  # arming and disarming are the guard's to answer
        handler(turn, request)


def _mode(turn: Turn, request: Request) -> None:
    mode = mode_asked(request)
    if mode is None:
        names = ", ".join(mode.value for mode in Mode)
        turn.refuse(request, "no_such_mode", f"{request.text!r} is no mode; there are {names}")
    elif mode is Mode.OFF:
        _stop(turn, request)
    elif mode is Mode.HOLD:
        _hold(turn, request)
    else:
        verdict = ruling(turn.mode, mode, turn.facts)
        if not verdict.allowed:
            turn.refuse(request, verdict.code, verdict.message)
            return
        before = turn.mode
        turn.enter(mode, request.reason or "asked for", request.actor)
        settings, line_current_a = turn.settings, turn.view.line_current_a
        watchdog = settings.rectifier_has_watchdog
        text = consequence(before, mode, settings.hold_current_a, line_current_a, watchdog=watchdog)
        turn.accept(request, text)


def _lost(turn: Turn, request: Request) -> bool:
    """Refused for good: what cannot be sent now must not be sent when the rectifier comes back, whenever that is."""
    why = turn.view.rectifier_lost
    if why:
        turn.refuse(request, "not_reached", f"cannot be sent ({why}); act at the rectifier's panel")
    return bool(why)


def _stop(turn: Turn, request: Request) -> None:
    if _lost(turn, request):
        return
    before = turn.mode
    turn.enter(Mode.OFF, request.reason or "asked for", request.actor)
    turn.order = RectifierOrder.STOP
    turn.stop_sent_s = turn.view.time_s
    turn.lowering_a = 0.0
    turn.dose = None
    turn.accept(request, consequence(before, Mode.OFF, 0.0, turn.view.line_current_a))


def _hold(turn: Turn, request: Request) -> None:
    hold_a = turn.settings.hold_current_a
    if _lost(turn, request):
        return
    if turn.mode is Mode.OFF:
        turn.accept(request, "the cell is off, which is below its hold current already", "already_lower")
    elif turn.armed:
        before = turn.mode
        turn.enter(Mode.HOLD, request.reason or "asked for", request.actor)
        turn.accept(request, consequence(before, Mode.HOLD, hold_a, turn.view.line_current_a))
    else:
        turn.lowering_a = held_a(turn.current, turn.view.readback_a, hold_a)
        text = f"set-point lowered once to at most {hold_a:.0f} A; the cell stays disarmed and nothing more is written"
        turn.accept(request, text)


def _current(turn: Turn, request: Request) -> None:
    highest_a = turn.settings.highest_current_a
    value = request.value
    if not _within(value, 0.0, highest_a):
        turn.refuse(request, "outside_envelope", f"{_said(value)} A: must lie in 0–{highest_a:.0f} A")
    elif not turn.armed:
        turn.refuse(request, "not_armed", "nothing is written to this cell: arm it first")
    elif _lost(turn, request):
        return
    elif turn.mode is Mode.HOLD:
        _current_in_hold(turn, request)
    elif turn.mode not in (Mode.MANUAL, Mode.AUTOMATIC):
        turn.refuse(request, "wrong_mode", f"in {turn.mode.value} no current is commanded: go to MANUAL first")
    elif turn.facts.feedback_missing and not _within(value, 0.0, turn.setpoint_a or 0.0):
        text = f"{turn.facts.feedback_missing}: until it is, the current may only be lowered"
        turn.refuse(request, "no_feedback", text)
    elif turn.current.standing_still and turn.mode is not Mode.MANUAL:
        turn.refuse(request, "not_running", "the rectifier stands still: go to MANUAL to start it")
    else:
        assert value is not None
        turn.operator_target_a = value
        turn.events.append(Event("current_target", f"{value:.0f} A", request.actor))
        text = f"set-point goes to {value:.0f} A; lowered at once, raised at the plant's ramp"
        if turn.current.standing_still and value > 0.0:
            turn.starting = turn.starting or Starting(turn.view.time_s)
            text = f"the rectifier is started, then ramps to {value:.0f} A"
        turn.accept(request, text)


def _current_in_hold(turn: Turn, request: Request) -> None:
    value, setpoint_a = request.value, turn.setpoint_a
    if value is not None and setpoint_a is not None and value <= setpoint_a:
        turn.setpoint_a = value
        turn.events.append(Event("current_target", f"{value:.0f} A in HOLD", request.actor))
        turn.accept(request, f"held at {value:.0f} A")
    else:
        turn.refuse(request, "wrong_mode", "in HOLD the current may only be lowered: leave HOLD first")


def _dose(turn: Turn, request: Request) -> None:
    largest_kg = LARGEST_DOSES * turn.settings.dose_kg
    value, view = request.value, turn.view
    if not _within(value, 0.0, largest_kg) or value == 0.0:
        turn.refuse(request, "outside_envelope", f"{_said(value)} kg: must be above 0 and at most {largest_kg:g} kg")
        return
    assert value is not None
    if not turn.armed:
        turn.refuse(request, "not_armed", "nothing is written to this cell: arm it first")
    elif turn.mode not in (Mode.MANUAL, Mode.AUTOMATIC):
        turn.refuse(request, "wrong_mode", f"no oxide is fed in {turn.mode.value}: go to MANUAL or AUTOMATIC first")
    elif why := unfit(turn.feed, view.feeder):
        turn.refuse(request, "feeder_not_ready", why)
    elif why := cold(turn.superheat_k, turn.settings.feed_superheat_min_k):
        turn.refuse(request, "bath_cold", why)
    else:
        turn.feed, turn.dose = order(turn.feed._replace(failures=0), view.feeder, value, view.time_s)
        turn.events.append(Event("dose_ordered", f"dose {turn.feed.number}, {value:g} kg", request.actor))
        turn.accept(request, f"dose {turn.feed.number} of {value:g} kg is ordered")


def _anode_changed(turn: Turn, request: Request) -> None:
    count = turn.settings.design.anodes.count
    value = request.value
    if not _within(value, 1.0, float(count)) or value is None or value != int(value):
        turn.refuse(request, "no_such_anode", f"{_said(value)}: positions are 1…{count}")
        return
    share_a = turn.settings.design.nominal_current_a / count
    anodes = changed(turn.beliefs.anodes, int(value) - 1, request.text, share_a)
    turn.beliefs = turn.beliefs._replace(anodes=anodes)
    turn.shown = None
    name = f"anode {int(value)}" + (f" ({request.text})" if request.text else "")
    turn.events.append(Event("anode_changed", f"{name} is new", request.actor))
    turn.accept(request, f"{name} counts from zero")


def _tapped(turn: Turn, request: Request) -> None:
    largest_kg = turn.settings.design.bath_mass_kg
    value = request.value
    if not _within(value, 0.0, largest_kg) or value == 0.0:
        turn.refuse(request, "outside_envelope", f"{_said(value)} kg: must be above 0 and at most {largest_kg:g} kg")
        return
    assert value is not None
    turn.beliefs = turn.beliefs._replace(oxide=tapped(turn.beliefs.oxide, value))
    turn.events.append(Event("tapped", f"{value:g} kg metal", request.actor))
    turn.accept(request, f"{value:g} kg booked")


def _within(value: float | None, low: float, high: float) -> bool:
    return value is not None and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high


def _said(value: float | None) -> str:
    return "no number" if value is None else f"{value:g}"


_HANDLERS: Mapping[Verb, Callable[[Turn, Request], None]] = {
    Verb.MODE: _mode,
    Verb.STOP: _stop,
    Verb.HOLD: _hold,
    Verb.CURRENT: _current,
    Verb.DOSE: _dose,
    Verb.ANODE_CHANGED: _anode_changed,
    Verb.TAPPED: _tapped,
}
