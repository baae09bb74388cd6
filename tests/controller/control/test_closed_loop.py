"""``step`` and ``guard`` around a small ideal rectifier: what neither shows alone."""

from __future__ import annotations

import random

from controller.control.step import CellState, Decision, initial_state, step
from controller.process_image.commands import Commands, RectifierOrder
from controller.process_image.measurements import Measurements, missing
from controller.process_image.modes import Mode
from controller.process_image.requests import Request, Verb
from controller.protection.guard import guard
from controller.protection.guard_state import Action, Guarded, GuardState
from tests.support.process_images import LIMITS, RECTIFIER_READY, SETTINGS, ask, image

ARM, DISARM, STOP, HOLD = ask(Verb.ARM), ask(Verb.DISARM), ask(Verb.STOP), ask(Verb.HOLD)
AUTOMATIC, MANUAL, STANDBY = (ask(Verb.MODE, text=name) for name in ("AUTOMATIC", "MANUAL", "STANDBY"))


class Loop:
    """Obeys in remote, ramps 2 kA/s, falls to its hold current when its watchdog runs out."""

    def __init__(self, current_a: float = 25000.0, *, watchdog_s: float = 5.0) -> None:
        self.now = 100.0
        self.watchdog_s = watchdog_s
        self.actual_a = self.setpoint_a = current_a
        self.remote, self.fallback, self.running, self.echo = True, False, current_a > 0.0, 0
        self.fed_s: float | None = None
        self.noise = random.Random(3)
        self.state: CellState = initial_state(SETTINGS)
        self.guard_state = GuardState()
        self.decision: Decision
        self.guarded: Guarded

    def scan(self, *requests: Request, blind: bool = False, lost: bool = False) -> Guarded:
        measurements = self.look(blind, lost)
        self.decision = step(
            self.state,
            measurements,
            requests,
            SETTINGS,
            armed=self.guard_state.armed,
            held=self.guard_state.hold_reason,
        )
        self.guarded = guard(self.decision.commands, measurements, requests, self.guard_state, LIMITS)
        self.state, self.guard_state = self.decision.state, self.guarded.state
        if not lost:
            self.obey(self.guarded.commands)
        self.now += 1.0
        self.ramp()
        return self.guarded

    def run(self, seconds: int) -> list[Guarded]:
        return [self.scan() for _ in range(seconds)]

    def look(self, blind: bool, lost: bool) -> Measurements:
        if lost:
            return image(
                self.now,
                devices=(RECTIFIER_READY._replace(ready=False, reason="link down"),),
                line_current_a=missing("link down", self.now),
                cell_voltage_v=missing("link down", self.now),
                current_setpoint_readback_a=missing("link down", self.now),
                rectifier_tripped=missing("link down", self.now),
            )
        return image(
            self.now,
            line_current_a=missing("open", self.now) if blind else self.actual_a + self.noise.gauss(0.0, 15.0),
            current_setpoint_readback_a=self.setpoint_a,
            rectifier_remote=float(self.remote),
            rectifier_fallback=float(self.fallback),
            rectifier_running=float(self.running),
            rectifier_heartbeat_echo=float(self.echo),
        )

    def obey(self, commands: Commands) -> None:
        if commands.rectifier_order is RectifierOrder.TAKE_REMOTE:
            self.remote, self.fallback, self.setpoint_a = True, False, self.actual_a
        if commands.current_setpoint_a is not None and self.remote and not self.fallback:
            self.setpoint_a = commands.current_setpoint_a
        if commands.rectifier_order is RectifierOrder.START:
            self.running = True
        if commands.rectifier_order is RectifierOrder.STOP:
            self.running = False
        if commands.heartbeat:
            self.echo += 1
            self.fed_s = self.now

    def ramp(self) -> None:
        if self.fed_s is not None and self.now - self.fed_s > self.watchdog_s:
            self.fallback, self.fed_s = True, None
        target_a = self.setpoint_a if self.running else 0.0
        if self.fallback:
            target_a = min(target_a, LIMITS.hold_current_a)
        self.actual_a += max(-2000.0, min(2000.0, target_a - self.actual_a))


def test_hand_over_at_nominal_is_without_a_bump() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    results = loop.run(300)
    assert all(result.action is Action.NONE for result in results)
    assert min(result.commands.current_setpoint_a or 0.0 for result in results) > 25000.0 * 0.995
    assert loop.actual_a == 25000.0


def test_from_fallback_to_nominal() -> None:
    loop = Loop(15000.0)
    loop.fallback = True
    assert loop.scan(ARM).commands.rectifier_order is RectifierOrder.TAKE_REMOTE
    loop.scan(AUTOMATIC)
    results = loop.run(8 * 60 + 30)
    assert {result.action for result in results} == {Action.NONE}
    assert loop.actual_a == 25000.0


def test_blindness_leads_to_the_hold_current_and_a_person_leads_out() -> None:
    loop = Loop(watchdog_s=20.0)
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(5)
    for _ in range(5):
        loop.scan(blind=True)
    assert loop.guarded.action is Action.HOLD
    loop.run(10)
    held = loop.state
    assert held.mode is Mode.HOLD
    assert loop.actual_a == LIMITS.hold_current_a
    assert loop.guard_state.armed
    loop.scan(AUTOMATIC)
    loop.run(8 * 60 + 30)
    assert loop.state.mode is Mode.AUTOMATIC
    assert loop.actual_a == 25000.0


def test_blindness_outlasting_the_watchdog_ends_with_the_rectifier_in_charge() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(5)
    for _ in range(12):
        loop.scan(blind=True)
    assert loop.fallback
    assert loop.actual_a == LIMITS.hold_current_a
    assert not loop.guard_state.armed
    assert "watchdog has acted" in loop.guard_state.why_not_armed


def test_a_lost_link_is_silent_and_the_watchdog_takes_over() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(5)
    for _ in range(15):
        assert loop.scan(lost=True).action is Action.SILENT
    assert loop.actual_a == LIMITS.hold_current_a
    back = loop.scan()
    assert not back.state.armed
    assert back.commands.current_setpoint_a is None
    loop.run(3)
    assert loop.state.mode is Mode.STANDBY


def test_standby_lets_the_watchdog_take_over() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(5)
    loop.scan(STANDBY)
    loop.run(15)
    assert loop.fallback
    assert loop.actual_a == LIMITS.hold_current_a
    assert not loop.guard_state.armed


def test_stop_and_start_again() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(3)
    loop.scan(STOP)
    loop.run(20)
    assert loop.actual_a == 0.0
    assert loop.state.mode is Mode.OFF
    assert loop.guard_state.armed
    loop.scan(MANUAL)
    loop.scan(ask(Verb.CURRENT, 5000.0))
    loop.run(5 * 60)
    assert loop.running
    assert loop.actual_a == 5000.0


def test_disarming_writes_nothing_more() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(3)
    loop.scan(DISARM)
    assert all(result.commands == Commands() for result in loop.run(20))
    assert loop.actual_a == LIMITS.hold_current_a


def test_an_operators_hold_and_back() -> None:
    loop = Loop()
    loop.scan(ARM)
    loop.scan(AUTOMATIC)
    loop.run(3)
    loop.scan(HOLD)
    loop.run(10)
    assert loop.actual_a == LIMITS.hold_current_a
    loop.scan(MANUAL)
    loop.scan(ask(Verb.CURRENT, 16000.0))
    loop.run(60)
    assert loop.state.mode is Mode.MANUAL
    assert loop.actual_a == 16000.0


def test_equal_runs_are_equal_to_the_bit() -> None:
    def played() -> list[str]:
        loop = Loop()
        loop.scan(ARM)
        loop.scan(AUTOMATIC)
        return [repr(loop.scan()) + repr(loop.state) for _ in range(60)]

    assert played() == played()
