from __future__ import annotations

import pytest

from drivers.link.address import parse_link
from drivers.link.line_timing import character_time_s, line_timing
from drivers.profiles.schema import Bus


@pytest.mark.parametrize(
    ("settings", "gap_s"),
    [
        ("baud=9600", 3.5 * 10 / 9600),
        ("baud=9600&parity=E", 3.5 * 11 / 9600),
        ("baud=1200&bytesize=7&parity=O&stopbits=2", 3.5 * 11 / 1200),
        ("baud=19200&parity=E", 3.5 * 11 / 19200),
        ("baud=38400", 1.75e-3),
        ("baud=115200", 1.75e-3),
    ],
)
def test_gap_is_three_and_a_half_characters_or_fixed_above_19200_baud(settings: str, gap_s: float) -> None:
    assert line_timing(parse_link(f"serial:/dev/x?{settings}"), Bus(0.5)).gap_s == pytest.approx(gap_s)


def test_the_profile_may_ask_for_more_but_not_for_less() -> None:
    address = parse_link("serial:/dev/x?baud=9600")
    assert line_timing(address, Bus(0.5, min_gap_s=0.05)).gap_s == 0.05
    assert line_timing(address, Bus(0.5, min_gap_s=1e-4)).gap_s == pytest.approx(3.5 * 10 / 9600)


def test_guard_is_derived_where_the_profile_names_none() -> None:
    address = parse_link("serial:/dev/x?baud=9600")
    frame_s = 256 * character_time_s(address)
    assert line_timing(address, Bus(0.5)).guard_s == pytest.approx(0.5 + frame_s)
    assert line_timing(address, Bus(0.5, turnaround_s=0.9)).guard_s == pytest.approx(0.9 + frame_s)
    assert line_timing(address, Bus(0.5, late_reply_guard_s=0.3)).guard_s == 0.3


def test_a_network_connection_needs_no_pauses_but_those_asked_for() -> None:
    for text in ("tcp://h:502", "rtu+tcp://h:502", "memory:x?framing=tcp"):
        assert line_timing(parse_link(text), Bus(0.5, post_connect_s=0.2)) == (0.0, 0.0, 0.0, 0.2)
    assert line_timing(parse_link("memory:x?baud=9600"), Bus(0.5)) == line_timing(
        parse_link("serial:/dev/x?baud=9600"), Bus(0.5)
    )
