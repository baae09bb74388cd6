"""When a block is due, on a grid of its own that jitter of the scan does not shift."""

from __future__ import annotations


class BlockSchedule:
    """The scan nearest to a due time takes it: a block of 1 s in a 1 s scan is read in every scan, early or late by
    some milliseconds; a block of 5 s in every fifth."""

    __slots__ = ("_due_s", "_every_s")

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._due_s = float("-inf")

    def is_due(self, now_s: float, scan_interval_s: float) -> bool:
        """``scan_interval_s`` is the time since the scan before this one, 0 when unknown."""
        return now_s + 0.5 * scan_interval_s >= self._due_s

    def taken(self, now_s: float) -> None:
        """A request went out; after a pause the grid starts anew instead of catching up."""
        self._due_s += self._every_s
        if not self._due_s > now_s:
            self._due_s = now_s + self._every_s

    def again(self) -> None:
        """The request came to nothing: the next scan asks once more."""
        self._due_s = float("-inf")
