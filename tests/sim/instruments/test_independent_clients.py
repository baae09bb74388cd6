"""Other people's Modbus clients meet our instruments on real sockets and pseudo-terminals."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import minimalmodbus
import pytest
import serial
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pyModbusTCP.client import ModbusClient

from drivers.link.address import parse_link
from sim.free_port import free_port
from sim.instruments.lines import protocol_factory
from sim.instruments.pty import PortTaken, PtyPort
from tests.support.simulated_devices import MODBUS, BenchModel, instrument, line_with, profile_from

PROFILE = profile_from(MODBUS)


@asynccontextmanager
async def listening(model: BenchModel, *, rtu: bool = False) -> AsyncIterator[int]:
    port = free_port()
    address = parse_link(f"{'rtu+' if rtu else ''}tcp://127.0.0.1:{port}")
    line = line_with(instrument(PROFILE, model), address=address)
    server = await asyncio.get_running_loop().create_server(protocol_factory(line), "127.0.0.1", port)
    try:
        yield port
    finally:
        server.close()
        line.hang_up()
        await asyncio.sleep(0)


@asynccontextmanager
async def port_at(path: Path, *models: BenchModel) -> AsyncIterator[None]:
    line = line_with(
        *(instrument(PROFILE, model, unit=unit) for unit, model in enumerate(models, start=1)),
        address=parse_link(f"serial:{path}?baud=115200"),
    )
    port = PtyPort(path, protocol_factory(line))
    port.open()
    try:
        yield
    finally:
        port.close()


@pytest.mark.parametrize("rtu", [False, True])
async def test_pymodbus_reads_writes_and_is_refused(rtu: bool) -> None:
    model = BenchModel(line_current_a=25_000.0, coolant_flow_healthy=1.0)
    async with listening(model, rtu=rtu) as port:
        framer = FramerType.RTU if rtu else FramerType.SOCKET
        client = AsyncModbusTcpClient("127.0.0.1", port=port, framer=framer, timeout=1.0, retries=0, reconnect_delay=0)
        assert await client.connect()
        try:
            fast = await client.read_holding_registers(0, count=6, device_id=1)
            assert fast.registers[1:3] == [0x0003, 0xD090]
            assert fast.registers[4:] == [0x5243, 0x51D0]
            assert (await client.read_discrete_inputs(10, count=3, device_id=1)).bits[0] is True
            assert not (await client.write_registers(110, [350, 5], device_id=1)).isError()
            assert not (await client.write_coil(3, True, device_id=1)).isError()
            assert not (
                await client.mask_write_register(address=100, and_mask=0xFF00, or_mask=7, device_id=1)
            ).isError()
            assert (await client.read_holding_registers(50, count=1, device_id=1)).exception_code == 2
            assert (await client.write_register(100, 30_001, device_id=1)).exception_code == 3
            assert (await client.read_input_registers(0, count=1, device_id=1)).exception_code == 1
        finally:
            client.close()
    assert [name for name, _, _ in model.orders] == ["dose_kg", "permit_contact", "current_setpoint_a"]


async def test_pymodbustcp_reads_and_writes() -> None:
    model = BenchModel(line_current_a=12.3)

    def talk(port: int) -> tuple[list[int] | None, bool, list[int] | None, int]:
        client = ModbusClient("127.0.0.1", port, unit_id=1, timeout=1.0)
        try:
            read = client.read_holding_registers(0, 6)
            wrote = client.write_multiple_registers(100, [24_000])
            back = client.read_holding_registers(100, 1)
            client.read_holding_registers(6, 1)
            return read, wrote, back, client.last_except
        finally:
            client.close()

    async with listening(model) as port:
        read, wrote, back, refusal = await asyncio.to_thread(talk, port)
    assert read is not None
    assert read[1:3] == [0, 123]
    assert wrote
    assert back == [24_000]
    assert refusal == 2


async def test_two_clients_at_once_each_get_their_own_answers() -> None:
    model = BenchModel(line_current_a=1.0)
    async with listening(model) as port:
        clients = [AsyncModbusTcpClient("127.0.0.1", port=port, timeout=1.0, retries=0) for _ in range(2)]
        try:
            for client in clients:
                assert await client.connect()
            replies = await asyncio.gather(
                *(client.read_holding_registers(at, count=1, device_id=1) for at in (4, 5) * 10 for client in clients)
            )
        finally:
            for client in clients:
                client.close()
    assert [reply.registers[0] for reply in replies] == [0x5243, 0x5243, 0x51D0, 0x51D0] * 10


async def test_minimalmodbus_meets_two_units_on_one_serial_port(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    models = BenchModel(bath_temperature_1_degc=880.0), BenchModel(bath_temperature_1_degc=990.0)

    def talk() -> list[float]:
        found = []
        for unit in (1, 2):
            device = minimalmodbus.Instrument(str(path), unit, close_port_after_each_call=True)
            device.serial.baudrate = 115_200
            device.serial.timeout = 0.2
            found.append(device.read_register(3, number_of_decimals=1))
            device.write_register(100, 1_000 * unit, functioncode=6)
            device.write_bit(3, 1)
            with pytest.raises(minimalmodbus.IllegalRequestError):
                device.read_register(60)
        return found

    async with port_at(path, *models):
        assert await asyncio.to_thread(talk) == [880.0, 990.0]
    assert [model.orders[0][:2] for model in models] == [
        ("current_setpoint_a", 1_000.0),
        ("current_setpoint_a", 2_000.0),
    ]


async def test_a_serial_port_outlives_its_clients_and_leaves_with_the_simulator(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "bus"

    def talk_and_hang_up() -> bytes:
        with serial.Serial(str(path), 115_200, timeout=1.0, exclusive=True) as port:
            port.write(bytes.fromhex("010300040001"))
            port.write(bytes.fromhex("C5CB"))
            return bytes(port.read(7))

    async with port_at(path, BenchModel()):
        answers = [await asyncio.to_thread(talk_and_hang_up) for _ in range(3)]
        assert path.is_symlink()
    assert [answer[:5].hex() for answer in answers] == ["0103025243"] * 3
    assert not path.is_symlink()


async def test_a_link_left_by_a_killed_simulator_is_taken_over_and_a_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "bus"
    path.symlink_to("/dev/pts/999999")
    async with port_at(path, BenchModel()):
        assert path.exists()
    path.write_text("somebody's notes", encoding="utf-8")
    with pytest.raises(PortTaken):
        async with port_at(path, BenchModel()):
            pass
    assert path.read_text(encoding="utf-8") == "somebody's notes"


def test_two_devices_may_not_share_a_unit_nor_two_protocols_a_line() -> None:
    address = parse_link("serial:/dev/x")
    with pytest.raises(ValueError, match="unit 1 is there already"):
        line_with(instrument(PROFILE, BenchModel()), instrument(PROFILE, BenchModel()), address=address)
    dcon = dataclasses.replace(PROFILE, protocol="dcon")
    with pytest.raises(ValueError, match="cannot share"):
        line_with(instrument(PROFILE, BenchModel()), instrument(dcon, BenchModel(), unit=2), address=address)
