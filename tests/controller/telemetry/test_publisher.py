from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.journal.row import BAD, GOOD, UNCERTAIN, RecordedEvent, Scan, Value
from controller.telemetry.message import Message
from controller.telemetry.publisher import REPEAT_S, CellPublisher
from controller.telemetry.tag import TelemetryTag
from controller.telemetry.topics import AreaTopics

TOPICS = AreaTopics("s", "a").cell("ce1")
PREFIX = "didymium/v1/s/a/ce1"
TAGS = (
    TelemetryTag("cell_voltage_v", "V", 0.05, description="Voltage", limits=(0.0, 25.0), normal=(6.0, 10.0)),
    TelemetryTag("line_current_a", "A", 50.0, writable=True),
    TelemetryTag("mode_text", text=True),
)


def publisher(tags: tuple[TelemetryTag, ...] = TAGS, **more: Any) -> CellPublisher:
    return CellPublisher(TOPICS, tags, boot="b1", **more)


def row(scan: int, *values: Value, qualities: bytes | None = None, time_s: float | None = None) -> Scan:
    marks = bytes(len(values)) if qualities is None else qualities
    return Scan("ce1", scan, float(scan) if time_s is None else time_s, 1_000 * scan, values, marks)


def strict(payload: bytes) -> Any:
    return json.loads(payload, parse_constant=lambda word: pytest.fail(f"{word} on the wire"))


def tags_in(messages: list[Message]) -> dict[str, Any]:
    return {
        message.topic.rpartition("/")[2]: strict(message.payload) for message in messages if "/tag/" in message.topic
    }


def snapshot_in(messages: list[Message]) -> Any:
    (message,) = [message for message in messages if message.topic == f"{PREFIX}/snapshot"]
    assert (message.qos, message.retain) == (0, False)
    return strict(message.payload)


def test_the_first_scan_says_everything() -> None:
    messages = publisher().scan(row(1, 7.25, None, "AUTOMATIC", qualities=bytes((UNCERTAIN, BAD, GOOD))))
    assert tags_in(messages) == {
        "cell_voltage_v": {"v": 7.25, "ts": 1_000, "q": "uncertain", "u": "V"},
        "line_current_a": {"v": None, "ts": 1_000, "q": "bad", "u": "A"},
        "mode_text": {"v": "AUTOMATIC", "ts": 1_000, "q": "good"},
    }
    assert {(message.qos, message.retain) for message in messages if "/tag/" in message.topic} == {(0, True)}


def test_only_news_is_said_again() -> None:
    cell = publisher()
    cell.scan(row(1, 7.0, 25_000.0, "HOLD"))
    assert tags_in(cell.scan(row(2, 7.04, 25_050.0, "HOLD"))) == {}
    assert tags_in(cell.scan(row(2, 7.06, 25_049.0, "HOLD"))).keys() == {"cell_voltage_v"}
    assert tags_in(cell.scan(row(2, 7.06, 25_049.0, "MANUAL"))).keys() == {"mode_text"}
    assert tags_in(cell.scan(row(2, 7.06, 25_049.0, "MANUAL", qualities=bytes((0, 1, 0))))).keys() == {"line_current_a"}
    # The deadband counts from what was said, so a creep is said too.
    assert tags_in(cell.scan(row(2, 7.10, 25_049.0, "MANUAL", qualities=bytes((0, 1, 0))))).keys() == set()
    assert tags_in(cell.scan(row(2, 7.12, 25_049.0, "MANUAL", qualities=bytes((0, 1, 0))))).keys() == {"cell_voltage_v"}


@given(
    scans=st.lists(
        st.tuples(
            st.floats(0.0, 30.0) | st.none() | st.sampled_from([math.nan, math.inf, -math.inf]),
            st.integers(0, 2),
            st.floats(0.2, 2.0),
        ),
        min_size=1,
        max_size=60,
    ),
    deadband=st.floats(0.0, 5.0),
)
def test_a_subscriber_is_never_further_off_than_the_deadband_nor_longer_than_ten_seconds(
    scans: list[tuple[float | None, int, float]], deadband: float
) -> None:
    cell = publisher((TelemetryTag("a", "V", deadband), TelemetryTag("b")), scan_period_s=2.0)
    now_s, heard_s = 0.0, 0.0
    heard: Any = None
    for number, (value, quality, step_s) in enumerate(scans, 1):
        now_s += step_s
        messages = cell.scan(row(number, value, 1.0, qualities=bytes((quality, GOOD)), time_s=now_s))
        news = tags_in(messages).get("a")
        if news is not None:
            heard, heard_s = news, now_s
        usable = value is not None and math.isfinite(value) and quality != BAD
        assert heard["q"] == (("good", "uncertain")[quality] if usable else "bad")
        if usable:
            assert abs(heard["v"] - value) <= deadband + 1e-8
        else:
            assert heard["v"] is None
        assert now_s - heard_s + 2.0 <= REPEAT_S + 1e-9 or news is not None
        snapshot = snapshot_in(messages)
        assert snapshot["v"]["a"] == (pytest.approx(value, rel=1e-9) if usable else None)
        assert snapshot["q"].get("a", "good") == heard["q"]


def test_repetitions_are_spread_over_the_scans() -> None:
    tags = tuple(TelemetryTag(f"t{i}") for i in range(90))
    cell = publisher(tags)
    cell.scan(row(0, *([1.0] * 90)))
    said = [len(tags_in(cell.scan(row(scan, *([1.0] * 90))))) for scan in range(1, 28)]
    assert sum(said[:9]) == 90
    assert max(said) <= 20
    assert sum(said) >= 3 * 90


def test_a_snapshot_has_everything_at_every_scan() -> None:
    cell = publisher()
    state = {"mode": "HOLD", "armed": True, "action": "none"}
    for scan in (1, 2):
        found = snapshot_in(
            cell.scan(row(scan, 7.0, None, 'a "quoted" % text', qualities=bytes((1, 2, 0))), state=state)
        )
        assert found == {
            "boot": "b1",
            "scan": scan,
            "ts": 1_000 * scan,
            **state,
            "v": {"cell_voltage_v": 7.0, "line_current_a": None, "mode_text": 'a "quoted" % text'},
            "q": {"cell_voltage_v": "uncertain", "line_current_a": "bad"},
        }


MIXED = st.floats() | st.none() | st.text(max_size=5) | st.integers(-(10**12), 10**12) | st.booleans()


@given(st.lists(st.tuples(MIXED, MIXED, MIXED, st.binary(min_size=3, max_size=3)), min_size=1, max_size=5))
def test_whatever_a_row_holds_the_wire_is_strict_json_and_agrees_with_itself(
    scans: list[tuple[Value, Value, Value, bytes]],
) -> None:
    cell = publisher()
    latest: dict[str, Any] = {}
    for number, (*values, qualities) in enumerate(scans):
        messages = cell.scan(row(number, *values, qualities=qualities))
        latest |= tags_in(messages)
        snapshot = snapshot_in(messages)
        for tag in TAGS:
            said, value = latest[tag.name], snapshot["v"][tag.name]
            assert said["q"] == snapshot["q"].get(tag.name, "good")
            assert (said["v"] is None) == (value is None) == (said["q"] == "bad")
            if value is not None:
                assert isinstance(value, str) == tag.text


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="2 values and 2 qualities for 3 tags"):
        publisher().scan(row(1, 1.0, 2.0))


@pytest.mark.parametrize("kind", ["alarm", "prompt"])
def test_notices_are_retained_said_when_they_change_and_deleted_when_they_are_gone(kind: str) -> None:
    cell = publisher()

    def notices(scan: int, **standing: dict[str, Any]) -> list[tuple[str, Any, int, bool]]:
        messages = cell.scan(row(scan, 7.0, 1.0, "HOLD"), **{f"{kind}s": standing})
        return [
            (message.topic, strict(message.payload) if message.payload else b"", message.qos, message.retain)
            for message in messages
            if f"/{kind}/" in message.topic
        ]

    cold = {"state": "raised", "message": "bath is cold"}
    said = {"id": "cold", "boot": "b1", "ts": 1_000, **cold}
    assert notices(1, cold=cold) == [(f"{PREFIX}/{kind}/cold", said, 1, True)]
    assert notices(2, cold=dict(cold)) == []
    acknowledged = {**cold, "state": "acknowledged"}
    assert notices(3, cold=acknowledged, hot=cold) == [
        (f"{PREFIX}/{kind}/cold", {**said, "ts": 3_000, **acknowledged}, 1, True),
        (f"{PREFIX}/{kind}/hot", {"id": "hot", "boot": "b1", "ts": 3_000, **cold}, 1, True),
    ]
    assert notices(4, hot=cold) == [(f"{PREFIX}/{kind}/cold", b"", 1, True)]
    assert notices(5) == [(f"{PREFIX}/{kind}/hot", b"", 1, True)]
    assert notices(6) == []
    assert notices(7, cold=cold)[0][1]["ts"] == 7_000


def test_meta_lists_every_tag_with_what_a_display_needs() -> None:
    message = publisher().meta({"product": "ce"})
    assert (message.topic, message.qos, message.retain) == (f"{PREFIX}/meta", 1, True)
    meta = strict(message.payload)
    assert meta["product"] == "ce"
    assert meta["tags"][0] == {
        "name": "cell_voltage_v",
        "unit": "V",
        "type": "number",
        "writable": False,
        "description": "Voltage",
        "limits": [0.0, 25.0],
        "normal": [6.0, 10.0],
    }
    assert [tag["type"] for tag in meta["tags"]] == ["number", "number", "text"]
    assert [tag["writable"] for tag in meta["tags"]] == [False, True, False]


def test_an_event_carries_the_journals_number() -> None:
    message = publisher().event(RecordedEvent(42, "b1", 1.0, 5_000, "mode", "ce1", {"to": "HOLD"}))
    assert (message.topic, message.qos, message.retain) == (f"{PREFIX}/event", 1, False)
    assert strict(message.payload) == {"n": 42, "boot": "b1", "ts": 5_000, "kind": "mode", "data": {"to": "HOLD"}}
