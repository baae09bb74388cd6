"""Alarms over time: a condition must stand for its delay before it is annunciated, and be gone for another before it
clears. Nothing else is remembered here; acknowledgement comes with the full state table."""

from __future__ import annotations

from typing import Literal, NamedTuple

from controller.alarms.catalogue import CATALOGUE, Priority
from controller.alarms.conditions import Condition


class AlarmEntry(NamedTuple):
    """One condition on its way in, standing, or on its way out."""

    id: str
    kind: str
    detail: str
    present: bool
    since_s: float
    """When the condition last came or went."""
    raised_s: float | None
    """When it was annunciated; None while the on-delay runs."""


AlarmState = tuple[AlarmEntry, ...]
NO_ALARMS: AlarmState = ()


class Alarm(NamedTuple):
    """An annunciated alarm as outsiders see it."""

    id: str
    priority: Priority
    text: str
    detail: str
    since_s: float
    """Monotonic time at which it was raised."""
    present: bool
    """False while the cause is gone and the off-delay runs."""


class AlarmChange(NamedTuple):
    id: str
    change: Literal["raised", "cleared"]
    time_s: float
    text: str


def advance(
    state: AlarmState, active: tuple[Condition, ...], time_s: float
) -> tuple[AlarmState, tuple[AlarmChange, ...]]:
    """The state after this scan, and what a person must be told."""
    if not state and not active:
        return state, ()
    found = {condition.id: condition for condition in active}
    after: list[AlarmEntry] = []
    changes: list[AlarmChange] = []
    for entry in state:
        kept = _aged(entry, found.pop(entry.id, None), time_s, changes)
        if kept is not None:
            after.append(kept)
    for condition in found.values():
        entry = AlarmEntry(condition.id, condition.kind, condition.detail, True, time_s, None)
        after.append(_raised(entry, time_s, changes))
    return tuple(after), tuple(changes)


def alarms(state: AlarmState) -> tuple[Alarm, ...]:
    """Those annunciated, the most urgent first, then the oldest: the first cause stands on top."""
    if not state:
        return ()
    standing = [
        Alarm(e.id, CATALOGUE[e.kind].priority, CATALOGUE[e.kind].text, e.detail, e.raised_s, e.present)
        for e in state
        if e.raised_s is not None
    ]
    standing.sort(key=lambda alarm: (alarm.priority, alarm.since_s, alarm.id))
    return tuple(standing)


def _aged(
    entry: AlarmEntry, condition: Condition | None, time_s: float, changes: list[AlarmChange]
) -> AlarmEntry | None:
    if condition is not None:
        if not entry.present:
            entry = entry._replace(present=True, since_s=time_s)
        if condition.detail != entry.detail:
            entry = entry._replace(detail=condition.detail)
        return entry if entry.raised_s is not None else _raised(entry, time_s, changes)
    if entry.present:
        entry = entry._replace(present=False, since_s=time_s)
    if entry.raised_s is None:
        return None
    if time_s - entry.since_s < CATALOGUE[entry.kind].off_delay_s:
        return entry
    changes.append(AlarmChange(entry.id, "cleared", time_s, CATALOGUE[entry.kind].text))
    return None


def _raised(entry: AlarmEntry, time_s: float, changes: list[AlarmChange]) -> AlarmEntry:
    kind = CATALOGUE[entry.kind]
    if time_s - entry.since_s < kind.on_delay_s:
        return entry
    text = f"{kind.text}: {entry.detail}" if entry.detail else kind.text
    changes.append(AlarmChange(entry.id, "raised", time_s, text))
    return entry._replace(raised_s=time_s)
