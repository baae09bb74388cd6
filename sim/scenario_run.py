"""Plays a scenario on virtual time and says what was not as it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from controller.plant import Plant
from controller.process_image.measurements import Measurement
from controller.section import QUALITY_WORDS
from controller.snapshot import Snapshot, TagValue
from controller.telemetry.message import Message
from sim.closed_loop import ClosedLoop, NotAccepted, Seam
from sim.devices.model import DeviceRefusal
from sim.faults import Injection
from sim.judge import COUNTS_A, Heard, Judge
from sim.scenario import ANY_ANSWER, Action, Expectation, Scenario


class Outcome(NamedTuple):
    failures: tuple[str, ...]
    """Empty where all went as it must."""
    scans: int


async def play(scenario: Scenario, plant: Plant, seam: Seam) -> Outcome:
    """``plant`` holds the scenario's cells. Raises whatever ends a scan cycle."""
    stage = _Stage(scenario, ClosedLoop(plant, scenario.seed, seam))
    await stage.play()
    return Outcome(tuple(stage.failures), stage.scans)


class _Watch:
    """One expectation and what came of it so far."""

    def __init__(self, expectation: Expectation, cell: str, lasts_s: float) -> None:
        self.expectation = expectation
        self.cell = cell
        self.to_s = lasts_s if expectation.to_s is None else expectation.to_s
        self.looks = 0
        self.seen = 0
        self.first_against = ""

    def look(self, holds: bool, time_s: float, shown: str) -> None:
        self.looks += 1
        self.seen += holds
        if holds is (self.expectation.holds == "never") and not self.first_against:
            self.first_against = f"at {time_s:.1f} s {shown}"

    def failure(self) -> str:
        wanted = self.expectation.holds
        if not self.looks:
            return f"{self.expectation}: there was no scan to look at"
        failed = {"always": self.seen < self.looks, "sometime": not self.seen, "never": self.seen > 0}[wanted]
        return f"{self.expectation}: {self.first_against}" if failed else ""


class _Stage:
    def __init__(self, scenario: Scenario, loop: ClosedLoop) -> None:
        self.failures: list[str] = []
        self.scans = 0
        self._scenario = scenario
        self._loop = loop
        self._injected: dict[tuple[str, str], Injection] = {}
        self._start_s = loop.clock.time_s()
        self._judges = {
            name: Judge(loop.simulated.cells[name], cycle.record.tags, loop.clock.time_s)
            for name, cycle in loop.cycles.items()
        }
        self._watches = [
            _Watch(expectation, self._cell(expectation), scenario.lasts_s) for expectation in scenario.expect
        ]

    async def play(self) -> None:
        async with self._loop as loop:
            loop.messages.subscribe(self._published)
            for action in sorted(self._scenario.action, key=attrgetter("at_s")):
                await self._until(action.at_s)
                await self._act(action)
            await self._until(self._scenario.lasts_s)
        self.failures += [failure for watch in self._watches if (failure := watch.failure())]
        for cell, judge in self._judges.items():
            self.failures += [f"{cell}: {violation}" for violation in judge.violations]

    async def _until(self, time_s: float) -> None:
        left_s = time_s - self._now_s()
        if left_s > 0.0:
            await self._loop.run(left_s)

    async def _act(self, action: Action) -> None:
        cell = self._cell(action)
        if action.automatic:
            try:
                await self._loop.automatic(cell)
            except NotAccepted as refusal:
                self.failures.append(f"{action.at_s:g} s: {refusal}")
        elif action.command is not None:
            verdict = await self._loop.command(cell, action.command, action.value, text=action.text, actor=action.actor)
            if action.expect not in (verdict.code, ANY_ANSWER):
                self.failures.append(
                    f"{action.at_s:g} s: {action.command.value}: {verdict.code} ({verdict.message}), "
                    f"not {action.expect}"
                )
        else:
            self._disturb(action, cell)

    def _disturb(self, action: Action, cell: str) -> None:
        target = f"{cell}/{action.device}" if action.device else cell
        if action.fault:
            injection = Injection(self._loop.simulated, action.fault, target)
            injection.begin()
            if action.for_s is not None:
                asyncio.get_running_loop().call_later(action.for_s, injection.end)
            else:
                self._injected[target, action.fault] = injection
            return
        if action.heal:
            self._injected.pop((target, action.heal)).end()
            return
        device = self._loop.simulated.devices[target]
        self._loop.simulated.advance()
        if action.order:
            assert action.value is not None
            try:
                self._judges[cell].by_somebody_else(device, action.order, action.value)
            except DeviceRefusal as refusal:
                self.failures.append(f"{action.at_s:g} s: {action.order}: {refusal}")
        else:
            device.model.mark(action.mark, action.text or None)

    def _published(self, message: Message) -> None:
        """A snapshot on the wire is the sign that its scan has been recorded."""
        for cell in self._loop.cycles:
            if message.topic.endswith(f"/{cell}/snapshot"):
                self._look(cell, self._loop.snapshot(cell))

    def _look(self, cell: str, snapshot: Snapshot) -> None:
        self.scans += 1
        written = self._judges[cell].scanned(snapshot)
        now_s = self._now_s()
        highest_a = self._scenario.setpoint_never_above_a
        if highest_a is not None:
            self.failures += [
                f"{now_s:.1f} s: set-point {command.value:.0f} A"
                for command in written
                if command.name == "current_setpoint_a" and command.value > highest_a + COUNTS_A
            ]
        for watch in self._watches:
            if watch.cell == cell and watch.expectation.from_s <= now_s <= watch.to_s:
                holds, shown = self._sight(watch.expectation, snapshot, written)
                watch.look(holds, now_s, shown)

    def _sight(self, wanted: Expectation, snapshot: Snapshot, written: Sequence[Heard]) -> tuple[bool, str]:
        """Does it hold at this scan, and what there was to see."""
        if wanted.alarm:
            ids = [alarm.id for alarm in snapshot.alarms]
            return wanted.alarm in ids, f"the alarms are {', '.join(ids) or 'none'}"
        if wanted.event:
            found = [event for event in snapshot.events if event.code == wanted.event and wanted.says in event.message]
            return bool(found), "; ".join(f"{event.code}: {event.message}" for event in found or snapshot.events)
        if wanted.written:
            values = [command.value for command in written if command.name == wanted.written]
            found_there = any(_bounded(wanted, value) for value in values)
            return found_there, f"written: {', '.join(f'{value:g}' for value in values) or 'nothing'}"
        if wanted.truth:
            value = self._truth(snapshot.cell, wanted.truth)
            return _bounded(wanted, value), f"it is {value}"
        places = [tag.name for tag in self._loop.cycles[snapshot.cell].record.tags]
        return _shows(wanted, snapshot.values[places.index(wanted.tag)])

    def _truth(self, cell_name: str, name: str) -> float | str:
        cell = self._loop.simulated.cells[cell_name]
        value = attrgetter(name)(cell if "." in name else cell.outputs)
        return value if isinstance(value, str) else float(value)

    def _cell(self, entry: Action | Expectation) -> str:
        return entry.cell or self._scenario.cells[0]

    def _now_s(self) -> float:
        return self._loop.clock.time_s() - self._start_s


def _shows(wanted: Expectation, value: TagValue) -> tuple[bool, str]:
    if not isinstance(value, Measurement):
        return _bounded(wanted, value) and wanted.reason in value, f"it is {value!r}"
    quality = QUALITY_WORDS[value.quality]
    shown = f"it is {value.value}, {quality} {value.reason}"
    if wanted.quality not in (None, quality) or wanted.reason not in value.reason:
        return False, shown
    if (wanted.equals, wanted.low, wanted.high) == (None, None, None):
        return True, shown
    return value.value is not None and _bounded(wanted, value.value), shown


def _bounded(wanted: Expectation, value: float | str) -> bool:
    if isinstance(value, str):
        return wanted.equals in (None, value)
    if wanted.equals is not None and value != wanted.equals:
        return False
    return (wanted.low is None or wanted.low <= value) and (wanted.high is None or value <= wanted.high)
