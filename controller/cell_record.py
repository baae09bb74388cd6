"""Where a scan leaves its traces: journal and messages. Nothing here is awaited by the scan."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from controller.alarms.catalogue import CATALOGUE
from controller.alarms.state import Alarm
from controller.journal.row import JournalEvent, RecordedEvent, Value
from controller.journal.writer import Journal, NotRecorded
from controller.plant import CellPlan
from controller.process_image.notices import Prompt
from controller.process_image.requests import Request, Verdict
from controller.process_image.tags import Tag
from controller.process_io.signal_slots import vector_length
from controller.snapshot import Snapshot, cell_registry
from controller.telemetry.message import Message
from controller.telemetry.publisher import CellPublisher
from controller.telemetry.seam import Messages
from controller.telemetry.tag import TelemetryTag
from controller.telemetry.topics import AreaTopics, CellTopics
from drivers.reading import Quality

CHECKPOINT = "checkpoint"
MOST_LABELS = 256
_GOOD = int(Quality.GOOD)
_TO_BE_SEEN = frozenset(
    {"alarm_raised", "disarmed", "held", "device_lost", "write_failed", "scan_missed", "dose_overdue"}
)
_log = logging.getLogger(__name__)
STALLED_DISK_S = 5.0
"""A writer busy with one batch for so long has met a disk that hangs (assumed)."""


class Row(NamedTuple):
    """A snapshot as plain values, for journal and wire alike."""

    cell: str
    scan: int
    time_s: float
    utc_ms: int
    values: tuple[Value, ...]
    qualities: bytes


class CellRecord:
    """``tags`` is the one registry behind journal columns, topics and screens."""

    def __init__(self, plan: CellPlan) -> None:
        self.plan = plan
        # As many as the process image holds: a number left out, or given twice, must not shift or hide another.
        self.thermocouples = vector_length(plan, "bath_temperature_degc")
        self.anode_currents = vector_length(plan, "anode_current_a")
        self.tags: tuple[Tag, ...] = cell_registry(plan.control, plan.limits, self.thermocouples, self.anode_currents)
        self._texts = tuple(place for place, tag in enumerate(self.tags) if tag.kind == "text")
        self._journal: Journal | None = None
        self._messages: Messages | None = None
        self._publisher: CellPublisher | None = None
        self._labels_ms: dict[float, int] = {}

    def attach(self, journal: Journal | None, messages: Messages | None, topics: AreaTopics, boot: str) -> None:
        """Say where the traces go. Without a journal nothing is recorded, and every command's answer says so."""
        self._journal, self._messages = journal, messages
        if messages is None:
            return
        self._publisher = self.make_publisher(topics.cell(self.plan.name), boot)
        design, product = self.plan.design, self.plan.product
        self._send(self._publisher.meta({"cell": self.plan.name, "design": design.id, "product": product.id}))

    def make_publisher(self, topics: CellTopics, boot: str) -> CellPublisher:
        """What decides which of the cell's values are news; of the registry's deadbands, unless overridden."""
        tags = [telemetry_tag(tag) for tag in self.tags]
        return CellPublisher(topics, tags, boot=boot, scan_period_s=self.plan.control.scan_period_s)

    def scan(self, snapshot: Snapshot, *, simulated: bool) -> None:
        """``simulated``: some device of this cell says it is no real one, and whoever looks must know."""
        row = self.row(snapshot)
        for event in snapshot.events:
            level = logging.WARNING if event.code in _TO_BE_SEEN else logging.INFO
            _log.log(level, "%s: %s: %s", snapshot.cell, event.code.replace("_", " "), event.message)
        if self._journal is not None:
            self._journal.append_scan(row)
            for event in snapshot.events:
                payload = {"message": event.message, "scan": snapshot.scan}
                if event.actor:
                    payload["actor"] = event.actor
                self._write(event.code, payload, snapshot.time_s, snapshot.utc_ms)
        if self._publisher is not None and self._messages is not None:
            state = {
                "mode": snapshot.mode.name,
                "armed": snapshot.armed,
                "guard": snapshot.action.name.lower(),
                "simulated": simulated,
            }
            for message in self._publisher.scan(
                row,
                state=state,
                alarms={topic_name(alarm.id): self._alarm(alarm, snapshot) for alarm in snapshot.alarms},
                prompts={topic_name(prompt.id): self._prompt(prompt, snapshot) for prompt in snapshot.prompts},
            ):
                self._messages.publish(*message)

    def row(self, snapshot: Snapshot) -> Row:
        """The snapshot without reasons and times."""
        entries: list[Any] = list(snapshot.values)
        for place in self._texts:
            entries[place] = (entries[place], _GOOD)
        # A column of all values and one of all qualities; a text has no more than these two.
        values, qualities, *_ = zip(*entries, strict=False)
        return Row(snapshot.cell, snapshot.scan, snapshot.time_s, snapshot.utc_ms, values, bytes(qualities))

    @property
    def trouble(self) -> str:
        """Why what happens in this cell cannot be put on stable storage now; empty where it can."""
        if self._journal is None:
            return "there is no journal"
        if self._journal.busy_s > STALLED_DISK_S:
            return f"the disk has not answered for more than {STALLED_DISK_S:g} s"
        return self._journal.failure

    def asked(self, request: Request, time_s: float, utc_ms: int) -> asyncio.Future[RecordedEvent]:
        """Put on the record that somebody wants more energy, before it may act. Fails with NotRecorded."""
        if self._journal is None:
            future: asyncio.Future[RecordedEvent] = asyncio.get_running_loop().create_future()
            future.set_exception(NotRecorded("there is no journal"))
            return future
        return self._write("command_asked", _plain_request(request), time_s, utc_ms)

    def verdict(self, verdict: Verdict, snapshot: Snapshot, settle: Callable[[Iterable[Verdict]], None]) -> None:
        """Record what was asked and what became of it; ``settle`` is called once that is durable or has failed."""
        request = verdict.request
        if self._journal is None:
            settle([replace(verdict, message=f"{verdict.message} (there is no journal)")])
            return
        payload = {
            **_plain_request(request),
            "accepted": verdict.accepted,
            "code": verdict.code,
            "message": verdict.message,
            "scan": snapshot.scan,
        }
        recorded = self._write("command", payload, snapshot.time_s, snapshot.utc_ms)

        def answer(future: asyncio.Future[RecordedEvent]) -> None:
            failure = future.exception() if not future.cancelled() else NotRecorded("the journal was closed")
            if failure is None:
                settle([verdict])
            else:
                done = "done" if verdict.accepted else "refused"
                note = f"{verdict.message} ({done}; not recorded: {failure})"
                settle([replace(verdict, message=note)])

        recorded.add_done_callback(answer)

    def event(self, kind: str, message: str, time_s: float, utc_ms: int) -> None:
        if self._journal is not None:
            self._write(kind, {"message": message}, time_s, utc_ms)

    def checkpoint(self, books: Mapping[str, Any], time_s: float, utc_ms: int) -> None:
        """For the next start of this controller; of no interest to a subscriber."""
        if self._journal is not None:
            self._journal.record(JournalEvent(CHECKPOINT, self.plan.name, time_s, utc_ms, books))

    def _alarm(self, alarm: Alarm, snapshot: Snapshot) -> dict[str, Any]:
        kind = CATALOGUE[alarm.id.partition(":")[0]]
        return {
            "state": "active" if alarm.present else "returning",
            "priority": alarm.priority.name.lower(),
            "text": alarm.text,
            "detail": alarm.detail,
            "cause": kind.cause,
            "consequence": kind.consequence,
            "action": kind.action,
            "since": self._label(alarm.since_s, snapshot),
        }

    def _prompt(self, prompt: Prompt, snapshot: Snapshot) -> dict[str, Any]:
        due = None if prompt.due_s is None else self._label(prompt.due_s, snapshot)
        return {"what": prompt.what, "why": prompt.why, "amount": prompt.amount, "due": due}

    def _label(self, time_s: float, snapshot: Snapshot) -> int:
        """A monotonic time as UTC ms, worked out once: a label that jittered would be news at every scan."""
        label_ms = self._labels_ms.get(time_s)
        if label_ms is None:
            if len(self._labels_ms) >= MOST_LABELS:
                self._labels_ms.clear()
            label_ms = self._labels_ms[time_s] = snapshot.utc_ms + round(1000.0 * (time_s - snapshot.time_s))
        return label_ms

    def _write(
        self, kind: str, payload: Mapping[str, Any], time_s: float, utc_ms: int
    ) -> asyncio.Future[RecordedEvent]:
        assert self._journal is not None
        recorded = self._journal.record(JournalEvent(kind, self.plan.name, time_s, utc_ms, payload))
        recorded.add_done_callback(self._publish_event)
        return recorded

    def _publish_event(self, recorded: asyncio.Future[RecordedEvent]) -> None:
        if self._publisher is None or recorded.cancelled() or recorded.exception() is not None:
            return
        self._send(self._publisher.event(recorded.result()))

    def _send(self, message: Message) -> None:
        if self._messages is not None:
            self._messages.publish(*message)


def _plain_request(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "verb": request.verb.value,
        "value": request.value,
        "text": request.text,
        "actor": request.actor,
        "reason": request.reason,
    }


def telemetry_tag(tag: Tag) -> TelemetryTag:
    limits = None if tag.low is None or tag.high is None else (tag.low, tag.high)
    normal = None if tag.normal_low is None or tag.normal_high is None else (tag.normal_low, tag.normal_high)
    return TelemetryTag(
        tag.name,
        tag.unit,
        tag.deadband,
        text=tag.kind == "text",
        description=tag.description,
        limits=limits,
        normal=normal,
        writable=tag.writable,
    )


def topic_name(identity: str) -> str:
    """An alarm of one of several things is ``kind:which``; a topic level may not hold a colon."""
    return identity.replace(":", ".")
