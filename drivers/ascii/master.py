"""Questions and orders to devices on a line that speaks ASCII: DCON / ADAM modules, classic Genesys supplies."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from drivers.ascii import dcon, selected_line
from drivers.ascii.codecs import CODECS, Fields
from drivers.ascii.exchange import DconExchange
from drivers.ascii.selected_line import line_of
from drivers.errors import BadReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.link.exchange import Priority
    from drivers.link.link import Link

T = TypeVar("T")

Dialect = Literal["dcon", "genesys"]


class AsciiMaster:
    """All failures of a line arrive in the returned future as ``drivers.errors``.

    Raised at once is only what is a mistake of the profile: ValueError for text that cannot be sent or an address the
    family does not have, KeyError for an unknown codec.
    """

    def __init__(self, link: Link, *, checksum: bool, dialect: Dialect) -> None:
        self._link = link
        self._checksum = checksum
        self._line = line_of(link) if dialect == "genesys" else None

    def query(
        self,
        unit: int,
        text: str,
        *,
        codec: str,
        fields: int = 1,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[Fields]:
        """``text`` is the whole command without checksum and end of line, the answer a mapping from field to text.

        ``timeout_s`` is for one line; a supply that has to be selected first has it twice.
        """
        understand = partial(CODECS[codec].decode, unit=unit, fields=fields)
        return self._say(unit, text, understand, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)

    def order(
        self,
        unit: int,
        text: str,
        *,
        ok: str,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[object]:
        """Done when the device answers exactly ``ok``, as in ``!01`` and ``OK``."""
        if self._line is None:
            understand: Callable[[str], object] = partial(_accept, unit, ok)
        else:
            understand = partial(selected_line.accept, unit, ok=ok)
        return self._say(unit, text, understand, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)

    def _say(
        self,
        unit: int,
        text: str,
        understand: Callable[[str], T],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> asyncio.Future[T]:
        if self._line is not None:
            return self._line.say(
                unit,
                text,
                understand,
                checksum=self._checksum,
                priority=priority,
                timeout_s=timeout_s,
                deadline_s=deadline_s,
            )
        dcon.address_text(unit)
        exchange = DconExchange(text, understand, checksum=self._checksum)
        return self._link.submit(exchange, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)


def _accept(unit: int, ok: str, text: str) -> bool:
    dcon.parse_reply_of(unit, text)
    if text != ok:
        raise BadReply(f"module {unit:02X} answered {text!r} instead of {ok!r}")
    return True
