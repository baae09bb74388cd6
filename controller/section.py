"""One section of cells at work: scan cycles side by side, one journal, one message link, one command socket."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Literal

from controller.clock import Clock
from controller.journal.writer import Journal, NotRecorded
from controller.operator_requests import ACTS_WITHIN_S
from controller.plant import Plant
from controller.process_image.measurements import Measurement
from controller.process_image.requests import Request, Verb, Verdict, may_raise
from controller.scan_cycle import ScanCycle
from controller.telemetry.seam import Messages
from controller.telemetry.section_publisher import SectionPublisher
from controller.telemetry.topics import ROOT, AreaTopics
from drivers.link.pool import LinkPool
from drivers.reading import Quality

QUALITY_WORDS = {Quality.GOOD: "good", Quality.UNCERTAIN: "uncertain", Quality.BAD: "bad"}


class Section:
    """Everything that outsiders ask of the running daemon comes here; ``pool`` is None behind the process seam."""

    def __init__(
        self,
        plant: Plant,
        cycles: Sequence[ScanCycle],
        *,
        clock: Clock,
        journal: Journal,
        messages: Messages | None,
        publisher: SectionPublisher | None,
        pool: LinkPool | None,
    ) -> None:
        self.plant = plant
        self.cycles: Mapping[str, ScanCycle] = {cycle.plan.name: cycle for cycle in cycles}
        self._clock, self._journal, self._pool = clock, journal, pool
        self._messages, self._publisher = messages, publisher

    async def handle(self, cell: str, request: Request) -> Verdict:
        """Hand a request to the cell's next scan and wait until its verdict is on the record. What raises energy is on
        the record before a scan may see it; what lowers energy waits for no disk."""
        cycle = self.cycles.get(cell)
        if cycle is None:
            return Verdict(request, False, "unknown_cell", f"no cell {cell!r} here; there is {', '.join(self.cycles)}")
        until_s = self._clock.time_s() + ACTS_WITHIN_S
        if may_raise(request) and not _lowers(cycle, request):
            why = await self._recorded(cycle, request)
            if why:
                text = f"nothing that raises energy acts unrecorded, and it cannot be recorded: {why}"
                return self._refused(cycle, Verdict(request, False, "cannot_record", text))
        verdict = cycle.requests.put(request)
        done, _ = await asyncio.wait([verdict], timeout=until_s - self._clock.time_s())
        if done:
            return verdict.result()
        if cycle.requests.withdraw(request):
            text = f"{cell} took no command within {ACTS_WITHIN_S:g} s; withdrawn"
            return self._refused(cycle, Verdict(request, False, "not_taken", text))
        return Verdict(request, False, "not_recorded", "a scan has taken it, but the record is slow: look at the cell")

    async def _recorded(self, cycle: ScanCycle, request: Request) -> str:
        """Why the request is not on stable storage; empty when it is."""
        asked = cycle.record.asked(request, self._clock.time_s(), self._clock.utc_ms())
        done, _ = await asyncio.wait([asked], timeout=ACTS_WITHIN_S)
        if not done:
            return f"the disk has not answered for {ACTS_WITHIN_S:g} s"
        failure = asked.exception()
        if failure is not None and not isinstance(failure, NotRecorded):
            raise failure
        return "" if failure is None else str(failure)

    def _refused(self, cycle: ScanCycle, verdict: Verdict) -> Verdict:
        """No scan will put it on the record, so it is put there from here."""
        request = verdict.request
        text = f"{request.verb.value} by {request.actor} ({request.id}): {verdict.message}"
        cycle.record.event("command_refused", text, self._clock.time_s(), self._clock.utc_ms())
        return verdict

    def tick(self) -> None:
        """Once a second: who we are, how we do, and a token to date commands by."""
        if self._publisher is None or self._messages is None:
            return
        simulated = any(device.simulated for cycle in self.cycles.values() for device in cycle.devices)
        if self._publisher.identify(simulated=simulated):
            self._messages.publish(*self._publisher.online())
        for message in self._publisher.tick(self._clock.time_s(), self._clock.utc_ms(), self.health):
            self._messages.publish(*message)

    def status(self, cell: str) -> dict[str, Any] | None:
        """What one cell does, with reasons; None where it is not ours."""
        cycle = self.cycles.get(cell)
        if cycle is None:
            return None
        snapshot = cycle.snapshot
        tags: dict[str, Any] = {}
        if snapshot is not None:
            for tag, value in zip(cycle.record.tags, snapshot.values, strict=True):
                if isinstance(value, Measurement):
                    tags[tag.name] = {
                        "v": value.value,
                        "q": QUALITY_WORDS[value.quality],
                        "u": tag.unit,
                        "r": value.reason,
                    }
                else:
                    tags[tag.name] = {"v": value, "q": "good", "u": tag.unit, "r": ""}
        return {
            "cell": cell,
            "mode": snapshot.mode.name if snapshot else "STANDBY",
            "armed": snapshot.armed if snapshot else False,
            "scan": snapshot.scan if snapshot else 0,
            "missed": cycle.missed,
            "tags": tags,
            "alarms": [f"{a.text}{': ' + a.detail if a.detail else ''}" for a in snapshot.alarms] if snapshot else [],
            "devices": [
                {"device": d.name, "role": d.role, "ready": d.ready, "simulated": d.simulated, "reason": d.reason}
                for d in cycle.devices
            ]
            or [
                {"device": d.name, "role": d.role, "ready": False, "simulated": False, "reason": "not scanned yet"}
                for d in cycle.plan.devices
            ],
            "links": self.links(),
            "mqtt_published": self._messages.counters.published if self._messages else 0,
        }

    def links(self) -> dict[str, Any]:
        if self._pool is None:
            return {}
        return {
            str(address): {
                "state": link.status.state.name.lower(),
                "reason": link.status.reason,
                "requests": link.counters.requests,
                "errors": link.counters.errors,
                "connects": link.counters.connects,
            }
            for address, link in self._pool.links.items()
        }

    def health(self) -> dict[str, Any]:
        journal = self._journal.health
        scan_ms = sorted(1000.0 * seconds for cycle in self.cycles.values() for seconds in cycle.scan_s)
        health: dict[str, Any] = {
            "scan_ms_p99": round(scan_ms[int(0.99 * (len(scan_ms) - 1))], 1) if scan_ms else None,
            "missed": {name: cycle.missed for name, cycle in self.cycles.items()},
            "journal": {**journal._asdict(), "busy_s": round(journal.busy_s, 3)},
            "links": self.links(),
        }
        if self._messages is not None:
            health["mqtt"] = self._messages.counters._asdict()
        return health


def _lowers(cycle: ScanCycle, request: Request) -> bool:
    """A current below the one commanded now."""
    setpoint_a = cycle.setpoint_a
    wanted_a = request.value
    return request.verb is Verb.CURRENT and setpoint_a is not None and wanted_a is not None and wanted_a < setpoint_a


def section_publisher(
    plant: Plant,
    *,
    boot: str,
    kind: Literal["live", "sim", "shadow"],
    random_bytes: Callable[[int], bytes] = secrets.token_bytes,
) -> SectionPublisher:
    root = plant.mqtt.root if plant.mqtt is not None else ROOT
    topics = AreaTopics(plant.site, plant.area, root=root)
    return SectionPublisher(topics, boot=boot, version=version("didymium"), kind=kind, random_bytes=random_bytes)
