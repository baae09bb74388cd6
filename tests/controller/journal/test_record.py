from __future__ import annotations

import json
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.journal.record import Damage, JournalTooNew, encode_record, read_records
from controller.journal.row import JournalEvent, RecordedEvent

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.builds(
    JournalEvent,
    kind=st.text(max_size=20),
    cell=st.sampled_from(["", "ce1", "prnd-2"]),
    time_s=st.floats(0.0, 1e9),
    utc_ms=st.integers(0, 2**53),
    payload=st.dictionaries(st.text(), JSON, max_size=4),
)
FILES = st.lists(EVENTS, min_size=1, max_size=6)


def lines(events: list[JournalEvent]) -> list[bytes]:
    return [encode_record(number, "boot", event) for number, event in enumerate(events, 1)]


def recorded(events: list[JournalEvent]) -> list[RecordedEvent]:
    return [
        RecordedEvent(number, "boot", e.time_s, e.utc_ms, e.kind, e.cell, e.payload)
        for number, e in enumerate(events, 1)
    ]


def is_one_account_of(data: bytes, found: list[RecordedEvent | Damage]) -> bool:
    """Records and damages lie end to end and cover the file: nothing was skipped silently."""
    offset = 0
    for item in found:
        if isinstance(item, Damage):
            if item.offset != offset or item.length <= 0:
                return False
            offset += item.length
        else:
            offset = data.index(b"\n", offset) + 1
    return offset == len(data)


@given(FILES)
def test_what_was_written_is_read(events: list[JournalEvent]) -> None:
    data = b"".join(lines(events))
    assert data.count(b"\n") == len(events), "one line per event"
    assert list(read_records(data, "f")) == recorded(events)


@given(FILES, st.data())
def test_a_file_cut_anywhere_gives_its_whole_records_and_says_what_is_left(
    events: list[JournalEvent], draw: st.DataObject
) -> None:
    written = lines(events)
    data = b"".join(written)
    cut = draw.draw(st.integers(0, len(data)))
    found = list(read_records(data[:cut], "f"))
    whole = 0
    while whole < len(written) and sum(map(len, written[: whole + 1])) <= cut:
        whole += 1
    records = [item for item in found if isinstance(item, RecordedEvent)]
    assert records == recorded(events)[:whole]
    rest = cut - sum(map(len, written[:whole]))
    assert sum(item.length for item in found if isinstance(item, Damage)) == rest


def flipped(data: bytes, at: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def check_one_record_is_lost(events: list[JournalEvent], at: int, bit: int) -> None:
    written = lines(events)
    found = list(read_records(flipped(b"".join(written), at, bit), "f"))
    hit = next(i for i in range(len(written)) if at < sum(map(len, written[: i + 1])))
    wanted = recorded(events)
    records = [item for item in found if isinstance(item, RecordedEvent)]
    damages = [item for item in found if isinstance(item, Damage)]
    assert records == wanted[:hit] + wanted[hit + 1 :]
    assert [(damage.offset, damage.length) for damage in damages] == [(sum(map(len, written[:hit])), len(written[hit]))]


@given(FILES, st.data())
def test_a_flipped_bit_costs_one_record_and_is_seen(events: list[JournalEvent], draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, sum(map(len, lines(events))) - 1))
    check_one_record_is_lost(events, at, draw.draw(st.integers(0, 7)))


def test_every_single_bit_of_a_small_file_is_guarded() -> None:
    events = [JournalEvent("trip", "ce1", 1.0, 2, {}), JournalEvent("d1 ", "", 0.5, 3, {"a": "d1 \nd1 "})] * 2
    for at in range(sum(map(len, lines(events)))):
        for bit in range(8):
            check_one_record_is_lost(events, at, bit)


@given(FILES, st.binary(min_size=1, max_size=60), st.data())
def test_foreign_bytes_in_the_middle_are_one_damage(
    events: list[JournalEvent], foreign: bytes, draw: st.DataObject
) -> None:
    written = lines(events)
    place = draw.draw(st.integers(0, len(written)))
    data = b"".join([*written[:place], foreign, *written[place:]])
    found = list(read_records(data, "f"))
    records = [item for item in found if isinstance(item, RecordedEvent)]
    assert records == recorded(events)
    assert any(isinstance(item, Damage) for item in found)


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_read_without_a_crash(data: bytes) -> None:
    found = list(read_records(data, "f"))
    assert all(isinstance(item, Damage) for item in found)
    assert is_one_account_of(data, found)


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": object()}, {"x": "y" * (2 << 20)}, {1: {2: {3}}}])
def test_an_event_whose_payload_json_cannot_hold_is_recorded_all_the_same(payload: dict[str, object]) -> None:
    line = encode_record(7, "boot", JournalEvent("trip", "ce1", 1.0, 2, payload))
    (record,) = read_records(line, "f")
    assert isinstance(record, RecordedEvent)
    assert (record.number, record.kind, record.cell) == (7, "trip", "ce1")
    assert record.payload["unencodable"]


def test_a_time_that_is_no_number_does_not_cost_the_event() -> None:
    (record,) = read_records(encode_record(1, "b", JournalEvent("trip", "", float("nan"), 5, {})), "f")
    assert isinstance(record, RecordedEvent)
    assert (record.time_s, record.utc_ms) == (0.0, 5)


def test_a_later_format_is_refused_and_not_taken_for_damage() -> None:
    body = b"{}"
    line = b"d2 %08x %08x %s\n" % (len(body), crc32(body, crc32(b"d2 %08x " % len(body))), body)
    with pytest.raises(JournalTooNew, match="d2"):
        list(read_records(line, "f"))


@pytest.mark.parametrize("body", [b"[]", b"{}", b"7", b"{", json.dumps({"n": "1"}).encode(), b"\xff"])
def test_a_checksum_that_fits_does_not_make_an_event(body: bytes) -> None:
    head = b"d1 %08x " % len(body)
    line = b"%s%08x %s\n" % (head, crc32(body, crc32(head)), body)
    assert [type(item) for item in read_records(line, "f")] == [Damage]
