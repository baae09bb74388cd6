from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ascii import dcon
from drivers.errors import BadReply, DeviceRefused

plain = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=40)
addresses = st.integers(0, 255)
good_fields = st.one_of(
    st.builds(lambda sign, tenths: f"{sign}{tenths / 10:06.1f}", st.sampled_from("+-"), st.integers(0, 99999)),
    st.builds(lambda sign, units: f"{sign}{units / 10000:.4f}", st.sampled_from("+-"), st.integers(0, 99999)),
    st.sampled_from(["+9999.9", "-9999.9", "+9999", "-0000"]),
)


def test_commands_of_the_manuals() -> None:
    assert dcon.command("#", 5) == "#05"
    assert dcon.command("$", 7, "RH") == "$07RH"
    assert dcon.command("#", 0x1F, "3") == "#1F3"
    assert dcon.to_wire("#05", checksum=True) == b"#0588\r"
    assert dcon.to_wire("$07RH", checksum=True) == b"$07RH25\r"
    assert dcon.to_wire("#01", checksum=False) == b"#01\r"


@pytest.mark.parametrize(
    ("lead", "address", "body"),
    [("!", 1, ""), ("", 1, ""), ("##", 1, ""), ("#", 256, ""), ("#", -1, ""), ("#", 1, "\r#02"), ("#", 1, "°")],
)
def test_commands_no_module_understands_are_not_built(lead: str, address: int, body: str) -> None:
    with pytest.raises(ValueError, match=r"command begins|address is|plain text"):
        dcon.command(lead, address, body)


@pytest.mark.parametrize("text", ["", "#01\r", "#01\n", "\x00"])
def test_nothing_leaves_that_is_not_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="plain text"):
        dcon.to_wire(text, checksum=False)


@pytest.mark.parametrize(("line", "text"), [(">+3.56719D", ">+3.5671"), ("!07+2.0500D8", "!07+2.0500")])
def test_checksums_of_the_manuals(line: str, text: str) -> None:
    assert dcon.strip_checksum(line, checksum=True) == text
    assert dcon.strip_checksum(text, checksum=False) == text


@pytest.mark.parametrize("line", ["", "9D", ">+3.5671", ">+3.56719E", ">+3.56719d", ">+3.56819D"])
def test_a_wrong_or_missing_checksum_is_a_bad_reply(line: str) -> None:
    with pytest.raises(BadReply, match="wrong checksum"):
        dcon.strip_checksum(line, checksum=True)


@given(plain.filter(bool))
def test_checksums_survive_the_wire(text: str) -> None:
    line = dcon.to_wire(text, checksum=True).decode().removesuffix("\r")
    assert dcon.strip_checksum(line, checksum=True) == text


def test_the_three_kinds_of_reply() -> None:
    assert dcon.parse_reply(">+0850.1") == (">", None, "+0850.1")
    assert dcon.parse_reply("!0A7018") == ("!", 10, "7018")
    assert dcon.parse_reply("?0A") == ("?", 10, "")


@pytest.mark.parametrize("text", ["", "#01", "$01M", "01", "!", "!0", "!g1", "!0a", "?1", "?01x", " >+0850.1", "x>+1"])
def test_everything_else_is_no_reply(text: str) -> None:
    with pytest.raises(BadReply):
        dcon.parse_reply(text)


def test_another_modules_reply_is_not_taken() -> None:
    assert dcon.parse_reply_of(1, "!017018").body == "7018"
    with pytest.raises(BadReply, match="module 02 answered instead of 01"):
        dcon.parse_reply_of(1, "!027018")
    with pytest.raises(BadReply, match="module 02 answered instead of 01"):
        dcon.parse_reply_of(1, "?02")


def test_a_refusal_says_who_refused() -> None:
    with pytest.raises(DeviceRefused, match="module 0A refused the command") as refused:
        dcon.parse_reply_of(10, dcon.refusal(10))
    assert refused.value.code == "?0A"


@given(st.lists(good_fields, min_size=1, max_size=8))
def test_fields_written_back_to_back_come_apart_again(fields: list[str]) -> None:
    reply = dcon.parse_reply(dcon.data_reply(fields))
    assert dcon.split_fields(reply.body, len(fields)) == tuple(fields)


@given(st.lists(good_fields.filter(lambda field: len(field) == 7), min_size=1, max_size=8), st.integers(0, 200))
def test_a_lost_character_is_never_a_number(fields: list[str], place: int) -> None:
    data = "".join(fields)
    place %= len(data)
    shortened = data[:place] + data[place + 1 :]
    with pytest.raises(BadReply):
        dcon.split_fields(shortened, len(fields))


@pytest.mark.parametrize(
    ("data", "count"),
    [
        ("", 1),
        ("+0850.1+0851.2", 1),
        ("+0850.1", 2),
        ("+0850.1+", 2),
        ("0850.1", 1),
        ("+085001", 1),
        ("+08.0.1", 1),
        ("+0850.", 1),
        ("+.08501", 1),
        ("+0850.1 ", 1),
        ("+08501.2", 1),
        ("+850.1", 1),
        ("+0850", 1),
        ("+nan000", 1),
        ("+1e3.00", 1),
        ("+0850,1", 1),
        ("+085٣.1", 1),
    ],
)
def test_fields_of_the_wrong_number_or_shape_are_a_bad_reply(data: str, count: int) -> None:
    with pytest.raises(BadReply):
        dcon.split_fields(data, count)


def test_sentinels_stay_text() -> None:
    assert dcon.split_fields("+9999.9-9999.9+9999-0000+0850.1", 5) == (
        "+9999.9",
        "-9999.9",
        "+9999",
        "-0000",
        "+0850.1",
    )


def test_no_instrument_writes_a_field_that_no_module_would() -> None:
    with pytest.raises(ValueError, match="no field"):
        dcon.data_reply(["850.1"])


@given(plain, addresses)
def test_any_text_is_a_reply_or_a_bad_one_or_a_refusal(text: str, unit: int) -> None:
    try:
        reply = dcon.parse_reply_of(unit, text)
    except (BadReply, DeviceRefused):
        return
    assert reply.lead in (">", "!")
    assert reply.address in (None, unit)
