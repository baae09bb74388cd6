"""What both ASCII families share: a line of printable ASCII that ends in a carriage return."""

from __future__ import annotations

from typing import Final

from drivers.errors import BadReply

TERMINATOR: Final = b"\r"
LONGEST_LINE: Final = 256
"""Bytes without a carriage return after which a stream is no reply of ours; the longest real one has about 80."""


def is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def first_line(received: bytes) -> str | None:
    """The first line in ``received``, without its end; None while it is incomplete.

    Line feeds after the carriage return are ignored, as both families allow them. Anything else after it means that
    two senders spoke, or one spoke twice: whose the first line is cannot be told, so neither is believed.
    Raises BadReply.
    """
    received = received.lstrip(b"\n")
    line, end, rest = received.partition(TERMINATOR)
    if not end:
        if len(line) > LONGEST_LINE:
            raise BadReply(f"{len(line)} characters and no end of line")
        return None
    if rest.strip(b"\n"):
        raise BadReply(f"more than one line: {received[:80]!r}")
    text = line.decode("latin-1")
    if not is_plain(text):
        raise BadReply(f"not plain text: {line[:80]!r}")
    return text
