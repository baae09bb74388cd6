"""The line-current set-point: bumpless to start, slow upwards, at once downwards."""

from __future__ import annotations

from typing import NamedTuple

from controller.control.settings import ControlSettings
from controller.process_image.commands import RectifierOrder

LEAD_FRACTION = 0.01
"""Of nominal current: how far a rising set-point may run ahead of what the rectifier confirms (assumed)."""
START_WITHIN_S = 30.0
START_SETPOINT_FRACTION = 0.02
"""Of nominal current: a rectifier is started only onto a set-point below this, or it would jump."""
REPEAT_STOP_S = 3.0


class CurrentView(NamedTuple):
    """GOOD and fresh values of one scan, or None."""

    actual_a: float | None
    readback_a: float | None
    standing_still: bool
    """The rectifier reports that it does not run; False where it does not say."""


class Starting(NamedTuple):
    """A start on its way: asked for at ``since_s``; ``sent`` once the order has gone out."""

    since_s: float
    sent: bool = False


def bumpless_a(view: CurrentView, fallback_a: float | None) -> float | None:
    """Where a set-point begins: at the measured actual; where that is not known, where it was."""
    if view.standing_still:
        return 0.0
    return fallback_a if view.actual_a is None else max(0.0, view.actual_a)


def held_a(view: CurrentView, setpoint_a: float | None, hold_current_a: float) -> float | None:
    """HOLD's set-point at the moment of entering it. It is not followed further down with the noise of the actual."""
    known = [value for value in (view.actual_a, setpoint_a) if value is not None]
    if not known:
        return None
    return max(0.0, min(*known, hold_current_a))


def ramped_a(setpoint_a: float, target_a: float, view: CurrentView, settings: ControlSettings, dt_s: float) -> float:
    """One scan's step towards the target. Without confirmed current and read-back there is no step upwards."""
    if view.standing_still:
        return 0.0
    if target_a <= setpoint_a:
        return target_a
    if view.actual_a is None or view.readback_a is None:
        return setpoint_a
    nominal_a = settings.design.nominal_current_a
    step_a = nominal_a * settings.current_ramp_up_pct_per_min * dt_s / 6000.0
    confirmed_a = max(view.actual_a, view.readback_a, 0.0)
    lead_a = max(LEAD_FRACTION * nominal_a, 3.0 * step_a)
    return min(setpoint_a + step_a, target_a, confirmed_a + lead_a)


def start_order(
    starting: Starting, view: CurrentView, settings: ControlSettings, time_s: float
) -> tuple[Starting | None, RectifierOrder, str]:
    """What becomes of a start at this scan; the text tells how it ended, empty while it goes on."""
    if not view.standing_still:
        return None, RectifierOrder.NONE, "the rectifier runs"
    if not time_s - starting.since_s <= START_WITHIN_S:
        return None, RectifierOrder.NONE, f"the rectifier did not start within {START_WITHIN_S:g} s"
    low_a = START_SETPOINT_FRACTION * settings.design.nominal_current_a
    if not starting.sent and view.readback_a is not None and view.readback_a <= low_a:
        return Starting(starting.since_s, sent=True), RectifierOrder.START, ""
    return starting, RectifierOrder.NONE, ""
