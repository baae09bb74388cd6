from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import NotWritable
from drivers.profiles.codec import encode_point
from sim.active_faults import ActiveFaults
from sim.instruments.instrument import Instrument
from tests.support.simulated_devices import MODBUS, BenchModel, instrument, profile_from

PROFILE = profile_from(MODBUS)
READ_FAST = struct.pack(">BHH", 3, 0, 6)


def bench(**values: float) -> tuple[Instrument, BenchModel]:
    model = BenchModel(**values)
    return instrument(PROFILE, model), model


def words(reply: bytes | None) -> tuple[int, ...]:
    assert reply is not None
    assert len(reply) == 2 + reply[1]
    return struct.unpack_from(f">{reply[1] // 2}H", reply, 2)


def exception(reply: bytes | None) -> tuple[int, int]:
    assert reply is not None
    assert len(reply) == 2
    return reply[0], reply[1]


def test_a_block_shows_values_identity_and_the_mark_of_a_simulated_device() -> None:
    device, _ = bench(line_current_a=30_000.0, bath_temperature_1_degc=880.5, rectifier_remote=1.0, estop_ok=1.0)
    assert words(device.answer(READ_FAST)) == (0b0000_0001, 0x0004, 0x93E0, 8805, 0x5243, 0x51D0)


def test_status_bits_follow_the_model_with_their_polarity() -> None:
    device, model = bench(rectifier_remote=0.0, rectifier_tripped=1.0, estop_ok=0.0)
    assert words(device.answer(READ_FAST))[0] == 0b1001_0000
    model.set("estop_ok", 1.0)
    assert words(device.answer(READ_FAST))[0] == 0b0001_0000


def test_a_quality_word_becomes_its_sentinel_and_goes_away_again() -> None:
    device, model = bench(bath_temperature_1_degc=880.0)
    model.mark("bath_temperature_1_degc", "open_circuit")
    assert words(device.answer(READ_FAST))[3] == 0x7FFF
    model.mark("bath_temperature_1_degc", None)
    assert words(device.answer(READ_FAST))[3] == 8800


def test_an_unconnected_input_reads_as_open() -> None:
    device, _ = bench()
    assert words(device.answer(READ_FAST))[3] == 0x7FFF


def test_a_value_that_does_not_fit_leaves_the_register_as_it_was() -> None:
    device, model = bench(bath_temperature_1_degc=880.0)
    device.answer(READ_FAST)
    model.set("bath_temperature_1_degc", 1e6)
    assert words(device.answer(READ_FAST))[3] == 8800


def test_discrete_inputs_are_packed_lowest_first() -> None:
    device, _ = bench(coolant_flow_healthy=1.0, off_gas_flow_healthy=1.0)
    assert device.answer(struct.pack(">BHH", 2, 10, 3)) == bytes((2, 1, 0b101))
    assert device.answer(struct.pack(">BHH", 2, 11, 2)) == bytes((2, 1, 0b10))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (struct.pack(">BHH", 4, 0, 1), 1),  # no input registers here
        (struct.pack(">BHH", 7, 0, 1), 1),
        (struct.pack(">BHH", 3, 0, 7), 2),  # one beyond the block
        (struct.pack(">BHH", 3, 50, 1), 2),
        (struct.pack(">BHH", 3, 65_535, 2), 2),
        (struct.pack(">BHH", 3, 0, 0), 3),
        (struct.pack(">BHH", 3, 0, 21), 3),  # above the device's own maximum
        (struct.pack(">BHH", 2, 10, 4), 2),
        (struct.pack(">BHH", 6, 0, 1), 2),  # a measured value is not written
        (struct.pack(">BHH", 6, 100, 30_001), 3),
        (struct.pack(">BHHBH", 16, 100, 1, 3, 5), 3),  # byte count does not fit
        (struct.pack(">BHHBHH", 16, 100, 2, 4, 5, 5), 2),  # runs over the end of what can be written
        (struct.pack(">BHH", 5, 3, 0x0001), 3),
        (struct.pack(">BHH", 5, 4, 0xFF00), 2),
        (struct.pack(">B", 3), 3),
        (struct.pack(">B", 6), 3),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_standard_code_and_has_no_effect(body: bytes, code: int) -> None:
    device, model = bench()
    assert exception(device.answer(body)) == (body[0] | 0x80, code)
    assert model.orders == []


def test_a_single_register_is_written_echoed_and_reads_back() -> None:
    device, model = bench()
    body = struct.pack(">BHH", 6, 100, 25_000)
    assert device.answer(body) == body
    assert model.orders == [("current_setpoint_a", 25_000.0, {})]
    assert words(device.answer(struct.pack(">BHH", 3, 100, 1))) == (25_000,)


def test_a_dose_and_its_number_travel_in_one_frame_and_act_once() -> None:
    device, model = bench()
    assert device.answer(struct.pack(">BHHBHH", 16, 110, 2, 4, 350, 17)) == struct.pack(">BHH", 16, 110, 2)
    [(name, mass_kg, extra)] = model.orders
    assert (name, extra) == ("dose_kg", {"dose_id": 17.0})
    assert mass_kg == pytest.approx(0.35)


def test_one_value_out_of_range_stops_the_whole_frame() -> None:
    device, model = bench()
    assert exception(device.answer(struct.pack(">BHHBHH", 16, 110, 2, 4, 5_001, 17))) == (0x90, 3)
    assert model.orders == []


def test_coils_are_written_alone_and_in_runs() -> None:
    device, model = bench()
    body = struct.pack(">BHH", 5, 3, 0xFF00)
    assert device.answer(body) == body
    assert device.answer(struct.pack(">BHHBB", 15, 3, 1, 1, 0)) == struct.pack(">BHH", 15, 3, 1)
    assert [(name, value) for name, value, _ in model.orders] == [("permit_contact", 1.0), ("permit_contact", 0.0)]


def test_mask_write_changes_the_masked_bits_only() -> None:
    device, model = bench()
    device.answer(struct.pack(">BHH", 6, 100, 0x1234))
    body = struct.pack(">BHHH", 22, 100, 0xFF00, 0x00F1)
    assert device.answer(body) == body
    assert model.orders[-1][1] == float(0x12F1)


def test_before_anyone_wrote_a_command_register_shows_where_the_device_stands() -> None:
    device, _ = bench(current_setpoint_a=24_000.0)
    assert words(device.answer(struct.pack(">BHH", 3, 100, 1))) == (24_000,)


def test_a_frozen_device_goes_on_answering_with_what_it_had() -> None:
    faults = ActiveFaults()
    model = BenchModel(line_current_a=100.0)
    device = instrument(PROFILE, model, faults=faults)
    before = device.answer(READ_FAST)
    faults.begin("frozen_value")
    model.set("line_current_a", 200.0)
    assert device.answer(READ_FAST) == before
    faults.end("frozen_value")
    assert words(device.answer(READ_FAST))[1:3] == (0, 2000)


def test_a_swapped_device_has_another_identity_until_it_is_swapped_back() -> None:
    faults = ActiveFaults()
    device = instrument(PROFILE, BenchModel(), faults=faults)
    faults.begin("wrong_identity")
    assert words(device.answer(READ_FAST))[4] == 0x5244
    faults.end("wrong_identity")
    assert words(device.answer(READ_FAST))[4] == 0x5243


def test_every_request_counts_as_a_frame_heard() -> None:
    device, model = bench()
    device.answer(READ_FAST)
    device.answer(b"\x07")
    assert model.frames == 2


@given(st.binary(min_size=1, max_size=253))
def test_no_request_whatever_breaks_it(body: bytes) -> None:
    device, _ = bench(line_current_a=1.0)
    reply = device.answer(body)
    assert reply is not None
    assert 2 <= len(reply) <= 253
    assert reply[0] & 0x7F == body[0] & 0x7F


@given(st.floats(-1e6, 1e6), st.floats(-1e5, 1e5))
def test_the_quick_way_shows_what_the_codec_would(current_a: float, temperature_degc: float) -> None:
    device, _ = bench(line_current_a=current_a, bath_temperature_1_degc=temperature_degc)
    shown = words(device.answer(READ_FAST))
    assert shown[1:3] == encode_point(PROFILE.points["current"], current_a)
    try:
        expected = encode_point(PROFILE.points["temperature"], temperature_degc)
    except NotWritable:
        expected = (0,)
    assert shown[3:4] == expected
