"""One line out, one line back: an exchange of a family in which every command says whom it is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from drivers.ascii import dcon
from drivers.ascii.lines import first_line

T = TypeVar("T")


class DconExchange(Generic[T]):
    __slots__ = ("_checksum", "_understand", "request")

    def __init__(self, text: str, understand: Callable[[str], T], *, checksum: bool) -> None:
        """Raises ValueError for text that is no single line."""
        self.request = dcon.to_wire(text, checksum=checksum)
        self._understand = understand
        self._checksum = checksum

    def feed(self, received: bytes) -> T | None:
        """``received`` is all that came so far. Raises BadReply and DeviceRefused."""
        line = first_line(received)
        if line is None:
            return None
        return self._understand(dcon.strip_checksum(line, checksum=self._checksum))
