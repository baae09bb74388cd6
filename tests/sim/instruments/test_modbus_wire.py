from __future__ import annotations

import asyncio
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.link.address import LinkAddress, parse_link
from sim.instruments.lines import protocol_factory
from sim.instruments.modbus_wire import crc16
from sim.instruments.wire import Line
from sim.virtual_time import run_virtual
from tests.support.recording_transport import RecordingTransport
from tests.support.simulated_devices import MODBUS, BenchModel, instrument, line_with, profile_from

PROFILE = profile_from(MODBUS)
READ = struct.pack(">BHH", 3, 4, 2)
SHOWN = bytes((3, 4)) + struct.pack(">HH", 0x5243, 0x51D0)


def rtu(unit: int, body: bytes) -> bytes:
    data = bytes((unit,)) + body
    return data + struct.pack("<H", crc16(data))


def mbap(tag: int, unit: int, body: bytes) -> bytes:
    return struct.pack(">HHHB", tag, 0, len(body) + 1, unit) + body


def play(address: str | LinkAddress, *chunks: bytes | float, units: tuple[int, ...] = (1,)) -> RecordingTransport:
    """Feed bytes (and pauses in seconds) to the instruments of one line in virtual time; what they sent, and when."""
    link = parse_link(address) if isinstance(address, str) else address

    async def main() -> RecordingTransport:
        line: Line = line_with(*(instrument(PROFILE, BenchModel(), unit=unit) for unit in units), address=link)
        transport = RecordingTransport()
        protocol = protocol_factory(line)()
        protocol.connection_made(transport)
        for chunk in chunks:
            if isinstance(chunk, float):
                await asyncio.sleep(chunk)
            else:
                protocol.data_received(chunk)
        await asyncio.sleep(5.0)
        protocol.connection_lost(None)
        return transport

    return run_virtual(main())


@pytest.mark.parametrize(
    ("data", "crc"),
    [
        (bytes.fromhex("010300000001"), 0x0A84),
        (bytes.fromhex("0207"), 0x1241),
        (b"123456789", 0x4B37),  # check value of CRC-16/MODBUS
    ],
)
def test_the_crc_is_that_of_the_specification(data: bytes, crc: int) -> None:
    assert crc16(data) == crc


def test_tcp_answers_under_the_same_transaction_and_unit() -> None:
    assert play("tcp://127.0.0.1:1502", mbap(0xABCD, 1, READ)).sent == mbap(0xABCD, 1, SHOWN)


def test_several_requests_in_one_segment_are_answered_in_order() -> None:
    sent = play("tcp://127.0.0.1:1502", mbap(1, 1, READ) + mbap(2, 1, READ)).sent
    assert sent == mbap(1, 1, SHOWN) + mbap(2, 1, SHOWN)


def test_a_request_cut_anywhere_is_answered_all_the_same_on_tcp() -> None:
    frame = mbap(7, 1, READ)
    for cut in range(1, len(frame)):
        assert play("tcp://127.0.0.1:1502", frame[:cut], 0.5, frame[cut:]).sent == mbap(7, 1, SHOWN)


def test_a_unit_nobody_has_is_a_silent_gateway_target_on_tcp_and_silence_on_a_serial_line() -> None:
    assert play("tcp://127.0.0.1:1502", mbap(7, 9, READ)).sent == mbap(7, 9, b"\x83\x0b")
    assert play("serial:/dev/x?baud=9600", rtu(9, READ)).sent == b""


def test_a_foreign_protocol_number_ends_the_connection() -> None:
    transport = play("tcp://127.0.0.1:1502", struct.pack(">HHHB", 1, 1, 6, 1) + READ)
    assert transport.aborted
    assert transport.sent == b""


def test_rtu_answers_after_the_time_the_wire_takes() -> None:
    transport = play("serial:/dev/x?baud=9600", rtu(1, READ))
    assert transport.sent == rtu(1, SHOWN)
    assert transport.times_s == [pytest.approx((8 + 9) * 10 / 9600, rel=0.01)]


def test_units_on_one_line_answer_each_for_itself() -> None:
    transport = play("serial:/dev/x?baud=9600", rtu(2, READ), 1.0, rtu(3, READ), units=(2, 3))
    assert transport.sent == rtu(2, SHOWN) + rtu(3, SHOWN)


def test_noise_before_a_request_does_not_hide_it() -> None:
    assert play("serial:/dev/x?baud=9600", b"\x01\x03\xff" + rtu(1, READ)).sent == rtu(1, SHOWN)


def test_a_wrong_crc_is_met_with_silence_and_the_next_request_is_heard() -> None:
    spoilt = rtu(1, READ)[:-1] + b"\x00"
    assert play("serial:/dev/x?baud=9600", spoilt, 0.1, rtu(1, READ)).sent == rtu(1, SHOWN)


def test_a_frame_that_stops_half_way_is_forgotten_when_the_line_falls_quiet() -> None:
    frame = rtu(1, READ)
    assert play("serial:/dev/x?baud=9600", frame[:5], 0.1, frame).sent == rtu(1, SHOWN)


def test_an_unknown_function_is_refused_once_the_line_is_quiet() -> None:
    assert play("serial:/dev/x?baud=9600", rtu(1, b"\x41\x00\x01")).sent == rtu(1, b"\xc1\x01")


@given(st.lists(st.binary(max_size=40), max_size=6), st.sampled_from(["tcp://127.0.0.1:1502", "serial:/dev/x"]))
def test_noise_never_breaks_a_serial_line_and_at_worst_ends_a_connection(chunks: list[bytes], address: str) -> None:
    parts: list[bytes | float] = []
    for chunk in chunks:
        parts += [chunk, 0.1]
    serial = address.startswith("serial")
    good = rtu(1, READ) if serial else mbap(1, 1, READ)
    transport = play(address, *parts, good)
    if serial:
        assert transport.sent.endswith(rtu(1, SHOWN))
    else:
        assert transport.aborted or transport.sent == b"" or transport.sent[2:4] == b"\0\0"
