from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ascii.lines import LONGEST_LINE, first_line
from drivers.errors import BadReply


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80))
def test_a_line_is_complete_at_its_carriage_return_and_not_before(text: str) -> None:
    sent = text.encode() + b"\r"
    for cut in range(len(sent)):
        assert first_line(sent[:cut]) is None
    assert first_line(sent) == text


@pytest.mark.parametrize("received", [b"OK\r\n", b"OK\r", b"\nOK\r\n"])
def test_line_feeds_mean_nothing(received: bytes) -> None:
    assert first_line(received) == "OK"


@pytest.mark.parametrize(
    ("received", "why"),
    [
        (b">+0001.0\r>+0002.0\r", "more than one line"),
        (b"OK\r1", "more than one line"),
        (b"\x00>+0001.0\r", "not plain text"),
        (b"\xff\xfe!01\r", "not plain text"),
        (b"+" * (LONGEST_LINE + 1), "no end of line"),
    ],
)
def test_noise_is_a_bad_reply(received: bytes, why: str) -> None:
    with pytest.raises(BadReply, match=why):
        first_line(received)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_line_or_incomplete_or_bad(received: bytes) -> None:
    try:
        line = first_line(received)
    except BadReply:
        return
    if line is None:
        assert b"\r" not in received
    else:
        assert line.isprintable()
        assert line.isascii()
