"""The golden vectors of the shipped profiles, played against the simulated instrument instead of our decoder."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from drivers.ascii.codecs import CODECS
from drivers.profiles.load import load_profile, resolve, shipped_profiles
from drivers.profiles.schema import ResolvedProfile, Vector
from sim.instruments.instrument import Instrument
from sim.instruments.modbus_image import command_length
from tests.support.simulated_devices import BenchModel, instrument

_READ = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
_JUDGED_BY_THE_MASTER = ("unknown_word", "implausible")
"""No device says these: our decoder concludes them."""


def _cases() -> Iterator[tuple[str, ResolvedProfile, Vector]]:
    for name, path in shipped_profiles().items():
        profile = load_profile(path)
        for number, vector in enumerate(resolve(profile, {}).vectors, start=1):
            if vector.quality not in _JUDGED_BY_THE_MASTER:
                yield f"{name}-{number}", resolve(profile, dict(vector.parameters)), vector


CASES = list(_cases())


def test_there_are_vectors() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize(("profile", "vector"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_instrument_shows_the_golden_vector(profile: ResolvedProfile, vector: Vector) -> None:
    model = BenchModel()
    device = instrument(profile, model)
    if vector.command is not None:
        _check_command(device, model, vector)
        return
    assert vector.point is not None
    key = device.source.get(vector.point, vector.point)
    if vector.quality is not None:
        model.mark(key, vector.quality)
    else:
        assert vector.expect is not None
        model.values[key] = vector.expect  # type: ignore[assignment]
        model.version += 1
        device.constants.pop(vector.point, None)
    if profile.protocol == "modbus":
        _check_registers(device, vector)
    else:
        _check_text(device, vector)


def _check_command(device: Instrument, model: BenchModel, vector: Vector) -> None:
    assert vector.command is not None
    command = device.profile.commands[vector.command]
    if device.profile.protocol == "modbus":
        count = command_length(command)
        assert count == len(vector.registers)
        if command.space == "coil":
            body = struct.pack(">BHH", 5, command.at, 0xFF00 if vector.registers[0] else 0)
        elif command.extra:
            extra = [command_length(device.profile.commands[name]) for name in command.extra]
            span = [*vector.registers, *([1] * sum(extra))]
            body = struct.pack(f">BHHB{len(span)}H", 16, command.at, len(span), 2 * len(span), *span)
        else:
            body = struct.pack(f">BHHB{count}H", 16, command.at, count, 2 * count, *vector.registers)
        reply = device.answer(body)
    else:
        assert command.tx is not None
        assert vector.text is not None
        text = command.tx.replace("{value}", vector.text).format(addr=device.unit, value=float(vector.expect or 0))
        reply = device.answer(text.encode("ascii"))
    assert reply is not None
    assert not reply[0] & 0x80
    wanted = command.signal or command.name
    assert [value for name, value, _ in model.orders if name == wanted] == [pytest.approx(vector.expect)]


def _check_registers(device: Instrument, vector: Vector) -> None:
    assert vector.point is not None
    name, _, bit_name = vector.point.partition(".")
    point = device.profile.points[name]
    space = device.profile.blocks[point.block].space
    assert space is not None
    reply = device.answer(struct.pack(">BHH", _READ[space], point.at, max(1, len(vector.registers))))
    assert reply is not None
    if space in ("coil", "discrete"):
        assert reply[2] & 1 == vector.registers[0]
        return
    shown = struct.unpack_from(f">{reply[1] // 2}H", reply, 2)
    if bit_name:
        place = next(bit.bit for bit in point.bits if bit.name == bit_name)
        assert shown[0] >> place & 1 == vector.registers[0] >> place & 1
    elif point.mask:
        assert shown[0] & point.mask == vector.registers[0] & point.mask
    else:
        assert shown == vector.registers


def _check_text(device: Instrument, vector: Vector) -> None:
    assert vector.point is not None
    name, _, bit_name = vector.point.partition(".")
    point = device.profile.points[name]
    block = device.profile.blocks[point.block]
    assert block.query is not None
    assert block.codec is not None
    reply = device.answer(block.query.format(addr=device.unit).encode("ascii"))
    assert reply is not None
    field = CODECS[block.codec].decode(reply.decode("ascii"), device.unit, block.fields)[point.field]
    assert vector.text is not None
    if bit_name:
        place = next(bit.bit for bit in point.bits if bit.name == bit_name)
        assert int(field, 16) >> place & 1 == int(vector.text, 16) >> place & 1
    else:
        assert field == vector.text
