from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ascii import genesys
from drivers.errors import BadReply, DeviceRefused

plain = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="\\$"), max_size=40)


def test_the_command_set() -> None:
    assert genesys.select(6) == "ADR 06"
    assert [genesys.remote(level) for level in (0, 1, 2)] == ["RMT 0", "RMT 1", "RMT 2"]
    assert genesys.program_voltage(7.5) == "PV 7.500"
    assert genesys.program_current(398.25, decimals=2) == "PC 398.25"
    assert genesys.output(on=True) == "OUT 1"
    assert genesys.output(on=False) == "OUT 0"


def test_the_checksum_of_the_manual() -> None:
    assert genesys.to_wire(genesys.STATUS, checksum=True) == b"STT?$3A\r"
    assert genesys.to_wire(genesys.STATUS, checksum=False) == b"STT?\r"


@pytest.mark.parametrize("unit", [-1, 31, 256])
def test_addresses_the_front_panel_does_not_offer(unit: int) -> None:
    with pytest.raises(ValueError, match="address"):
        genesys.select(unit)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.001, 1e6])
def test_settings_that_are_no_setting(value: float) -> None:
    with pytest.raises(ValueError, match="setting"):
        genesys.program_voltage(value)
    with pytest.raises(ValueError, match="setting"):
        genesys.program_current(value)


def test_there_are_three_remote_levels() -> None:
    with pytest.raises(ValueError, match="remote"):
        genesys.remote(3)


@pytest.mark.parametrize("text", ["", "\\", "PV 1\\", "MV?\r", "MV?\rOUT 1", "MV?\n", "STT?$3A", "PV ½"])
def test_nothing_leaves_that_repeats_a_command_or_breaks_the_line(text: str) -> None:
    with pytest.raises(ValueError, match="not a line"):
        genesys.to_wire(text, checksum=False)


@given(st.text(max_size=30), st.booleans())
def test_no_line_ever_holds_a_backslash_or_a_second_line(text: str, checksum: bool) -> None:
    try:
        wire = genesys.to_wire(text, checksum=checksum)
    except ValueError:
        return
    assert b"\\" not in wire
    assert wire.count(b"\r") == 1
    assert wire.endswith(b"\r")


@given(plain.filter(bool), st.booleans())
def test_lines_survive_the_wire(text: str, checksum: bool) -> None:
    line = genesys.to_wire(text, checksum=checksum).decode().removesuffix("\r")
    assert genesys.strip_checksum(line, checksum=checksum) == text


@pytest.mark.parametrize(("line", "checksum"), [("OK", True), ("OK$00", True), ("OK$9", True), ("OK$9A", False)])
def test_a_wrong_missing_or_unasked_checksum_is_a_bad_reply(line: str, checksum: bool) -> None:
    with pytest.raises(BadReply, match="checksum"):
        genesys.strip_checksum(line, checksum=checksum)


def test_lower_case_checksum_digits_are_right_too() -> None:
    assert genesys.strip_checksum("STT?$3a", checksum=True) == "STT?"


@pytest.mark.parametrize("code", sorted(genesys.REFUSALS))
def test_a_refusal_is_told_in_words(code: str) -> None:
    with pytest.raises(DeviceRefused, match=genesys.REFUSALS[code]) as refused:
        genesys.parse_reply_of(6, code)
    assert refused.value.code == code
    assert "supply 06" in str(refused.value)


def test_an_unknown_code_is_still_a_refusal() -> None:
    with pytest.raises(DeviceRefused, match="E42"):
        genesys.parse_reply_of(6, "E42")


@pytest.mark.parametrize("text", ["OK", "CV", "CC", "C0", "E1", "C012"])
def test_what_only_begins_like_a_code_is_none(text: str) -> None:
    assert genesys.parse_reply_of(6, text) == text


def test_an_empty_line_is_no_reply() -> None:
    with pytest.raises(BadReply, match="empty"):
        genesys.parse_reply_of(6, "")


@pytest.mark.parametrize("text", ["0", "12.345", "0012.3", "-0.01", "+5", "400.", "99999"])
def test_numbers(text: str) -> None:
    assert genesys.is_number(text)


@pytest.mark.parametrize("text", ["", ".", "nan", "inf", "1e3", "1_0", "0x10", " 1", "1 ", "12.3.4", "OK", "٣"])
def test_not_numbers(text: str) -> None:
    assert not genesys.is_number(text)
