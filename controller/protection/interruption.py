"""What remains of the right to act when nobody looked at the cell for a while."""

from __future__ import annotations

from dataclasses import replace

from controller.process_image.commands import NO_COMMANDS, Commands, RectifierOrder
from controller.process_image.measurements import Measurements
from controller.protection.guard_state import GuardState
from controller.protection.limits import GuardLimits


def interrupted(state: GuardState, limits: GuardLimits, why: str) -> GuardState:
    """HOLD, latched as for any other cause. A controller that commanded nothing before the pause holds nothing."""
    if not state.armed or state.hold_reason or state.written_a is None or state.verified_a is None:
        return state
    hold_a = min(state.verified_a, state.written_a, limits.hold_current_a, limits.current_a_max)
    return state._replace(hold_reason=why, hold_a=max(0.0, hold_a))


def lowering_only(commands: Commands, measurements: Measurements) -> Commands:
    """What a scan that took too long may still write. Its look at the cell is out of date, so only what lowers the
    set-point that was read back, stops the rectifier or opens the permit contact is left."""
    readback_a = measurements.current_setpoint_readback_a.value
    setpoint_a = commands.current_setpoint_a
    if setpoint_a is not None and not (setpoint_a == 0.0 or (readback_a is not None and setpoint_a < readback_a)):
        setpoint_a = None
    stop = commands.rectifier_order is RectifierOrder.STOP
    return replace(
        NO_COMMANDS,
        current_setpoint_a=setpoint_a,
        rectifier_order=RectifierOrder.STOP if stop else RectifierOrder.NONE,
        permit=False if commands.permit is False else None,
    )
