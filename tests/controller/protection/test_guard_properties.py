"""Never more permissive than its input, whatever the input."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.process_image.commands import Commands, Dose, RectifierOrder
from controller.process_image.measurements import DeviceCondition, Measurement, Measurements
from controller.process_image.requests import Request, Verb
from controller.protection.guard import guard
from controller.protection.guard_state import GuardState
from controller.protection.limits import GuardLimits
from drivers.reading import Quality
from tests.support.process_images import LIMITS, RECTIFIER_READY, SCALARS, image, with_limits

NOW = 1000.0
STATUS = tuple(name for name in SCALARS if name.startswith("rectifier_"))
any_float = st.floats(allow_nan=True, allow_infinity=True)
amps = st.one_of(st.none(), any_float, st.floats(0.0, 40000.0))
times = st.one_of(st.just(NOW), st.floats(NOW - 10.0, NOW + 10.0), any_float)
reasonable = st.floats(0.0, 30000.0)


@st.composite
def any_measurement(draw: st.DrawFn, usual: float) -> Measurement:
    """Also what ``measured`` would never build: a NaN called GOOD, a value called BAD, a time that is no number."""
    if draw(st.integers(0, 5)):
        return Measurement(usual, Quality.GOOD, "", NOW)
    value = draw(st.one_of(st.none(), any_float, reasonable, st.sampled_from([0.0, 1.0, math.nan, math.inf])))
    reason = draw(st.sampled_from(["", "open_circuit", "not_fitted"]))
    return Measurement(value, draw(st.sampled_from(Quality)), reason, draw(times))


@st.composite
def any_image(draw: st.DrawFn) -> Measurements:
    scalars: dict[str, Any] = {
        name: draw(any_measurement(value)) for name, value in SCALARS.items() if name != "line_current_a"
    }
    scalars["line_current_a"] = draw(any_measurement(draw(reasonable)))
    scalars["current_setpoint_readback_a"] = draw(any_measurement(draw(reasonable)))
    temperatures = tuple(draw(any_measurement(880.0)) for _ in range(draw(st.integers(0, 3))))
    devices = draw(
        st.sampled_from(
            [
                (RECTIFIER_READY,),
                (),
                (RECTIFIER_READY._replace(ready=False, reason="link down"),),
                (RECTIFIER_READY, DeviceCondition("tc", "bath_temperature", True, False, False, "")),
            ]
        )
    )
    return image(NOW, **scalars, bath_temperature_degc=temperatures, devices=devices)


any_commands = st.builds(
    Commands,
    amps,
    st.sampled_from(RectifierOrder),
    st.one_of(st.none(), st.builds(Dose, st.integers(-5, 70000), any_float), st.builds(Dose, st.just(9), st.just(1.0))),
    st.sampled_from([None, True, False]),
    st.booleans(),
)
any_request = st.builds(
    Request,
    st.just("id"),
    st.sampled_from(Verb),
    st.just("ana"),
    st.one_of(st.none(), any_float),
    st.sampled_from(["", "OFF", "STANDBY", "MANUAL", "AUTOMATIC", "HOLD", "NONSENSE"]),
)
requests = st.lists(any_request, max_size=2).map(tuple)
earlier = st.one_of(st.none(), st.floats(NOW - 1000.0, NOW))
any_state = st.builds(
    GuardState,
    armed=st.sampled_from([True, True, True, False]),
    why_not_armed=st.just("why"),
    taking_remote_since_s=st.one_of(st.none(), earlier),
    time_s=earlier,
    hold_reason=st.sampled_from(["", "", "", "held"]),
    hold_a=st.one_of(st.none(), st.floats(0.0, LIMITS.hold_current_a)),
    verified_a=st.one_of(st.none(), reasonable),
    written_a=st.one_of(st.none(), st.floats(0.0, LIMITS.current_a_max)),
    readback_time_s=st.floats(0.0, NOW),
    mismatches=st.integers(0, 4),
    blind_since_s=earlier,
    temperature_lost_since_s=earlier,
    echo=st.one_of(st.none(), st.just(0.0)),
    echo_since_s=earlier,
    beating=st.booleans(),
    doses=st.lists(st.tuples(st.floats(NOW - 7200.0, NOW), st.floats(0.1, 2.0)), max_size=3).map(tuple),
)
any_limits = st.sampled_from([LIMITS, LIMITS, with_limits(shadow=True), with_limits(current_a_max=20000.0)])
whatever = settings(max_examples=120, deadline=None)


def finite(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value)


@whatever
@given(any_commands, any_image(), requests, any_state, any_limits)
def test_never_more_permissive_than_its_input(
    commands: Commands, measurements: Measurements, asked: tuple[Request, ...], state: GuardState, limits: GuardLimits
) -> None:
    result = guard(commands, measurements, asked, state, limits)
    out, wanted = result.commands, commands.current_setpoint_a
    if out.current_setpoint_a is not None:
        assert finite(out.current_setpoint_a)
        assert 0.0 <= out.current_setpoint_a <= limits.current_a_max
        if wanted is not None and finite(wanted) and wanted >= 0.0:
            assert out.current_setpoint_a <= wanted
        if not finite(wanted) and result.state.armed:
            verified = [v for v in (result.state.verified_a, state.hold_a) if v is not None]
            assert out.current_setpoint_a == 0.0 or out.current_setpoint_a <= max(verified)
    if out.dose is not None:
        assert out.dose == commands.dose
        assert 0.0 < out.dose.mass_kg <= limits.dose_kg_max
        assert 1 <= out.dose.number <= 65535
        recent = sum(kg for time_s, kg in result.state.doses if NOW - time_s < 3600.0)
        assert recent <= limits.dose_kg_per_h_max + 1e-9
    assert commands.heartbeat or not out.heartbeat
    assert commands.permit is True or out.permit is not True
    if out.rectifier_order is RectifierOrder.START:
        assert commands.rectifier_order is RectifierOrder.START
    if out.rectifier_order is RectifierOrder.TAKE_REMOTE:
        assert any(request.verb is Verb.ARM for request in asked)


@whatever
@given(any_commands, any_image(), requests, any_state, any_limits)
def test_without_authority_nothing_raises_energy(
    commands: Commands, measurements: Measurements, asked: tuple[Request, ...], state: GuardState, limits: GuardLimits
) -> None:
    result = guard(commands, measurements, asked, state, limits)
    out = result.commands
    if limits.shadow:
        assert out == Commands()
    if result.state.armed:
        return
    assert out.dose is None
    assert not out.heartbeat
    assert out.permit is not True
    assert out.rectifier_order in (RectifierOrder.NONE, RectifierOrder.STOP)
    if out.current_setpoint_a:
        actual = measurements.line_current_a.value
        readback = measurements.current_setpoint_readback_a.value
        seen = [value for value in (actual, readback) if value is not None and math.isfinite(value)]
        assert out.current_setpoint_a <= max(seen)
        assert any(request.verb in (Verb.HOLD, Verb.MODE) for request in asked)


@whatever
@given(any_commands, any_image(), any_state)
def test_no_increase_without_good_and_fresh_feedback(
    commands: Commands, measurements: Measurements, state: GuardState
) -> None:
    result = guard(commands, measurements, (), state, LIMITS)
    out_a = result.commands.current_setpoint_a
    critical = (measurements.line_current_a, measurements.cell_voltage_v, measurements.current_setpoint_readback_a)
    fit = all(
        m.quality is Quality.GOOD and m.value is not None and math.isfinite(m.value) and abs(NOW - m.time_s) <= 3.0
        for m in critical
    )
    if not fit and out_a is not None:
        known = [value for value in (state.written_a, result.state.verified_a, state.hold_a) if value is not None]
        assert out_a <= max(known)
    if not fit:
        assert not result.commands.heartbeat
        assert result.commands.dose is None
        assert result.commands.rectifier_order is not RectifierOrder.START


@whatever
@given(any_commands, any_image(), requests, any_state, any_limits)
def test_equal_inputs_give_equal_outputs(
    commands: Commands, measurements: Measurements, asked: tuple[Request, ...], state: GuardState, limits: GuardLimits
) -> None:
    first = guard(commands, measurements, asked, state, limits)
    assert repr(guard(commands, measurements, asked, state, limits)) == repr(first)


@whatever
@given(st.lists(st.tuples(any_commands, any_image()), min_size=1, max_size=6), any_state)
def test_a_nan_never_reaches_a_setpoint_over_several_scans(
    scans: list[tuple[Commands, Measurements]], state: GuardState
) -> None:
    for commands, measurements in scans:
        result = guard(commands, measurements, (), state, LIMITS)
        out_a = result.commands.current_setpoint_a
        assert out_a is None or (math.isfinite(out_a) and 0.0 <= out_a <= LIMITS.current_a_max)
        state = result.state
        for value in (state.verified_a, state.written_a, state.hold_a):
            assert value is None or math.isfinite(value)
