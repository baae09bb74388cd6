"""One cell, scan by scan: read, decide, guard, write, record, publish. Everything that decides is a pure function;
this file only carries its results from one side to the other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from controller.alarms.conditions import Condition, conditions
from controller.alarms.state import NO_ALARMS, AlarmState, advance, alarms
from controller.cell_record import CellRecord
from controller.clock import Clock, Tick
from controller.control.step import CellState, Decision, checkpoint, initial_state, step
from controller.operator_requests import RequestQueue, judge
from controller.plant import CellPlan
from controller.process_image.commands import Commands
from controller.process_image.measurements import DeviceCondition, Measurements
from controller.process_image.notices import Event
from controller.process_image.requests import Request
from controller.process_io.port import ProcessPort
from controller.protection.guard import guard
from controller.protection.guard_state import Action, Guarded, GuardState
from controller.protection.interruption import interrupted, lowering_only
from controller.scan_pace import ScanPace
from controller.snapshot import Snapshot, collect

CHECKPOINT_EVERY_S = 300.0
_HEARTBEAT = Commands(heartbeat=True)
_LAST_SCANS = 512


class ScanCycle:
    """``restored`` holds the books of an earlier run: a hint for estimates, never a reason to act."""

    def __init__(
        self,
        plan: CellPlan,
        port: ProcessPort,
        record: CellRecord,
        clock: Clock,
        *,
        restored: Mapping[str, Any] | None = None,
    ) -> None:
        self.plan = plan
        self.requests = RequestQueue()
        self.record = record
        self.missed = 0
        self.snapshot: Snapshot | None = None
        self.scan_s: deque[float] = deque(maxlen=_LAST_SCANS)
        """How long the last scans took, from their due time to their end, s."""
        self._port = port
        self._clock = clock
        self._pace = ScanPace(clock, plan.control.scan_period_s, plan.limits.fresh_s)
        self._state: CellState = initial_state(plan.control, restored)
        self._guard_state = GuardState()
        self._alarm_state: AlarmState = NO_ALARMS
        self._devices: tuple[DeviceCondition, ...] = ()
        self._failures: tuple[str, ...] = ()
        self._not_beaten: tuple[str, ...] = ()
        self._scan = 0
        self._checkpoint_due_s = 0.0
        self._task: asyncio.Task[Any] | None = None
        self._scanning = self._stopping = False

    @property
    def setpoint_a(self) -> float | None:
        """What the last scan let through; None where it commanded nothing."""
        return self._guard_state.written_a

    @property
    def devices(self) -> tuple[DeviceCondition, ...]:
        return self._devices

    async def run(self, *, start_s: float) -> None:
        """Scans on the grid of ``start_s`` until stopped or cancelled, then leaves the books on the record."""
        self._task = asyncio.current_task()
        await self._port.start()
        try:
            async for tick in self._clock.every(self.plan.control.scan_period_s, start_s=start_s):
                self._scanning = True
                await self.scan(tick)
                self._scanning = False
                if self._stopping:
                    break
        finally:
            await self._port.close()
            self._keep_books(self._clock.time_s())

    def stop(self) -> None:
        """End between two scans: what the scan under way has written comes on the record first."""
        self._stopping = True
        if self._task is not None and not self._scanning:
            self._task.cancel()

    async def scan(self, tick: Tick) -> None:
        """One complete scan. The heartbeat is its last act, and only of a scan in which nothing went wrong."""
        paused, suspended_s = self._pace.begin(tick)
        measurements = await self._port.read(tick.time_s)
        requests = self.requests.take(suspended_s)
        guard_state = self._guard_state
        if paused:
            guard_state = interrupted(guard_state, self.plan.limits, paused)
        decision, guarded = self._decide(measurements, requests, guard_state)
        if not self._pace.in_time():
            guarded = _too_late(guarded, measurements)
        failures = await self._port.write(guarded.commands.without_heartbeat())

        self._scan += 1
        self.missed += tick.missed
        found = conditions(measurements, decision.estimates, decision, guarded, self.plan.control)
        if trouble := self.record.trouble:
            found += (Condition("journal_failed", "journal_failed", trouble),)
        self._alarm_state, changes = advance(self._alarm_state, found, tick.time_s)
        lines = self._not_beaten + failures
        events = self._events(tick, measurements, guarded, lines)
        events += tuple(Event(f"alarm_{change.change}", change.text) for change in changes)
        snapshot = collect(
            self.plan.name,
            measurements,
            decision,
            guarded,
            scan=self._scan,
            utc_ms=self._clock.utc_ms(),
            settings=self.plan.control,
            thermocouples=self.record.thermocouples,
            anode_currents=self.record.anode_currents,
            alarms=alarms(self._alarm_state),
            events=events,
        )
        self.snapshot = snapshot
        self.record.scan(snapshot, simulated=any(device.simulated for device in measurements.devices))
        if requests:
            # Nobody is told before it is on the record; where the record fails, the answer says that too.
            for verdict in judge(requests, guarded.verdicts, decision.verdicts):
                self.record.verdict(verdict, snapshot, self.requests.settle)
        self._state, self._guard_state = decision.state, guarded.state
        self._devices, self._failures = measurements.devices, lines
        if tick.time_s >= self._checkpoint_due_s:
            self._keep_books(tick.time_s)
        await self._beat(guarded, complete=not failures)
        self.scan_s.append(asyncio.get_running_loop().time() - tick.time_s)

    def _decide(
        self, measurements: Measurements, requests: tuple[Request, ...], guard_state: GuardState
    ) -> tuple[Decision, Guarded]:
        """What the guard refuses has no effect, not even on what is shown: then it is decided anew without it."""
        limits = self.plan.limits
        left = requests
        while True:
            decision = step(
                self._state,
                measurements,
                left,
                self.plan.control,
                armed=guard_state.armed,
                held=guard_state.hold_reason,
            )
            guarded = guard(decision.commands, measurements, requests, guard_state, limits)
            refused = [verdict.request for verdict in guarded.verdicts if not verdict.accepted]
            if not any(request in left for request in refused):
                return decision, guarded
            left = tuple(request for request in left if request not in refused)

    async def _beat(self, guarded: Guarded, *, complete: bool) -> None:
        """Or fall silent, where nobody is in control of the rectifier any more."""
        wanted = guarded.commands.heartbeat and complete and self._pace.in_time()
        self._not_beaten = await self._port.write(_HEARTBEAT) if wanted else ()
        beaten = wanted and not self._not_beaten
        if guarded.state.beating and not beaten:
            # An echo is owed for a heartbeat that was given, and for no other.
            self._guard_state = guarded.state._replace(beating=False)
        lost = guarded.action is Action.SILENT
        if self._pace.must_fall_silent(armed=guarded.state.armed, complete=beaten, lost=lost):
            self._port.silence()

    def _events(
        self, tick: Tick, measurements: Measurements, guarded: Guarded, failures: tuple[str, ...]
    ) -> tuple[Event, ...]:
        """What changed since the last scan and did not come from ``step``."""
        events: list[Event] = []
        if tick.missed:
            events.append(Event("scan_missed", f"{tick.missed} scans were missed before scan {self._scan}"))
        before = self._guard_state
        if guarded.state.armed != before.armed:
            why = guarded.state.why_not_armed
            events.append(Event("armed", "armed") if guarded.state.armed else Event("disarmed", f"not armed: {why}"))
        if guarded.state.hold_reason != before.hold_reason:
            reason = guarded.state.hold_reason
            events.append(Event("held", f"held: {reason}") if reason else Event("released", "the hold is released"))
        if measurements.devices != self._devices:
            known = {device.name: device for device in self._devices}
            for device in measurements.devices:
                was = known.get(device.name)
                if device.ready and (was is None or not was.ready):
                    events.append(Event("device_ready", f"{device.name}{' (simulated)' * device.simulated} is ready"))
                elif not device.ready and was is not None and was.ready:
                    events.append(Event("device_lost", f"{device.name}: {device.reason}"))
        events += [Event("write_failed", line) for line in failures if line not in self._failures]
        return tuple(events)

    def _keep_books(self, time_s: float) -> None:
        self._checkpoint_due_s = time_s + CHECKPOINT_EVERY_S
        self.record.checkpoint(checkpoint(self._state), time_s, self._clock.utc_ms())


def _too_late(guarded: Guarded, measurements: Measurements) -> Guarded:
    """The commands of a scan whose look at the cell is out of date."""
    commands = lowering_only(guarded.commands, measurements)
    state = guarded.state._replace(written_a=commands.current_setpoint_a, beating=False)
    reasons = (*guarded.reasons, "this scan took too long: nothing is raised")
    return guarded._replace(commands=commands, state=state, reasons=reasons)
