from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.link.address import LinkAddress, parse_link


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://10.0.0.5:502", LinkAddress("tcp", "tcp", host="10.0.0.5", port=502)),
        ("rtu+tcp://gateway:4001", LinkAddress("tcp", "rtu", host="gateway", port=4001)),
        ("tcp://[fe80::1]:502", LinkAddress("tcp", "tcp", host="fe80::1", port=502)),
        ("serial:/dev/ttyUSB0", LinkAddress("serial", "rtu", path="/dev/ttyUSB0")),
        (
            "serial:/dev/ttyS1?baud=19200&parity=E&stopbits=2&bytesize=7",
            LinkAddress("serial", "rtu", path="/dev/ttyS1", baud=19200, parity="E", stopbits=2, bytesize=7),
        ),
        ("memory:rectifier", LinkAddress("memory", "rtu", path="rectifier")),
        ("memory:rectifier?framing=tcp", LinkAddress("memory", "tcp", path="rectifier")),
    ],
)
def test_forms_that_are_right(text: str, address: LinkAddress) -> None:
    assert parse_link(text) == address
    assert parse_link(str(address)) == address


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("10.0.0.5:502", "link"),
        ("", "no kind of link"),
        ("udp://h:1", "unknown kind"),
        ("tcp://h", "host and a port"),
        ("tcp://:502", "host and a port"),
        ("tcp://[fe80::1:502", "link"),
        ("tcp://h:502/path", "host and a port"),
        ("tcp://h:99999", "link"),
        ("tcp://h:502?baud=9600", "unknown option baud"),
        ("serial:", "path is missing"),
        ("serial:/dev/x?baud=fast", "link"),
        ("serial:/dev/x?baud=9601", "baud 9601"),
        ("serial:/dev/x?parity=even", "parity is N, E or O"),
        ("serial:/dev/x?stopbits=3", "stopbits"),
        ("serial:/dev/x?bytesize=5", "bytesize"),
        ("serial:/dev/x?framing=rtu", "unknown option framing"),
        ("memory:x?framing=ascii", "framing"),
        ("serial:/dev/x?speed=9600", "unknown option speed"),
    ],
)
def test_forms_that_are_wrong_say_what_and_what_is_right(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as failure:
        parse_link(text)
    assert "write one of tcp://HOST:PORT" in str(failure.value)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    try:
        address = parse_link(text)
    except ValueError as error:
        assert "write one of" in str(error)  # noqa: PT017
    else:
        assert parse_link(str(address)) == address
