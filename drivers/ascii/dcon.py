"""The grammar of the DCON / ADAM family (ICP DAS I-7000 and M-7000, Advantech ADAM-4000), free of I/O.

    command = lead address body [checksum] CR        lead "#" "$" "%" "~" "@"
    reply   = ">" data [checksum] CR                 data, which carries no address
            | "!" address [body] [checksum] CR       done
            | "?" address [checksum] CR              understood and refused

An address is two upper-case hexadecimal digits. Silence is the answer to anything a module did not understand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from drivers.ascii.checksum import sum8
from drivers.ascii.lines import is_plain
from drivers.errors import BadReply, DeviceRefused

COMMAND_LEADS: Final = "#$%~@"
HIGHEST_ADDRESS: Final = 0xFF

FIELD_WIDTH: Final = 7
"""Sign, five digits and a point: the engineering format of every module we know."""

NARROW_SENTINELS: Final = ("+9999", "-0000")
"""Out-of-range messages that some ADAM modules write in place of a field, without a point."""

_FIELD = re.compile(r"[+-]\d+\.\d+", re.ASCII)
_FIELDS = re.compile(r"[+-][^+-]*")
_ADDRESS = re.compile(r"[0-9A-F]{2}")


class Reply(NamedTuple):
    lead: Literal[">", "!", "?"]
    address: int | None
    """None for ``>``: such a reply does not say whose it is."""
    body: str


def command(lead: str, address: int, body: str = "") -> str:
    """Raises ValueError for what no module could understand."""
    if len(lead) != 1 or lead not in COMMAND_LEADS:
        raise ValueError(f"a command begins with one of {' '.join(COMMAND_LEADS)}, not {lead!r}")
    if not is_plain(body):
        raise ValueError(f"not plain text: {body!r}")
    return f"{lead}{address_text(address)}{body}"


def address_text(address: int) -> str:
    if not 0 <= address <= HIGHEST_ADDRESS:
        raise ValueError(f"a module address is 0 to {HIGHEST_ADDRESS}, not {address}")
    return f"{address:02X}"


def to_wire(text: str, *, checksum: bool) -> bytes:
    """One line as bytes. Raises ValueError for text that would break out of its line."""
    if not text or not is_plain(text):
        raise ValueError(f"not plain text: {text!r}")
    return (text + (sum8(text) if checksum else "") + "\r").encode("ascii")


def strip_checksum(line: str, *, checksum: bool) -> str:
    """The text of a received line (end of line already gone). Raises BadReply when the checksum is wrong."""
    if not checksum:
        return line
    text, given = line[:-2], line[-2:]
    if not text or sum8(text) != given:
        raise BadReply(f"wrong checksum: {line!r}")
    return text


def parse_reply(text: str) -> Reply:
    """Raises BadReply for anything that is no reply of the family, a command's own echo included."""
    match text[:1]:
        case ">":
            return Reply(">", None, text[1:])
        case "!" | "?" as lead:
            if not _ADDRESS.fullmatch(text[1:3]):
                raise BadReply(f"no module address: {text!r}")
            if lead == "?":
                if len(text) != 3:
                    raise BadReply(f"text after a refusal: {text!r}")
                return Reply("?", int(text[1:3], 16), "")
            return Reply("!", int(text[1:3], 16), text[3:])
    raise BadReply(f"not a reply: {text!r}")


def parse_reply_of(unit: int, text: str) -> Reply:
    """The reply of one module. Raises BadReply for another module's, DeviceRefused for ``?AA``."""
    reply = parse_reply(text)
    if reply.address is not None and reply.address != unit:
        raise BadReply(f"module {reply.address:02X} answered instead of {unit:02X}: {text!r}")
    if reply.lead == "?":
        raise DeviceRefused(f"module {unit:02X} refused the command (not allowed, or a wrong argument)", text)
    return reply


def split_fields(data: str, count: int) -> tuple[str, ...]:
    """Signed fields written back to back, ``+0850.1-0001.2``, split at their signs and kept as text.

    Raises BadReply unless there are exactly ``count`` and each has the exact width, or is a known sentinel:
    with one character lost the remaining digits would still look like a number.
    """
    fields = _FIELDS.findall(data)
    if "".join(fields) != data or len(fields) != count:
        raise BadReply(f"{len(fields)} fields where {count} belong: {data!r}")
    for field in fields:
        if not is_field(field):
            raise BadReply(f"field {field!r} is not a sign and {FIELD_WIDTH - 1} places: {data!r}")
    return tuple(fields)


def is_field(text: str) -> bool:
    return text in NARROW_SENTINELS or (len(text) == FIELD_WIDTH and _FIELD.fullmatch(text) is not None)


def data_reply(fields: Sequence[str]) -> str:
    """What a module answers to ``#AA``. Raises ValueError for a field that no module would write."""
    for field in fields:
        if not is_field(field):
            raise ValueError(f"no field of a data reply: {field!r}")
    return ">" + "".join(fields)


def done(unit: int, body: str = "") -> str:
    return f"!{address_text(unit)}{body}"


def refusal(unit: int) -> str:
    return f"?{address_text(unit)}"
