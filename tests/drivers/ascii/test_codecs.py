from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ascii.codecs import CODECS, Fields
from drivers.errors import BadReply, DeviceRefused

CONFIGURATION: Fields = {"type": "15", "baud": "06", "format": "40"}
STATUS: Fields = {"MV": "7.4980", "PV": "7.5000", "MC": "398.25", "PC": "400.00", "SR": "30", "FR": "00"}
DISPLAY: Fields = {"MV": "5.9999", "PV": "6.0000", "MC": "010.02", "PC": "010.00", "OVP": "7.500", "UVL": "0.000"}

EXAMPLES: list[tuple[str, int, int, str, Fields]] = [
    ("dcon_fields", 1, 2, ">+0850.1+9999.9", {0: "+0850.1", 1: "+9999.9"}),
    ("dcon_fields", 1, 1, ">+0025.3", {0: "+0025.3"}),
    ("dcon_text", 1, 1, "!017018", {0: "7018"}),
    ("dcon_text", 7, 1, "!07+2.0500", {0: "+2.0500"}),
    ("dcon_configuration", 0x0A, 3, "!0A150640", CONFIGURATION),
    ("genesys_status", 6, 6, "MV(7.4980),PV(7.5000),MC(398.25),PC(400.00),SR(30),FR(00)", STATUS),
    ("genesys_display", 6, 6, "5.9999,6.0000,010.02,010.00,7.500,0.000", DISPLAY),
    ("genesys_number", 6, 1, "12.345", {0: "12.345"}),
    ("genesys_text", 6, 1, "LAMBDA,GEN8-400", {0: "LAMBDA,GEN8-400"}),
    ("genesys_text", 6, 1, "CV", {0: "CV"}),
]


def test_every_codec_has_an_example() -> None:
    assert {example[0] for example in EXAMPLES} == set(CODECS)


@pytest.mark.parametrize(("codec", "unit", "fields", "text", "values"), EXAMPLES)
def test_examples_read_and_written(codec: str, unit: int, fields: int, text: str, values: Fields) -> None:
    assert CODECS[codec].decode(text, unit, fields) == values
    assert CODECS[codec].encode(values, unit) == text


@pytest.mark.parametrize(
    ("codec", "fields", "text"),
    [
        ("dcon_fields", 2, ">+0850.1"),
        ("dcon_fields", 1, "!01+0850.1"),
        ("dcon_fields", 1, ">"),
        ("dcon_fields", 1, "#01"),
        ("dcon_text", 1, "!027018"),
        ("dcon_text", 1, "!01"),
        ("dcon_text", 1, ">+0850.1"),
        ("dcon_configuration", 3, "!011506"),
        ("dcon_configuration", 3, "!0115064G"),
        ("genesys_status", 6, "MV(7.4980),PV(7.5000),MC(398.25),PC(400.00),SR(30)"),
        ("genesys_status", 6, "MV(7.4980),PV(7.5000),MC(398.25),PC(400.00),SR(30),SR(30)"),
        ("genesys_status", 6, "MV(nan),PV(7.5000),MC(398.25),PC(400.00),SR(30),FR(00)"),
        ("genesys_status", 6, "MV(7.4980),PV(7.5000),MC(398.25),PC(400.00),SR(3X),FR(00)"),
        ("genesys_status", 6, "MV(7.4980),PV(7.5000),MC(398.25),PC(400.00),SR(30),FR(00),OT(1)"),
        ("genesys_status", 6, "OK"),
        ("genesys_display", 6, "5.9999,6.0000,010.02,010.00,7.500"),
        ("genesys_display", 6, "5.9999,6.0000,inf,010.00,7.500,0.000"),
        ("genesys_number", 1, "OK"),
        ("genesys_number", 1, "nan"),
        ("genesys_text", 1, "OK"),
        ("genesys_text", 1, ""),
    ],
)
def test_what_is_no_such_reply_is_a_bad_one(codec: str, fields: int, text: str) -> None:
    with pytest.raises(BadReply):
        CODECS[codec].decode(text, 1, fields)


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_every_codec_tells_a_refusal(codec: str) -> None:
    refusal = "?01" if codec.startswith("dcon") else "E07"
    with pytest.raises(DeviceRefused):
        CODECS[codec].decode(refusal, 1, 1)


def test_the_order_and_spacing_of_a_status_mean_nothing() -> None:
    spaced = "MV(7.4980),PC(400.00), PV(7.5000), SR(30), MC(398.25), FR(00)"
    assert CODECS["genesys_status"].decode(spaced, 6, 6) == STATUS


@pytest.mark.parametrize(
    ("codec", "values"),
    [
        ("dcon_fields", {0: "850.1"}),
        ("dcon_text", {0: ""}),
        ("dcon_text", {0: "a\rb"}),
        ("dcon_configuration", {"type": "1", "baud": "06", "format": "40"}),
        ("genesys_status", {**STATUS, "MV": "7\r"}),
        ("genesys_display", {**DISPLAY, "MV": ""}),
        ("genesys_number", {0: "about 12"}),
        ("genesys_text", {0: ""}),
    ],
)
def test_instruments_cannot_write_what_no_device_would(codec: str, values: Fields) -> None:
    with pytest.raises(ValueError, match=r"field|plain|configuration|number"):
        CODECS[codec].encode(values, 1)


@given(st.sampled_from(sorted(CODECS)), st.text(max_size=60), st.integers(0, 30), st.integers(1, 8))
def test_any_text_is_read_or_refused_in_the_drivers_own_words(codec: str, text: str, unit: int, fields: int) -> None:
    try:
        values = CODECS[codec].decode(text, unit, fields)
    except (BadReply, DeviceRefused):
        return
    assert values
    assert all(values.values())
