"""The last frames of a link, kept for the moment something goes wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple


class Frame(NamedTuple):
    time_s: float
    direction: Literal["sent", "received", "discarded"]
    data: bytes

    def __str__(self) -> str:
        return f"{self.time_s:12.4f} {self.direction:9} {self.data.hex(' ')}"


class FrameTrace:
    """A ring: the oldest frame makes room for the newest. ``add`` is the deque's own append of a plain tuple."""

    __slots__ = ("_frames", "add")

    def __init__(self, length: int = 64) -> None:
        self._frames: deque[tuple[float, Literal["sent", "received", "discarded"], bytes]] = deque(maxlen=length)
        self.add = self._frames.append

    def __iter__(self) -> Iterator[Frame]:
        return (Frame(*frame) for frame in tuple(self._frames))

    def __len__(self) -> int:
        return len(self._frames)

    def dump(self, last: int = 64) -> str:
        """The last frames, oldest first, one a line, in hexadecimal."""
        return "\n".join(str(frame) for frame in list(self)[-last:])
