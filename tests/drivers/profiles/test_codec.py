"""Registers, bits and text to readings and back, for every type and order."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import NotWritable
from drivers.profiles.codec import (
    BlockDecoder,
    decode_block,
    decode_command,
    encode_command,
    encode_point,
    encode_quality,
)
from drivers.profiles.registers import INTEGER_RANGE, word_count
from drivers.profiles.schema import (
    Bit,
    Block,
    Bus,
    Command,
    ExceptionPolicy,
    Identity,
    Limits,
    Order,
    Point,
    PointType,
    ResolvedProfile,
    Scale,
    Sentinel,
    Watchdog,
)
from drivers.reading import Quality, Reading

ORDERS: tuple[Order, ...] = ("ABCD", "DCBA", "BADC", "CDAB")
EXACT_INTEGERS: tuple[PointType, ...] = ("u16", "i16", "u32", "i32", "bcd16")


def profile_of(block: Block, *points: Point) -> ResolvedProfile:
    return ResolvedProfile(
        id="test",
        kind="test",
        version="1.0.0",
        source="test",
        protocol="modbus" if block.space else "dcon",
        checksum=False,
        bus=Bus(1.0),
        parameters={},
        blocks={block.name: block},
        points={point.name: point for point in points},
        commands={},
        identity=Identity((), None),
        checks=(),
        watchdog=Watchdog("none"),
        sequences={},
        exceptions=ExceptionPolicy(),
        vectors=(),
        content_hash="",
    )


def look(point: Point, registers: tuple[int, ...], key: str | None = None) -> Reading:
    """The point read from a block that begins three registers before it and ends two after."""
    block = Block("b", 1.0, "holding", point.at - 3, len(registers) + 5)
    raw = (0xAAAA,) * 3 + registers + (0x5555,) * 2
    return decode_block(profile_of(block, point), "b", raw, 7.0)[key or point.name]


def point_of(kind: PointType, order: Order = "ABCD", **more: object) -> Point:
    return replace(Point("p", "b", kind, at=10, order=order), **more)  # type: ignore[arg-type]


# The number 0x01020304 and its like in the four orders, as the order's letters say.
@pytest.mark.parametrize(
    ("order", "two", "four"),
    [
        ("ABCD", (0x0102, 0x0304), (0x0102, 0x0304, 0x0506, 0x0708)),
        ("DCBA", (0x0403, 0x0201), (0x0807, 0x0605, 0x0403, 0x0201)),
        ("BADC", (0x0201, 0x0403), (0x0201, 0x0403, 0x0605, 0x0807)),
        ("CDAB", (0x0304, 0x0102), (0x0708, 0x0506, 0x0304, 0x0102)),
    ],
)
def test_orders(order: Order, two: tuple[int, ...], four: tuple[int, ...]) -> None:
    assert look(point_of("u32", order), two).value == 0x01020304
    assert look(point_of("u64", order), four).value == float(0x0102030405060708)
    assert encode_point(point_of("u32", order), 0x01020304) == two
    single = struct.unpack(">f", bytes((1, 2, 3, 4)))[0]
    assert look(point_of("f32", order), two).value == single
    assert encode_point(point_of("f32", order), single) == two


@pytest.mark.parametrize(
    ("order", "register"), [("ABCD", 0x0102), ("CDAB", 0x0102), ("BADC", 0x0201), ("DCBA", 0x0201)]
)
def test_orders_of_one_register(order: Order, register: int) -> None:
    assert look(point_of("u16", order), (register,)).value == 0x0102


@pytest.mark.parametrize(("order", "registers"), [("ABCD", (0x3730, 0x3138)), ("BADC", (0x3037, 0x3831))])
def test_strings(order: Order, registers: tuple[int, ...]) -> None:
    point = point_of("string", order, length=2)
    assert look(point, registers).value == "7018"
    assert encode_point(point, "7018") == registers
    padded = replace(point, length=4)
    assert look(padded, (*registers, 0, 0)).value == "7018"
    assert encode_point(padded, "7018") == (*registers, 0, 0)
    assert look(point, (0x0100, 0xFF00)).reason == "not_text"
    with pytest.raises(NotWritable):
        encode_point(point, "70189")
    with pytest.raises(NotWritable):
        encode_point(point, "Ω")


def test_decimal_coded_digits() -> None:
    assert look(point_of("bcd16"), (0x1234,)).value == 1234.0
    assert look(point_of("bcd16"), (0x12A4,)).reason == "not_bcd"
    assert encode_point(point_of("bcd16"), 1234) == (0x1234,)


@pytest.mark.parametrize(("register", "value"), [(0, 0.0), (1, 1.0), (0xFF00, 1.0)])
def test_yes_or_no_in_a_register(register: int, value: float) -> None:
    assert look(point_of("bool"), (register,)).value == value


@given(st.data(), st.sampled_from(EXACT_INTEGERS), st.sampled_from(ORDERS))
def test_integers_come_back(data: st.DataObject, kind: PointType, order: Order) -> None:
    low, high = INTEGER_RANGE[kind]
    number = data.draw(st.integers(low, high))
    point = point_of(kind, order)
    registers = encode_point(point, number)
    assert isinstance(registers, tuple)
    assert len(registers) == word_count(kind, 1)
    assert look(point, registers) == Reading(float(number), Quality.GOOD, "", 7.0)


@given(st.sampled_from(("u64", "i64")), st.integers(-(2**53), 2**53), st.sampled_from(ORDERS))
def test_long_integers_come_back_where_a_float_can_say_them(kind: PointType, number: int, order: Order) -> None:
    if kind == "u64":
        number = abs(number)
    registers = encode_point(point_of(kind, order), number)
    assert isinstance(registers, tuple)
    assert look(point_of(kind, order), registers).value == float(number)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.sampled_from(ORDERS))
def test_singles_come_back(number: float, order: Order) -> None:
    registers = encode_point(point_of("f32", order), number)
    assert isinstance(registers, tuple)
    assert look(point_of("f32", order), registers).value == number


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(ORDERS))
def test_doubles_come_back(number: float, order: Order) -> None:
    registers = encode_point(point_of("f64", order), number)
    assert isinstance(registers, tuple)
    assert look(point_of("f64", order), registers).value == number


@given(
    st.integers(-0x8000, 0x7FFF),
    st.floats(1e-4, 100.0) | st.floats(-100.0, -1e-4),
    st.floats(-1000.0, 1000.0),
)
def test_scaled_counts_come_back(count: int, gain: float, offset: float) -> None:
    point = point_of("i16", scale=Scale(gain, offset))
    value = look(point, (count & 0xFFFF,)).value
    assert isinstance(value, float)
    assert encode_point(point, value) == (count & 0xFFFF,)


@given(st.floats(0.0, 30000.0))
def test_a_command_is_within_half_a_count_of_the_order(value: float) -> None:
    gain = 30000.0 / 27648
    command = Command("sp", "u16", "holding", at=1, scale=Scale(gain), limits=Limits(0.0, 30000.0), unit="A")
    assert abs(decode_command(command, encode_command(command, value)) - value) <= 0.5 * gain * (1 + 1e-9)


def test_rounding_is_to_nearest_even_once() -> None:
    command = Command("sp", "u16", "holding")
    assert [encode_command(command, value) for value in (0.5, 1.5, 2.5, 2.4999)] == [(0,), (2,), (2,), (2,)]


COMMANDS = [
    Command("c", kind, "holding", scale=scale)
    for kind in ("u16", "i16", "u32", "i32", "f32", "u64", "i64", "f64", "bcd16", "bool")
    for scale in (Scale(), Scale(0.1, 5.0))
] + [Command("c", "decimal", tx="PC {value}", ok="OK", text_format=".2f"), Command("c", "hex", text_format="04X")]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, True, False, "1", 10**400, 1j])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: f"{c.type} × {c.scale.gain}")
def test_what_is_no_finite_number_is_never_encoded(command: Command, value: object) -> None:
    with pytest.raises(NotWritable):
        encode_command(command, value)  # type: ignore[arg-type]


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.type not in ("f64", "decimal")], ids=lambda c: c.type)
@given(value=st.floats(1e39, 1e308) | st.floats(-1e308, -1e39))
def test_the_huge_is_never_clamped(command: Command, value: float) -> None:
    with pytest.raises(NotWritable):
        encode_command(command, value)


@pytest.mark.parametrize(
    ("kind", "value"), [("u16", -1), ("u16", 65536), ("i16", 32768), ("bool", 2), ("bcd16", 10000), ("u32", -0.6)]
)
def test_one_beyond_the_range_is_refused(kind: PointType, value: float) -> None:
    with pytest.raises(NotWritable, match="does not fit"):
        encode_command(Command("c", kind, "holding"), value)


@pytest.mark.parametrize("value", [-0.001, 30000.001])
def test_outside_the_limits_is_refused(value: float) -> None:
    command = Command("sp", "f32", "holding", limits=Limits(0.0, 30000.0), unit="A")
    with pytest.raises(NotWritable, match="outside its limits 0 to 30000"):
        encode_command(command, value)


def test_a_number_that_is_no_float_is_refused() -> None:
    for registers in ((0x7FC0, 0), (0x7F80, 0), (0xFF80, 0)):
        assert look(point_of("f32"), registers).reason == "not_finite"
        with pytest.raises(ValueError, match="finite"):
            decode_command(Command("c", "f32", "holding"), registers)


def test_sentinels_come_before_scaling_and_range() -> None:
    point = point_of(
        "i16",
        scale=Scale(1300 / 32767),
        invalid=(Sentinel(0x7FFF, "open_circuit"), Sentinel(0x8000, "under_range")),
        plausible=(-273.0, 1250.0),
    )
    assert look(point, (0x7FFF,)) == Reading(None, Quality.BAD, "open_circuit", 7.0)
    assert look(point, (0x8000,)).reason == "under_range"
    assert look(point, (0x7FFE,)) == Reading(None, Quality.BAD, "implausible", 7.0)
    assert encode_quality(point, "open_circuit") == (0x7FFF,)
    assert encode_quality(point, "under_range") == (0x8000,)
    assert encode_quality(point, "never_heard") is None
    with pytest.raises(NotWritable, match="means open_circuit"):
        encode_point(point, 1300.0)


def test_a_sentinel_of_a_float() -> None:
    point = point_of("f32", invalid=(Sentinel(-9999, "sensor_fault"),))
    raw = encode_quality(point, "sensor_fault")
    assert isinstance(raw, tuple)
    assert look(point, raw).reason == "sensor_fault"


@pytest.mark.parametrize(("low", "high"), [(5.0, 7.0), (6.0, 6.0)])
def test_the_plausible_range_is_closed(low: float, high: float) -> None:
    point = point_of("u16", plausible=(low, high))
    assert look(point, (int(high),)).quality is Quality.GOOD
    assert look(point, (int(high) + 1,)).reason == "implausible"
    assert look(point, (int(low) - 1,)).reason == "implausible"


def test_bits_with_their_polarity() -> None:
    point = point_of("u16", bits=(Bit(0, "running"), Bit(7, "healthy", active=0)), invalid=(Sentinel(0xFFFF, "off"),))
    assert look(point, (0x0081,), "p.running").value == 1.0
    assert look(point, (0x0081,), "p.healthy").value == 0.0
    assert look(point, (0x0000,), "p.running").value == 0.0
    assert look(point, (0x0000,), "p.healthy").value == 1.0
    assert look(point, (0xFFFF,), "p.running") == Reading(None, Quality.BAD, "off", 7.0)


@given(st.integers(0, 0xFFFF))
def test_masks_cut_a_word_into_values(word: int) -> None:
    low, high = point_of("u16", mask=0x00FF), replace(point_of("u16", mask=0xFF00), name="high")
    block = Block("b", 1.0, "holding", 10, 1)
    readings = decode_block(profile_of(block, low, high), "b", (word,), 0.0)
    assert readings["p"].value == word & 0xFF
    assert readings["high"].value == word >> 8
    assert encode_point(high, float(word >> 8)) == (word & 0xFF00,)
    with pytest.raises(NotWritable):
        encode_point(low, 256.0)


@pytest.mark.parametrize("count", [0, 4, 6])
def test_a_reply_of_the_wrong_length_makes_every_point_bad(count: int) -> None:
    block = Block("b", 1.0, "holding", 0, 5)
    profile = profile_of(block, Point("x", "b", "u16", bits=(Bit(0, "y"),)), Point("z", "b", "u32", at=3))
    readings = BlockDecoder(profile, "b").decode((0,) * count, 1.0)
    assert {key: r.reason for key, r in readings.items()} == dict.fromkeys(("x", "x.y", "z"), "wrong_length")


def test_coils() -> None:
    block = Block("b", 1.0, "coil", 100, 3)
    inverted = Point("cut", "b", "bool", at=102, scale=Scale(-1.0, 1.0))
    decoder = BlockDecoder(profile_of(block, Point("shut", "b", "bool", at=100), inverted), "b")
    assert {k: r.value for k, r in decoder.decode((1, 0, 1), 0.0).items()} == {"shut": 1.0, "cut": 0.0}
    assert {k: r.value for k, r in decoder.decode((0, 1, 0), 0.0).items()} == {"shut": 0.0, "cut": 1.0}
    assert decoder.decode((0,), 0.0)["shut"].reason == "wrong_length"
    assert encode_point(inverted, 1.0) == (0,)


TEMPERATURE = Point(
    "t",
    "b",
    "decimal",
    text_format="+07.1f",
    invalid=(Sentinel("+9999.9", "open_or_over"), Sentinel("-0000", "under_range")),
    plausible=(-50.0, 1450.0),
)


def text_reading(point: Point, text: str) -> Reading:
    return decode_block(profile_of(Block("b", 1.0, query="#01"), point), "b", {point.field: text}, 7.0)[point.name]


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("+0850.1", 850.1, ""),
        ("-0003.4", -3.4, ""),
        ("+9999.9", None, "open_or_over"),
        ("-0000", None, "under_range"),
        ("-0000.0", 0.0, ""),
        ("+1500.0", None, "implausible"),
        ("nan", None, "not_a_number"),
        ("inf", None, "not_a_number"),
        ("1_0", None, "not_a_number"),
        ("", None, "not_a_number"),
        ("1e999", None, "not_finite"),
    ],
)
def test_text_numbers(text: str, value: float | None, reason: str) -> None:
    point = replace(TEMPERATURE, plausible=None) if reason == "not_finite" else TEMPERATURE
    assert text_reading(point, text) == Reading(value, Quality.BAD if reason else Quality.GOOD, reason, 7.0)


@given(st.integers(-500, 14500))
def test_text_numbers_come_back(tenths: int) -> None:
    text = encode_point(TEMPERATURE, tenths / 10)
    assert isinstance(text, str)
    assert len(text) == 7
    assert text_reading(TEMPERATURE, text).value == tenths / 10


def test_text_that_would_not_fit_or_would_be_a_message_is_refused() -> None:
    for value in (99999.9, -100000.0, 9999.9):
        with pytest.raises(NotWritable):
            encode_point(replace(TEMPERATURE, plausible=None), value)
    assert encode_point(TEMPERATURE, -0.01) == "+0000.0"


def test_a_missing_field_is_bad() -> None:
    point = replace(TEMPERATURE, bits=())
    readings = decode_block(profile_of(Block("b", 1.0, query="#01"), point), "b", {}, 1.0)
    assert readings["t"].reason == "missing_field"


def test_hexadecimal_words_with_bits() -> None:
    point = Point("s", "b", "hex", text_format="02X", bits=(Bit(4, "on"), Bit(5, "shut", active=0)))
    profile = profile_of(Block("b", 1.0, query="#01"), point)
    readings = decode_block(profile, "b", {0: "30"}, 0.0)
    assert {key: r.value for key, r in readings.items()} == {"s": 48.0, "s.on": 1.0, "s.shut": 0.0}
    readings = decode_block(profile, "b", {0: "3G"}, 0.0)
    assert {r.reason for r in readings.values()} == {"not_hex"}
    assert encode_point(point, 0x3F) == "3F"
    with pytest.raises(NotWritable):
        encode_point(point, 0x100)


def test_words_of_a_closed_set() -> None:
    point = Point("o", "b", "word", labels={0: "OFF", 1: "ON"})
    assert text_reading(point, "ON").value == 1.0
    assert text_reading(point, "on").reason == "unknown_word"
    assert encode_point(point, 0.0) == "OFF"
    with pytest.raises(NotWritable):
        encode_point(point, 2.0)


def test_plain_text() -> None:
    point = Point("name", "b", "text")
    assert text_reading(point, "7018").value == "7018"
    assert encode_point(point, "7018") == "7018"
    with pytest.raises(NotWritable):
        encode_point(point, 7018.0)
    with pytest.raises(NotWritable):
        encode_point(TEMPERATURE, "7018")


@given(st.integers(0, 40000_00))
def test_text_commands_come_back(hundredths: int) -> None:
    command = Command("sp", "decimal", tx="PC {value}", ok="OK", text_format=".2f", limits=Limits(0.0, 40000.0))
    text = encode_command(command, hundredths / 100)
    assert isinstance(text, str)
    assert decode_command(command, text) == hundredths / 100


@pytest.mark.parametrize("raw", ["nan", "1,5", "", "0x10", (1, 2), ()])
def test_what_is_no_value_of_a_command(raw: str | tuple[int, ...]) -> None:
    command = Command("sp", "decimal" if isinstance(raw, str) else "u16", "holding")
    with pytest.raises(ValueError, match="sp"):
        decode_command(command, raw)
