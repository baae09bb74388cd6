"""What can be told apart on a line where nothing names its request."""

from __future__ import annotations

import pytest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, WriteSingleRegisterRequest

from drivers.errors import BadReply, DeviceRefused
from drivers.link.status import LinkCounters
from drivers.modbus.question import read_question, write_question
from drivers.modbus.rtu_exchange import RtuExchange, rtu_frame
from drivers.modbus.wire_state import WireState
from tests.support.misbehaving_peer import rtu, words


@pytest.fixture
def wire() -> WireState:
    return WireState(LinkCounters())


def read_of_one(wire: WireState) -> RtuExchange[tuple[int, ...]]:
    question = read_question(1, ReadHoldingRegistersRequest(address=16, count=1), bits=False)
    return RtuExchange(question, wire, rtu_frame(1, question.body))


def write_of_five(wire: WireState) -> RtuExchange[bool]:
    question = write_question(1, WriteSingleRegisterRequest(address=16, registers=[5]), 5)
    return RtuExchange(question, wire, rtu_frame(1, question.body))


def test_request_frame_is_that_of_the_specification(wire: WireState) -> None:
    assert read_of_one(wire).request == rtu(1, bytes.fromhex("0300100001"))
    assert write_of_five(wire).request == rtu(1, bytes.fromhex("0600100005"))


def test_noise_before_the_reply_is_counted_and_skipped(wire: WireState) -> None:
    assert read_of_one(wire).feed(b"\xff\x01\x00" + rtu(1, words(7))) == (7,)
    assert wire.counters.discarded_bytes == 3


@pytest.mark.parametrize("glitch", [b"\x00", b"\xff\xff", b"\x00\xff\x00"])
def test_glitch_of_a_driver_switched_off_is_counted_and_skipped(wire: WireState, glitch: bytes) -> None:
    assert read_of_one(wire).feed(rtu(1, words(7)) + glitch) == (7,)
    assert wire.counters.discarded_bytes == len(glitch)


@pytest.mark.parametrize("more", [b"\x55", b"\0\0\0\0", rtu(1, words(8)), rtu(2, words(8))])
def test_anything_else_after_the_reply_makes_it_nobodys(wire: WireState, more: bytes) -> None:
    with pytest.raises(BadReply, match="more bytes after the reply"):
        read_of_one(wire).feed(rtu(1, words(7)) + more)


def test_checksum_error_is_a_bad_reply(wire: WireState) -> None:
    reply = bytearray(rtu(1, words(7)))
    reply[3] ^= 0x40
    with pytest.raises(BadReply, match="checksum"):
        read_of_one(wire).feed(bytes(reply))


def test_refusal_carries_code_and_plain_words(wire: WireState) -> None:
    with pytest.raises(DeviceRefused, match="does not have this address") as refusal:
        read_of_one(wire).feed(rtu(1, b"\x83\x02"))
    assert refusal.value.code == 2
    with pytest.raises(DeviceRefused, match=r"reason of its own \(exception 17") as refusal:
        read_of_one(wire).feed(rtu(1, b"\x83\x17"))
    assert refusal.value.code == 0x17


def test_local_echo_before_a_reply_is_recognised_in_any_pieces(wire: WireState) -> None:
    exchange = read_of_one(wire)
    stream = exchange.request + rtu(1, words(7))
    for end in range(len(stream)):
        assert exchange.feed(stream[:end]) is None
    assert exchange.feed(stream) == (7,)
    assert wire.echoes


def test_on_an_echoing_line_the_echo_alone_confirms_no_write(wire: WireState) -> None:
    read = read_of_one(wire)
    read.feed(read.request + rtu(1, words(7)))
    write = write_of_five(wire)
    assert write.feed(write.request) is None
    assert write.feed(write.request * 2) is True


def test_on_an_echoing_line_a_broken_echo_is_a_bad_reply(wire: WireState) -> None:
    wire.echoes = True
    write = write_of_five(wire)
    with pytest.raises(BadReply, match="echoed something else"):
        write.feed(b"\x01\x06\x00\x10\x00\x07" + write.request)


def test_a_line_that_stops_echoing_is_noticed_at_the_next_read(wire: WireState) -> None:
    wire.echoes = True
    assert read_of_one(wire).feed(rtu(1, words(7))) == (7,)
    assert not wire.echoes
    write = write_of_five(wire)
    assert write.feed(write.request) is True
