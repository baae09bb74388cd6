from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ascii.checksum import sum8

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#05", "88"),
        (">+3.5671", "9D"),
        ("$07RH", "25"),
        ("!07+2.0500", "D8"),
        ("#01", "84"),
        ("STT?", "3A"),
        ("", "00"),
    ],
)
def test_values_worked_out_in_the_manuals(text: str, expected: str) -> None:
    assert sum8(text) == expected


def test_text_outside_ascii_has_no_checksum() -> None:
    with pytest.raises(UnicodeEncodeError):
        sum8("#01°")


@given(printable, printable)
def test_it_is_two_digits_and_blind_to_order(one: str, other: str) -> None:
    assert len(sum8(one)) == 2
    assert sum8(one + other) == sum8(other + one)


@given(printable, st.integers(0, 200), st.characters(min_codepoint=0x20, max_codepoint=0x7E))
def test_one_wrong_character_always_shows(text: str, place: int, wrong: str) -> None:
    if text:
        place %= len(text)
        changed = text[:place] + wrong + text[place + 1 :]
        assert (sum8(changed) == sum8(text)) is (changed == text)
