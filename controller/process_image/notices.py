"""What a scan tells people: events for the record, prompts for hands."""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """``code`` is a stable word, ``message`` is fit for an operator; ``actor`` is empty where nobody asked for it."""

    code: str
    message: str
    actor: str = ""


class Prompt(NamedTuple):
    """Something a person is asked to do; it stands for as long as each scan repeats it."""

    id: str
    what: str
    why: str
    due_s: float | None = None
    """Monotonic time by which it should be done, rounded so that a standing prompt does not change with every scan."""
    amount: str = ""
