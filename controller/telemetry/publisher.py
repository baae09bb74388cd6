"""From scans to messages. No socket, no clock: what goes in decides what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from controller.telemetry.message import Message, encode, encode_text
from controller.telemetry.snapshot_payload import BAD, NUMBER, QUALITY_WORDS, SnapshotPayload, Value, fits
from controller.telemetry.tag import TelemetryTag
from controller.telemetry.topics import CellTopics

REPEAT_S = 10.0
"""A tag is published at least this often, changed or not."""

Notices = Mapping[str, Mapping[str, Any]]
"""What stands at a scan, by id: alarms or prompts, each with its full state."""


class PublishedRow(Protocol):
    """``values`` and ``qualities`` (0 good, 1 uncertain, 2 bad) are aligned with the publisher's tags."""

    @property
    def scan(self) -> int: ...
    @property
    def time_s(self) -> float: ...
    @property
    def utc_ms(self) -> int: ...
    @property
    def values(self) -> tuple[Value, ...]: ...
    @property
    def qualities(self) -> bytes: ...


class PublishedEvent(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def utc_ms(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...


class CellPublisher:
    """Makes the messages of one cell; remembers what it said last, so that only news is said again."""

    def __init__(
        self,
        topics: CellTopics,
        tags: Sequence[TelemetryTag],
        *,
        boot: str,
        scan_period_s: float = 1.0,
        repeat_s: float = REPEAT_S,
    ) -> None:
        """Raises BadTopicName for a tag whose name cannot stand in a topic."""
        self.topics = topics
        self._tags = tuple(tags)
        self._boot = boot
        self._tag_topics = [topics.tag(tag.name) for tag in tags]
        self._tag_ends = [_tag_ends(tag) for tag in tags]
        self._deadbands = [tag.deadband for tag in tags]
        self._sent: list[Value] = [None] * len(tags)
        # No quality is 255: the first scan publishes every tag.
        self._sent_qualities = bytearray(b"\xff" * len(tags))
        self._due_s = [0.0] * len(tags)
        # A scan that left it to the next would come too late.
        self._repeat_s = max(repeat_s - scan_period_s, scan_period_s)
        self._snapshot = SnapshotPayload(tags, boot)
        self._state: Mapping[str, Any] = {}
        self._state_text = "{}"
        self._alarms: dict[str, Mapping[str, Any]] = {}
        self._prompts: dict[str, Mapping[str, Any]] = {}

    def meta(self, more: Mapping[str, Any] | None = None) -> Message:
        """The tag list; sent once, retained. ``more`` adds what else is known of the cell."""
        payload = {"boot": self._boot, **(more or {}), "tags": [tag.describe() for tag in self._tags]}
        return Message(self.topics.meta, encode(payload), 1, True)

    def scan(
        self,
        row: PublishedRow,
        *,
        state: Mapping[str, Any] | None = None,
        alarms: Notices | None = None,
        prompts: Notices | None = None,
    ) -> list[Message]:
        """``state`` (mode, armed, action …) goes into the snapshot as it is. Raises ValueError for a row of another
        length than the tags."""
        values, qualities = row.values, row.qualities
        if not len(values) == len(qualities) == len(self._tags):
            raise ValueError(f"{len(values)} values and {len(qualities)} qualities for {len(self._tags)} tags")
        messages = self._changed_tags(values, qualities, row.time_s, row.utc_ms)
        messages += self._notices(alarms or {}, self._alarms, self.topics.alarm, row.utc_ms)
        messages += self._notices(prompts or {}, self._prompts, self.topics.prompt, row.utc_ms)
        messages.append(Message(self.topics.snapshot, self._snapshot_payload(row, state or {})))
        return messages

    def event(self, event: PublishedEvent) -> Message:
        """Only for events that are on the record already: the number is the journal's."""
        payload = {
            "n": event.number,
            "boot": self._boot,
            "ts": event.utc_ms,
            "kind": event.kind,
            "data": event.payload,
        }
        return Message(self.topics.event, encode(payload), 1, False)

    def _changed_tags(self, values: tuple[Value, ...], qualities: bytes, now_s: float, utc_ms: int) -> list[Message]:
        messages: list[Message] = []
        sent, sent_qualities, due_s, deadbands = self._sent, self._sent_qualities, self._due_s, self._deadbands
        for i, value in enumerate(values):
            if qualities[i] == sent_qualities[i] and now_s < due_s[i]:
                last = sent[i]
                if value == last:
                    continue
                # Accept form: a NaN is within no deadband, so it is looked at below.
                if isinstance(value, float) and isinstance(last, float) and abs(value - last) <= deadbands[i]:
                    continue
            first = sent_qualities[i] == 0xFF
            messages.append(self._tag_message(i, value, qualities[i], utc_ms))
            # Spread over the scans from the first one on, or all repetitions would fall into the same scan for ever.
            share = (i + 1) / len(values) if first else 1.0
            due_s[i] = now_s + self._repeat_s * share
        return messages

    def _tag_message(self, i: int, value: Value, quality: int, utc_ms: int) -> Message:
        if quality >= BAD or not fits(value, text=self._tags[i].text):
            value, quality, text = None, BAD, "null"
        else:
            text = encode_text(value) if isinstance(value, str) else NUMBER % value
        self._sent[i], self._sent_qualities[i] = value, quality
        payload = f'{{"v":{text},"ts":{utc_ms}{self._tag_ends[i][quality]}'
        return Message(self._tag_topics[i], payload.encode("utf-8", "replace"), 0, True)

    def _snapshot_payload(self, row: PublishedRow, state: Mapping[str, Any]) -> bytes:
        if state != self._state:
            self._state, self._state_text = dict(state), encode_text(dict(state))
        values, qualities = row.values, row.qualities
        # Every value has just been looked at: the qualities differ where one was not fit to be sent as it came.
        if qualities != self._sent_qualities:
            values, qualities = self._snapshot.clean(values, qualities)
        return self._snapshot.encode(row.scan, row.utc_ms, self._state_text, values, qualities)

    def _notices(self, standing: Notices, said: dict[str, Mapping[str, Any]], topic: Any, utc_ms: int) -> list[Message]:
        if not standing and not said:
            return []
        messages = []
        for name, notice in standing.items():
            if said.get(name) != notice:
                said[name] = dict(notice)
                payload = encode({"id": name, "boot": self._boot, "ts": utc_ms, **notice})
                messages.append(Message(topic(name), payload, 1, True))
        for name in [name for name in said if name not in standing]:
            del said[name]
            messages.append(Message(topic(name), b"", 1, True))
        return messages


def _tag_ends(tag: TelemetryTag) -> tuple[str, ...]:
    unit = f',"u":{encode_text(tag.unit)}' if tag.unit else ""
    return tuple(f',"q":"{word}"{unit}}}' for word in QUALITY_WORDS)
