"""The master's functions one by one against a device in memory, and what it does not let through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drivers.errors import DeviceRefused
from drivers.link.address import parse_link
from drivers.link.link import Link, Priority
from drivers.link.memory import MemorySeam
from drivers.modbus.exception_words import exception_text
from drivers.modbus.master import ModbusMaster
from drivers.modbus.wire_state import wire_state_of
from drivers.profiles.schema import Bus
from sim.virtual_time import run_virtual
from tests.support.memory_peer import memory_bench
from tests.support.misbehaving_peer import honest_body, mbap, rtu

ANY: dict[str, Any] = {"priority": Priority.FAST_READ, "timeout_s": 0.05}
ORDERS: list[tuple[Callable[[ModbusMaster], Any], str, object]] = [
    (lambda m: m.read(1, "holding", 0x10, 3, **ANY), "0300100003", (16, 17, 18)),
    (lambda m: m.read(1, "input", 0xFFFF, 1, **ANY), "04ffff0001", (0xFFFF,)),
    (lambda m: m.write_register(1, 8, 0xABCD, **ANY), "060008abcd", True),
    (lambda m: m.write_registers(1, 8, (1, 0xFFFE), **ANY), "1000080002040001fffe", True),
    (lambda m: m.write_coil(1, 3, True, **ANY), "050003ff00", True),
    (lambda m: m.write_coil(1, 3, False, **ANY), "0500030000", True),
    (lambda m: m.write_coils(1, 3, (True, False, True), **ANY), "0f000300030105", True),
    (lambda m: m.mask_write(1, 4, 0xF2, 0x25, **ANY), "16000400f20025", True),
]


@pytest.mark.parametrize("framing", ["tcp", "rtu"])
@pytest.mark.parametrize(("order", "body", "outcome"), ORDERS, ids=[body for _, body, _ in ORDERS])
def test_bytes_sent_and_value_returned(
    framing: str, order: Callable[[ModbusMaster], Any], body: str, outcome: object
) -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        if framing == "rtu":
            return rtu(request[0], honest_body(request[1:-2]))
        return mbap(int.from_bytes(request[:2], "big"), request[6], honest_body(request[7:]))

    async def run() -> None:
        async with memory_bench(answer, framing=framing) as (link, _, _):
            assert await order(ModbusMaster(link)) == outcome

    run_virtual(run())
    expected = bytes.fromhex(body)
    assert seen == [rtu(1, expected) if framing == "rtu" else mbap(1, 1, expected)]


@pytest.mark.parametrize(
    ("count", "data", "bits"),
    [
        (1, b"\x01", (1,)),
        (8, b"\x55", (1, 0, 1, 0, 1, 0, 1, 0)),
        (10, b"\xcd\x02", (1, 0, 1, 1, 0, 0, 1, 1, 0, 1)),
        (9, b"\x00\xff", (0, 0, 0, 0, 0, 0, 0, 0, 1)),
    ],
)
@pytest.mark.parametrize(("space", "function"), [("coil", 1), ("discrete", 2)])
def test_bits_come_least_significant_first(
    space: Any, function: int, count: int, data: bytes, bits: tuple[int, ...]
) -> None:
    async def run() -> None:
        def answer(request: bytes) -> bytes:
            assert request[1] == function
            return rtu(1, bytes((function, len(data))) + data)

        async with memory_bench(answer) as (link, _, _):
            assert await ModbusMaster(link).read(1, space, 0, count, **ANY) == bits

    run_virtual(run())


IMPOSSIBLE: list[Callable[[ModbusMaster], Any]] = [
    lambda m: m.read(1, "holding", 0, 0, **ANY),
    lambda m: m.read(1, "holding", 0, 126, **ANY),
    lambda m: m.read(1, "coil", 0, 2001, **ANY),
    lambda m: m.read(1, "holding", -1, 1, **ANY),
    lambda m: m.read(1, "holding", 0xFFFF, 2, **ANY),
    lambda m: m.read(0, "holding", 0, 1, **ANY),
    lambda m: m.read(248, "holding", 0, 1, **ANY),
    lambda m: m.write_register(1, 0, -1, **ANY),
    lambda m: m.write_register(1, 0, 0x10000, **ANY),
    lambda m: m.write_register(1, 0, 1.5, **ANY),  # type: ignore[arg-type]
    lambda m: m.write_register(1, 0x10000, 1, **ANY),
    lambda m: m.write_register(0, 0, 1, **ANY),
    lambda m: m.write_registers(1, 0, (), **ANY),
    lambda m: m.write_registers(1, 0, (0,) * 124, **ANY),
    lambda m: m.write_registers(1, 0xFFFF, (0, 0), **ANY),
    lambda m: m.write_registers(1, 0, (0, 0x10000), **ANY),
    lambda m: m.write_coils(1, 0, (), **ANY),
    lambda m: m.write_coils(1, 0, (True,) * 1969, **ANY),
    lambda m: m.mask_write(1, 0, 0x10000, 0, **ANY),
]


@pytest.mark.parametrize("order", IMPOSSIBLE)
async def test_what_modbus_does_not_have_is_refused_before_anything_is_sent(
    order: Callable[[ModbusMaster], Any],
) -> None:
    link = Link(parse_link("memory:x"), MemorySeam(), bus=Bus(timeout_s=0.1))
    with pytest.raises(ValueError, match=r".+"):
        order(ModbusMaster(link))
    assert link.counters.not_sent == 0


def test_masters_on_one_link_never_share_a_transaction_id() -> None:
    async def run() -> None:
        tags: list[int] = []

        def answer(request: bytes) -> bytes:
            tags.append(int.from_bytes(request[:2], "big"))
            return mbap(tags[-1], request[6], honest_body(request[7:]))

        async with memory_bench(answer, framing="tcp") as (link, _, _):
            masters = [ModbusMaster(link) for _ in range(3)]
            for _ in range(4):
                for master in masters:
                    await master.read(1, "holding", 0, 1, **ANY)
        assert tags == list(range(1, 13))

    run_virtual(run())


async def test_transaction_ids_go_round_without_zero() -> None:
    link = Link(parse_link("memory:x?framing=tcp"), MemorySeam(), bus=Bus(timeout_s=0.1))
    wire = wire_state_of(link)
    tags = [wire.next_tag() for _ in range(0x10000)]
    assert tags[:2] == [1, 2]
    assert tags[-2:] == [0xFFFF, 1]
    assert 0 not in tags


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 7, 8, 0x0A, 0x0B, 0x10, 0xFF])
def test_every_refusal_has_its_code_and_words(code: int) -> None:
    async def run() -> None:
        async with memory_bench(lambda _: rtu(1, bytes((0x83, code)))) as (link, _, _):
            with pytest.raises(DeviceRefused) as refusal:
                await ModbusMaster(link).read(1, "holding", 0, 1, **ANY)
            assert refusal.value.code == code
            assert str(refusal.value) == exception_text(3, code)
            assert f"exception {code:02X}" in str(refusal.value)
            assert link.counters.refused == 1

    run_virtual(run())
