"""Who may write: arming by a person against permissives, disarming by a person or by the guard itself."""

from __future__ import annotations

from controller.process_image.commands import RectifierOrder
from controller.process_image.measurements import Measurements
from controller.process_image.modes import Mode
from controller.process_image.requests import Request, Verb, Verdict, mode_asked
from controller.protection.guard_state import GuardState
from controller.protection.limits import GuardLimits
from controller.protection.sight import Sight, unmet

TAKE_REMOTE_WITHIN_S = 10.0
FROZEN_ECHO_S = 3.0
FROZEN_ECHO_SCANS = 2.5
"""At slow scans this counts instead: one lost beat is no frozen rectifier, two are."""
MISMATCHES_TO_HOLD = 2
OVERWRITTEN_HOLDS = 2
"""So often in a row a hold set-point may be found overwritten; then writing on would be a fight over the register."""


def disarmed(state: GuardState, why: str, *, by_guard: bool) -> GuardState:
    """What was done before stays in the hourly feed count; everything else begins anew with the next arming."""
    return GuardState(
        why_not_armed=why,
        disarmed_by_guard=by_guard,
        time_s=state.time_s,
        verified_a=state.verified_a,
        readback_time_s=state.readback_time_s,
        doses=state.doses,
    )


def after_requests(
    requests: tuple[Request, ...], sight: Sight, measurements: Measurements, state: GuardState, limits: GuardLimits
) -> tuple[GuardState, RectifierOrder, tuple[Verdict, ...]]:
    """Arm, disarm, and unlatch a hold. The order is TAKE_REMOTE on the scan that arms, if the rectifier needs it.

    Arming and disarming are answered here; of everything else only a refusal, for ``step`` has the better words.
    """
    order = RectifierOrder.NONE
    verdicts: list[Verdict] = []
    for request in requests:
        if request.verb is Verb.ARM:
            state, order, verdict = _arm(request, sight, measurements, state, limits)
            verdicts.append(verdict)
        elif request.verb is Verb.DISARM:
            state, order = disarmed(state, f"disarmed by {request.actor}", by_guard=False), RectifierOrder.NONE
            verdicts.append(Verdict(request, True, "accepted", _left_alone(limits)))
        elif (mode := mode_asked(request)) in (Mode.HOLD, Mode.OFF):
            verdicts += _unable_to_lower(request, sight, state, limits)
        elif mode is not None and state.hold_reason:
            state, refused = _unlatch(request, mode, sight, state)
            verdicts += refused
    return state, order, tuple(verdicts)


def loss_of_authority(state: GuardState, sight: Sight, limits: GuardLimits, now: float) -> str:
    """Why an armed cell must be disarmed at this scan, empty if it need not; a trip is the caller's affair."""
    taking = state.taking_remote_since_s
    if sight.not_ours and taking is None:
        return f"{sight.not_ours}; arm again to take over"
    if sight.not_ours and taking is not None and not now - taking <= TAKE_REMOTE_WITHIN_S:
        return f"{sight.not_ours}, still so {TAKE_REMOTE_WITHIN_S:g} s after it was asked to follow"
    if state.hold_reason and state.mismatches >= MISMATCHES_TO_HOLD + OVERWRITTEN_HOLDS:
        return "the hold set-point is overwritten again and again; find who else writes to the rectifier"
    longest_s = max(FROZEN_ECHO_S, FROZEN_ECHO_SCANS * limits.scan_period_s)
    if state.beating and state.echo_since_s is not None and not now - state.echo_since_s <= longest_s:
        return f"the rectifier has not echoed a heartbeat for {longest_s:g} s"
    return ""


def _left_alone(limits: GuardLimits) -> str:
    if limits.rectifier_has_watchdog:
        return "not armed; an energised rectifier falls to its hold current by its own watchdog"
    return "not armed; the rectifier has no watchdog, so its current stays as it is: stay with the cell"


def _arm(
    request: Request, sight: Sight, measurements: Measurements, state: GuardState, limits: GuardLimits
) -> tuple[GuardState, RectifierOrder, Verdict]:
    none = RectifierOrder.NONE
    if limits.shadow:
        return state, none, Verdict(request, False, "shadow", "shadow mode: nothing is ever written")
    if state.armed:
        return state, none, Verdict(request, True, "already_armed", "the cell is armed already")
    reasons = unmet(sight, measurements, limits)
    if reasons:
        return state, none, Verdict(request, False, "permissives_unmet", "not armed: " + "; ".join(reasons))
    take = bool(sight.not_ours) or measurements.rectifier_remote.value != 1.0
    state = disarmed(state, "", by_guard=False)._replace(
        armed=True, taking_remote_since_s=measurements.time_s if take else None
    )
    text = "armed; the rectifier is asked to follow this controller" if take else "armed"
    return state, RectifierOrder.TAKE_REMOTE if take else none, Verdict(request, True, "accepted", text)


def _unable_to_lower(request: Request, sight: Sight, state: GuardState, limits: GuardLimits) -> tuple[Verdict, ...]:
    if limits.shadow:
        text = "shadow mode: nothing is ever written; lower the current at the rectifier's panel"
        return (Verdict(request, False, "shadow", text),)
    if sight.link_lost:
        text = f"cannot be sent ({sight.link_lost}); lower the current at the rectifier's panel"
        return (Verdict(request, False, "not_reached", text),)
    unknown = sight.actual_a is None and sight.readback_a is None and not (state.armed and state.verified_a is not None)
    if mode_asked(request) is Mode.HOLD and unknown:
        text = "neither line current nor set-point can be read, so what would lower it is not known; stop is possible"
        return (Verdict(request, False, "current_unknown", text),)
    return ()


def _unlatch(request: Request, mode: Mode, sight: Sight, state: GuardState) -> tuple[GuardState, tuple[Verdict, ...]]:
    causes = list(sight.blind)
    if not sight.temperature_seen and state.temperature_lost_since_s is not None:
        causes.append("no bath temperature is good and fresh")
    if state.mismatches >= MISMATCHES_TO_HOLD:
        causes.append("the rectifier does not read back the set-point it was given")
    if causes and mode is not Mode.STANDBY:
        text = f"held ({state.hold_reason}) and the cause is still there: " + "; ".join(causes)
        return state, (Verdict(request, False, "hold_cause_present", text),)
    return state._replace(hold_reason="", hold_a=None), ()
