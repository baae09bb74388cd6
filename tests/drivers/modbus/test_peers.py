"""Our master against servers that others wrote, and our test device against a master that others wrote."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
import tty
from collections.abc import AsyncIterator, Iterator
from typing import Any

import minimalmodbus
import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from pyModbusTCP.server import ModbusServer

from drivers.errors import DeviceRefused
from drivers.link.link import Link, Priority
from drivers.modbus.master import ModbusMaster
from tests.support.links import QUICK_BUS, open_link
from tests.support.misbehaving_peer import pty_peer, tcp_peer

ANY: dict[str, Any] = {"priority": Priority.FAST_READ, "timeout_s": 2.0}
REGISTERS = list(range(1000, 1050))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def simulated_device() -> SimDevice:
    def words() -> SimData:
        return SimData(0, values=list(REGISTERS), datatype=DataType.REGISTERS)

    def bits() -> SimData:
        return SimData(0, values=[True, False, True, True] * 4, datatype=DataType.BITS)

    return SimDevice(1, simdata=([bits()], [bits()], [words()], [words()]))


async def exercise(link: Link) -> None:
    master = ModbusMaster(link)
    assert await master.read(1, "holding", 3, 20, **ANY) == tuple(REGISTERS[3:23])
    assert await master.read(1, "input", 0, 1, **ANY) == (1000,)
    assert await master.read(1, "coil", 0, 4, **ANY) == (1, 0, 1, 1)
    assert await master.read(1, "discrete", 1, 3, **ANY) == (0, 1, 1)
    assert await master.write_register(1, 5, 0xBEEF, **ANY)
    assert await master.write_registers(1, 6, (1, 2, 3), **ANY)
    assert await master.read(1, "holding", 5, 4, **ANY) == (0xBEEF, 1, 2, 3)
    assert await master.write_coil(1, 1, True, **ANY)
    assert await master.write_coils(1, 2, (False, False), **ANY)
    assert await master.read(1, "coil", 0, 4, **ANY) == (1, 1, 0, 0)
    with pytest.raises(DeviceRefused) as refusal:
        await master.read(1, "holding", 5000, 1, **ANY)
    assert refusal.value.code == 2
    assert link.counters.errors == 1


async def test_pymodbus_server_over_tcp() -> None:
    port = free_port()
    server = ModbusTcpServer(simulated_device(), address=("127.0.0.1", port))
    await server.serve_forever(background=True)
    try:
        async with open_link(f"tcp://127.0.0.1:{port}") as link:
            await exercise(link)
            master = ModbusMaster(link)
            assert await master.write_register(1, 9, 0x0012, **ANY)
            assert await master.mask_write(1, 9, 0x00F2, 0x0025, **ANY)
            assert await master.read(1, "holding", 9, 1, **ANY) == (0x0017,)
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


async def test_pymodbus_server_over_rtu_in_tcp() -> None:
    port = free_port()
    server = ModbusTcpServer(simulated_device(), address=("127.0.0.1", port), framer=FramerType.RTU)
    await server.serve_forever(background=True)
    try:
        async with open_link(f"rtu+tcp://127.0.0.1:{port}") as link:
            await exercise(link)
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def pty_pair() -> AsyncIterator[tuple[str, str]]:
    """Two pseudo-terminals with what is written to one coming out of the other, as a null modem does."""
    loop = asyncio.get_running_loop()
    (one, one_port), (other, other_port) = os.openpty(), os.openpty()
    for port in (one_port, other_port):
        tty.setraw(port)

    def relay(source: int, sink: int) -> None:
        os.write(sink, os.read(source, 4096))

    loop.add_reader(one, relay, one, other)
    loop.add_reader(other, relay, other, one)
    try:
        yield os.ttyname(one_port), os.ttyname(other_port)
    finally:
        for master in (one, other):
            loop.remove_reader(master)
        for descriptor in (one, one_port, other, other_port):
            os.close(descriptor)


async def test_pymodbus_serial_server_over_a_pair_of_ptys() -> None:
    async with pty_pair() as (ours, theirs):
        server = ModbusSerialServer(simulated_device(), port=theirs, baudrate=115200, framer=FramerType.RTU)
        await server.serve_forever(background=True)
        try:
            async with open_link(f"serial:{ours}?baud=115200") as link:
                await exercise(link)
        finally:
            await server.shutdown()  # type: ignore[no-untyped-call]


@pytest.fixture
def py_modbus_tcp() -> Iterator[int]:
    port = free_port()
    server = ModbusServer(host="127.0.0.1", port=port, no_block=True)
    server.start()
    server.data_bank.set_holding_registers(0, REGISTERS)
    server.data_bank.set_input_registers(0, REGISTERS)
    server.data_bank.set_coils(0, [True, False, True, True])
    server.data_bank.set_discrete_inputs(0, [True, False, True, True])
    yield port
    server.stop()


async def test_py_modbus_tcp_server(py_modbus_tcp: int) -> None:
    async with open_link(f"tcp://127.0.0.1:{py_modbus_tcp}") as link:
        master = ModbusMaster(link)
        assert await master.read(1, "holding", 3, 20, **ANY) == tuple(REGISTERS[3:23])
        assert await master.read(1, "input", 0, 1, **ANY) == (1000,)
        assert await master.read(1, "coil", 0, 4, **ANY) == (1, 0, 1, 1)
        assert await master.read(1, "discrete", 1, 3, **ANY) == (0, 1, 1)
        assert await master.write_register(1, 5, 0xBEEF, **ANY)
        assert await master.write_registers(1, 6, (1, 2, 3), **ANY)
        assert await master.write_coil(1, 1, True, **ANY)
        assert await master.write_coils(1, 2, (False, False), **ANY)
        assert await master.read(1, "holding", 5, 4, **ANY) == (0xBEEF, 1, 2, 3)
        assert await master.read(1, "coil", 0, 4, **ANY) == (1, 1, 0, 0)
        with pytest.raises(DeviceRefused, match="does not have this function"):
            await master.mask_write(1, 5, 0xFFFF, 0, **ANY)
        assert link.counters.replies == link.counters.requests - 1


async def test_pymodbus_client_understands_the_device_of_these_tests() -> None:
    async with tcp_peer() as peer:
        host, _, port = peer.address.removeprefix("tcp://").rpartition(":")
        client = AsyncModbusTcpClient(host, port=int(port), reconnect_delay=0, retries=0)
        assert await client.connect()
        reply = await client.read_holding_registers(7, count=3, device_id=1)
        assert list(reply.registers) == [7, 8, 9]
        assert not (await client.write_register(7, 5, device_id=1)).isError()
        client.close()


async def test_minimalmodbus_understands_the_device_of_these_tests_and_sends_our_bytes() -> None:
    async with pty_peer() as peer:
        path = peer.address.removeprefix("serial:").partition("?")[0]
        read: list[list[int]] = []

        def as_master() -> None:
            instrument = minimalmodbus.Instrument(path, 1)
            instrument.serial.baudrate = 115200
            instrument.serial.timeout = 1.0
            read.append(instrument.read_registers(7, 3))
            instrument.write_register(8, 5, functioncode=6)
            instrument.write_registers(9, [1, 2])
            instrument.serial.close()

        thread = threading.Thread(target=as_master)
        thread.start()
        while thread.is_alive():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        theirs = list(peer.requests)
        assert read == [[7, 8, 9]]
        async with open_link(peer.address, bus=QUICK_BUS) as link:
            master = ModbusMaster(link)
            assert await master.read(1, "holding", 7, 3, **ANY) == (7, 8, 9)
            assert await master.write_register(1, 8, 5, **ANY)
            assert await master.write_registers(1, 9, (1, 2), **ANY)
        assert peer.requests[len(theirs) :] == theirs
