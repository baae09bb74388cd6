"""The last word on every output. Whatever it is given, what it lets through never raises energy above what it was
given, above the envelope, or on a measurement that is not good and fresh. It knows nothing of control."""

from __future__ import annotations

import math

from controller.process_image.commands import NO_COMMANDS, Commands, Dose, RectifierOrder
from controller.process_image.measurements import Measurements
from controller.process_image.modes import Mode
from controller.process_image.requests import Request, Verdict, mode_asked
from controller.protection.authority import MISMATCHES_TO_HOLD, after_requests, disarmed, loss_of_authority
from controller.protection.guard_state import Action, Guarded, GuardState
from controller.protection.limits import GuardLimits
from controller.protection.sight import Sight, look

HOUR_S = 3600.0
DOSE_NUMBERS = 65535


def guard(
    commands: Commands,
    measurements: Measurements,
    requests: tuple[Request, ...],
    state: GuardState,
    limits: GuardLimits,
) -> Guarded:
    """``state.armed`` of the result is what ``step`` is told at the next scan."""
    now = measurements.time_s
    sight = look(measurements, limits)
    order, asked = RectifierOrder.NONE, frozenset[Mode]()
    verdicts: tuple[Verdict, ...] = ()
    if requests:
        state, order, verdicts = after_requests(requests, sight, measurements, state, limits)
        # A hold or stop that was refused must not act later either, by a latch that outlives the cause of the refusal.
        refused = tuple(verdict.request for verdict in verdicts if not verdict.accepted)
        asked = frozenset(
            mode
            for request in requests
            if (mode := mode_asked(request)) in (Mode.HOLD, Mode.OFF) and request not in refused
        )
    state = _observed(state, sight, measurements, limits)
    if limits.shadow:
        return Guarded(NO_COMMANDS, state._replace(armed=False), Action.NONE, ("shadow mode",), verdicts)
    if not state.armed:
        lowering = _unarmed(commands, asked, sight, limits)
        return Guarded(lowering, state, Action.NONE, ("not armed: " + state.why_not_armed,), verdicts)
    if sight.tripped:
        why = "the rectifier tripped; find the cause, reset it at its panel, then arm"
        stop = Commands(rectifier_order=RectifierOrder.NONE if sight.link_lost else RectifierOrder.STOP, permit=False)
        return Guarded(stop, disarmed(state, why, by_guard=True), Action.HOLD, (why,), verdicts)
    why = loss_of_authority(state, sight, limits, now)
    if why:
        lowering = _unarmed(commands, asked, sight, limits)
        return Guarded(lowering, disarmed(state, why, by_guard=True), Action.SILENT, (why,), verdicts)
    passed, state, action, reasons = _armed(commands, asked, order, sight=sight, state=state, limits=limits, now=now)
    return Guarded(passed, state, action, reasons, verdicts)


def _observed(state: GuardState, sight: Sight, measurements: Measurements, limits: GuardLimits) -> GuardState:
    """Timers and counters, advanced by what this scan sees."""
    now = measurements.time_s
    echo = measurements.rectifier_heartbeat_echo.value
    echo_since_s = state.echo_since_s
    taking_s = state.taking_remote_since_s
    unjudged = not state.beating or echo is None or taking_s is not None  # a rectifier in local need not echo
    if unjudged or echo != state.echo or echo_since_s is None:
        echo_since_s = now
    mismatches = state.mismatches
    readback = measurements.current_setpoint_readback_a
    if sight.readback_a is not None and state.written_a is not None and readback.time_s > state.readback_time_s:
        same = abs(sight.readback_a - state.written_a) <= limits.setpoint_readback_tolerance_a
        mismatches = 0 if same else mismatches + 1
    return GuardState(
        state.armed,
        state.why_not_armed,
        state.disarmed_by_guard,
        taking_s if sight.not_ours or taking_s == now else None,
        state.time_s,
        state.hold_reason,
        state.hold_a,
        sight.actual_a if sight.actual_a is not None else state.verified_a,
        state.written_a,
        readback.time_s if sight.readback_a is not None else state.readback_time_s,
        mismatches,
        None if not sight.blind else now if state.blind_since_s is None else state.blind_since_s,
        None
        if sight.temperature_seen
        else now
        if state.temperature_lost_since_s is None
        else state.temperature_lost_since_s,
        echo,
        echo_since_s,
        state.beating,
        state.doses,
    )


def _unarmed(commands: Commands, asked: frozenset[Mode], sight: Sight, limits: GuardLimits) -> Commands:
    """Nothing passes but a person's explicit stop or hold, to a rectifier whose identity is verified."""
    if not asked or sight.link_lost:
        return NO_COMMANDS
    if Mode.OFF in asked:
        return Commands(current_setpoint_a=0.0, rectifier_order=RectifierOrder.STOP)
    known = [value for value in (sight.actual_a, sight.readback_a) if value is not None]
    if not known:
        return NO_COMMANDS
    wanted_a = commands.current_setpoint_a
    if wanted_a is not None and _is_setpoint(wanted_a):
        known.append(wanted_a)
    return Commands(current_setpoint_a=max(0.0, min(*known, limits.hold_current_a, limits.current_a_max)))


def _armed(
    commands: Commands,
    asked: frozenset[Mode],
    order: RectifierOrder,
    *,
    sight: Sight,
    state: GuardState,
    limits: GuardLimits,
    now: float,
) -> tuple[Commands, GuardState, Action, tuple[str, ...]]:
    wanted = commands.current_setpoint_a
    invalid = wanted is not None and not _is_setpoint(wanted)
    if invalid:
        wanted = None
    stop = Mode.OFF in asked
    state = _latched(state, sight, limits, now, asked_hold=Mode.HOLD in asked, controlling=wanted is not None)
    action, reasons = _action(sight, state, invalid=invalid)
    taking = order is RectifierOrder.TAKE_REMOTE or state.taking_remote_since_s is not None
    if action is Action.SILENT:
        return NO_COMMANDS, _after(state, now, None, beating=False), action, reasons
    setpoint_a = (
        None
        if taking or action is Action.FREEZE
        else _setpoint(wanted, action, sight=sight, state=state, limits=limits, now=now)
    )
    if stop:
        setpoint_a, order = 0.0, RectifierOrder.STOP
    elif commands.rectifier_order is RectifierOrder.STOP:
        order = RectifierOrder.STOP
    elif commands.rectifier_order is RectifierOrder.START and action is Action.NONE and not taking:
        order = RectifierOrder.START if _start_is_bumpless(sight, limits) else RectifierOrder.NONE
    dose = None
    if commands.dose is not None and not (stop or taking or sight.blind or action in (Action.FREEZE, Action.HOLD)):
        dose, state = _dose(commands.dose, state, limits, now)
    heartbeat = commands.heartbeat is True and not sight.blind and not invalid
    passed = Commands(setpoint_a, order, dose, commands.permit, heartbeat)
    return passed, _after(state, now, setpoint_a, beating=heartbeat), action, reasons


def _is_setpoint(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0.0


def _latched(
    state: GuardState, sight: Sight, limits: GuardLimits, now: float, *, asked_hold: bool, controlling: bool
) -> GuardState:
    """Latch HOLD. A controller that neither commands nor commanded (armed STANDBY) holds nothing."""
    if state.hold_reason or not (controlling or asked_hold or state.written_a is not None):
        return state
    reason = ""
    if asked_hold:
        reason = "asked for by a person"
    elif state.blind_since_s is not None and not now - state.blind_since_s <= limits.fresh_s:
        reason = "; ".join(sight.blind)
    elif state.mismatches >= MISMATCHES_TO_HOLD:
        reason = "the rectifier does not read back its set-point: foreign writer, or the device ignores it"
    elif (
        state.temperature_lost_since_s is not None
        and not now - state.temperature_lost_since_s <= limits.bath_temperature_lost_hold_s
    ):
        reason = f"no bath temperature for {limits.bath_temperature_lost_hold_s:g} s"
    if not reason or state.verified_a is None:
        return state
    hold_a = min(state.verified_a, limits.hold_current_a, limits.current_a_max)
    if state.written_a is not None:
        hold_a = min(hold_a, state.written_a)
    if sight.readback_a is not None:
        hold_a = min(hold_a, sight.readback_a)
    return state._replace(hold_reason=reason, hold_a=max(0.0, hold_a))


def _action(sight: Sight, state: GuardState, *, invalid: bool) -> tuple[Action, tuple[str, ...]]:
    if sight.link_lost:
        return Action.SILENT, (sight.link_lost,)
    if invalid:
        return Action.FREEZE, ("the set-point asked for is no number a rectifier may be given",)
    if state.hold_reason:
        return Action.HOLD, (state.hold_reason,)
    reasons = sight.blind + sight.ceilings
    if not sight.temperature_seen:
        reasons += ("no bath temperature is good and fresh",)
    return (Action.REDUCE, reasons) if reasons else (Action.NONE, ())


def _setpoint(
    wanted: float | None, action: Action, *, sight: Sight, state: GuardState, limits: GuardLimits, now: float
) -> float | None:
    """The lowest of what was asked for and every bound in force. Everything here is known to be finite."""
    if action is Action.HOLD:  # a set-point that somebody lowered further is not raised to the hold current again
        if state.hold_a is None:
            return None
        return max(0.0, min(value for value in (state.hold_a, wanted, sight.readback_a) if value is not None))
    if wanted is None:
        return None
    written_a = state.written_a
    if action is Action.REDUCE:
        cap_a = state.verified_a if written_a is None else written_a
        if written_a is None and sight.readback_a is not None:
            # The last current seen may be old: the set-point that stands may have been lowered since.
            cap_a = sight.readback_a if cap_a is None else min(cap_a, sight.readback_a)
    elif sight.actual_a is None or sight.readback_a is None:
        return None
    else:
        since_s = 0.0 if state.time_s is None else now - state.time_s
        elapsed_s = since_s if 0.0 <= since_s <= 2.0 * limits.scan_period_s else limits.scan_period_s
        slew_a = limits.current_slew_up_a_per_s * elapsed_s
        if written_a is None:
            cap_a = sight.actual_a + slew_a
        else:  # an unchanged, verified set-point is no increase, even where the cell draws less than it
            cap_a = max(min(sight.actual_a, sight.readback_a) + slew_a, min(written_a, sight.readback_a))
    if cap_a is None:
        return None
    return max(0.0, min(wanted, cap_a, limits.current_a_max))


def _start_is_bumpless(sight: Sight, limits: GuardLimits) -> bool:
    """A rectifier that starts onto a standing set-point would jump to it."""
    if sight.actual_a is None or sight.readback_a is None:
        return False
    return sight.readback_a <= max(0.0, sight.actual_a) + limits.current_slew_up_a_per_s * limits.scan_period_s


def _dose(dose: Dose, state: GuardState, limits: GuardLimits, now: float) -> tuple[Dose | None, GuardState]:
    mass_kg, number = dose.mass_kg, dose.number
    if not (_is_setpoint(mass_kg) and 0.0 < mass_kg <= limits.dose_kg_max):
        return None, state
    if type(number) is not int or not 1 <= number <= DOSE_NUMBERS:
        return None, state
    recent = tuple(past for past in state.doses if now - past[0] < HOUR_S)
    if not math.fsum(kg for _, kg in recent) + mass_kg <= limits.dose_kg_per_h_max:
        return None, state
    return dose, state._replace(doses=(*recent, (now, mass_kg)))


def _after(state: GuardState, now: float, written_a: float | None, *, beating: bool) -> GuardState:
    return state._replace(time_s=now, written_a=written_a, beating=beating)
