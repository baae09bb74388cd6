"""The line that holds one event.

``d1 LLLLLLLL CCCCCCCC {…}`` and a newline: format version, length of the JSON body and CRC-32 of all that stands
before and after it, both in lower-case hexadecimal. A person can read the file with ``less``; a program can tell a
whole record from a torn one, and can find its place again behind damage.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple
from zlib import crc32

from controller.journal.row import JournalEvent, RecordedEvent

LONGEST_BODY_BYTES = 1 << 20
_MAGIC = b"d1 "
_HEADER_BYTES = 21
_FIELDS = {"n": int, "boot": str, "t": float, "utc": int, "kind": str, "cell": str, "data": dict}
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class JournalTooNew(Exception):
    """Written by a later version of the program, which must be used to read it."""


class Damage(NamedTuple):
    """A stretch of an event file that holds no whole record, or numbers that are missing."""

    file: str
    offset: int
    length: int
    reason: str


class _Damaged(Exception):
    pass


def encode_record(number: int, boot: str, event: JournalEvent) -> bytes:
    """One line. A payload that JSON cannot hold is recorded as its text: an odd payload must not cost the event."""
    body = _body(number, boot, event)
    if body is None or len(body) > LONGEST_BODY_BYTES:
        text = repr(event.payload)[:2000]
        plain = JournalEvent(
            kind=str(event.kind)[:200],
            cell=str(event.cell)[:200],
            time_s=event.time_s if isfinite(event.time_s) else 0.0,
            utc_ms=event.utc_ms if isfinite(event.utc_ms) else 0,
            payload={"unencodable": text},
        )
        body = _body(number, boot, plain)
        assert body is not None
    head = b"%s%08x " % (_MAGIC, len(body))
    return b"%s%08x %s\n" % (head, crc32(body, crc32(head)), body)


def _body(number: int, boot: str, event: JournalEvent) -> bytes | None:
    try:
        return _encode(
            {
                "n": number,
                "boot": boot,
                "t": float(event.time_s),
                "utc": int(event.utc_ms),
                "kind": str(event.kind),
                "cell": str(event.cell),
                "data": dict(event.payload),
            }
        ).encode("ascii")
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def decode_at(data: bytes, offset: int) -> tuple[RecordedEvent, int]:
    """The record at ``offset`` and where the next one begins. Raises an error of this module on anything else."""
    header = data[offset : offset + _HEADER_BYTES]
    if len(header) < _HEADER_BYTES:
        raise _Damaged("the file ends inside a record")
    try:
        length = int(header[3:11], 16)
    except ValueError:
        raise _Damaged("no record header") from None
    begin = offset + _HEADER_BYTES
    end = begin + length
    if not 0 <= length <= LONGEST_BODY_BYTES:
        raise _Damaged("no record header")
    if end >= len(data):
        raise _Damaged("the file ends inside a record")
    body = data[begin:end]
    # The header is compared as it would be written, so that no other spelling of the same numbers passes.
    if header[3:] != b"%08x %08x " % (length, crc32(body, crc32(header[:12]))) or data[end : end + 1] != b"\n":
        raise _Damaged("the checksum does not fit")
    if header[:3] != _MAGIC:
        if header[:1] == b"d" and header[2:3] == b" ":
            raise JournalTooNew(f"record format {header[:2].decode('latin-1')!r} at offset {offset} is not known here")
        raise _Damaged("no record header")
    return _parse(body), end + 1


def _parse(body: bytes) -> RecordedEvent:
    try:
        fields = json.loads(body)
        n, boot, t, utc, kind, cell, data = (fields[name] for name in _FIELDS)
    except (ValueError, KeyError, TypeError):
        raise _Damaged("the record holds no event") from None
    if any(type(fields[name]) is not wanted for name, wanted in _FIELDS.items()):
        raise _Damaged("the record holds no event")
    return RecordedEvent(n, boot, t, utc, kind, cell, data)


def read_records(data: bytes, file: str) -> Iterator[RecordedEvent | Damage]:
    """Every whole record in order, and a ``Damage`` for every stretch between them. Raises JournalTooNew."""
    offset = 0
    while offset < len(data):
        try:
            record, offset = decode_at(data, offset)
        except _Damaged as damaged:
            resumed = _next_whole_record(data, offset + 1)
            yield Damage(file, offset, resumed - offset, str(damaged))
            offset = resumed
        else:
            yield record


def _next_whole_record(data: bytes, offset: int) -> int:
    # Not only behind a newline, for that may be the damaged byte. No payload can pass for a record: JSON escapes the
    # newline that ends one.
    while (found := data.find(_MAGIC, offset)) >= 0:
        try:
            decode_at(data, found)
        except _Damaged:
            offset = found + 1
        else:
            return found
    return len(data)
