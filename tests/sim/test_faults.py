"""Each fault as a client sees it: on a real socket where there is one to break, on virtual serial lines elsewhere."""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sim.faults import FAULTS, Injection, UnknownFault, schedule
from sim.instruments.lines import mount, protocol_factory
from sim.instruments.modbus_wire import crc16
from sim.plant import SimulatedPlant
from sim.serve import FieldServer
from sim.virtual_time import run_virtual
from tests.support.recording_transport import RecordingTransport
from tests.support.simulated_plants import demo_plant, demo_plant_in

READ = struct.pack(">BHH", 3, 12, 3)  # map_id, map_rev, build of the rectifier
OTHER = struct.pack(">BHH", 3, 10, 1)  # its set-point read-back
SHOWN = bytes((3, 6)) + struct.pack(">HHH", 0x5243, 3, 0x51D0)
RECTIFIER = "ce1/rectifier"


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._tag = 0

    async def ask(self, body: bytes, *, within_s: float = 0.15) -> bytes | None:
        """The raw reply frame; None for silence, empty for a lost connection."""
        self._tag += 1
        self._writer.write(struct.pack(">HHHB", self._tag, 0, len(body) + 1, 1) + body)
        try:
            return await asyncio.wait_for(self._reader.read(300), within_s)
        except TimeoutError:
            return None
        except ConnectionResetError:
            return b""

    def sound(self, body: bytes) -> bytes:
        return struct.pack(">HHHB", self._tag, 0, len(body) + 1, 1) + body


class Bench:
    def __init__(self, folder: Path) -> None:
        plant = demo_plant_in(folder, "ce1")
        self.simulated = SimulatedPlant(plant, 1, asyncio.get_running_loop().time)
        self.server = FieldServer(self.simulated)
        self.link = plant.cells[0].devices[0].link

    def fault(self, name: str, device: str = RECTIFIER) -> Injection:
        injection = Injection(self.simulated, name, device)
        injection.begin()
        return injection

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        reader, writer = await asyncio.open_connection(self.link.host, self.link.port)
        try:
            yield Client(reader, writer)
        finally:
            writer.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    await made.server.open()
    yield made
    await made.server.close()


async def test_without_a_fault_the_device_answers(bench: Bench) -> None:
    async with bench.client() as client:
        assert await client.ask(READ) == client.sound(SHOWN)


@pytest.mark.parametrize("name", ["silence", "lost_reply", "accept_then_black_hole"])
async def test_silent_faults_give_no_reply_on_a_standing_connection_and_go_away(bench: Bench, name: str) -> None:
    async with bench.client() as client:
        injection = bench.fault(name)
        assert await client.ask(READ) is None
        injection.end()
        assert await client.ask(READ) == client.sound(SHOWN)


async def test_lost_replies_still_act_and_silence_does_not(bench: Bench) -> None:
    rectifier = bench.simulated.cells["ce1"].rectifier
    async with bench.client() as client:
        injection = bench.fault("silence")
        await client.ask(struct.pack(">BHH", 6, 101, 55), within_s=0.05)
        assert rectifier.heartbeat == 0
        injection.end()
        bench.fault("lost_reply")
        await client.ask(struct.pack(">BHH", 6, 101, 55), within_s=0.05)
        assert rectifier.heartbeat == 55


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("wrong_function", bytes((4, 6)) + SHOWN[2:]),
        ("wrong_length", bytes((3, 4)) + SHOWN[2:6]),
        ("exception_04", b"\x83\x04"),
        ("exception_0B", b"\x83\x0b"),
        ("wrong_identity", bytes((3, 6)) + struct.pack(">HHH", 0x5244, 4, 0x51D1)),
    ],
)
async def test_wrong_replies_are_wrong_in_just_the_way_their_name_says(bench: Bench, name: str, reply: bytes) -> None:
    async with bench.client() as client:
        injection = bench.fault(name)
        assert await client.ask(READ) == client.sound(reply)
        injection.end()
        assert await client.ask(READ) == client.sound(SHOWN)


async def test_an_injected_exception_keeps_writes_from_acting(bench: Bench) -> None:
    async with bench.client() as client:
        bench.fault("exception_06")
        assert await client.ask(struct.pack(">BHH", 6, 101, 55)) == client.sound(b"\x86\x06")
    assert bench.simulated.cells["ce1"].rectifier.heartbeat == 0


async def test_wrong_unit_checksum_and_garbage_spoil_the_frame(bench: Bench) -> None:
    async with bench.client() as client:
        injection = bench.fault("wrong_unit")
        frame = await client.ask(READ)
        assert frame is not None
        assert frame[6] == 2
        injection.end()
        injection = bench.fault("crc_error")
        frame = await client.ask(READ)
        assert frame is not None
        assert frame[2:4] != b"\0\0"
        injection.end()
        injection = bench.fault("garbage")
        frame = await client.ask(READ)
        assert frame is not None
        assert frame.endswith(client.sound(SHOWN))
        assert len(frame) > len(client.sound(SHOWN))
        injection.end()


async def test_another_transaction_number_and_a_local_echo(bench: Bench) -> None:
    async with bench.client() as client:
        injection = bench.fault("wrong_transaction")
        frame = await client.ask(READ)
        assert frame is not None
        assert frame[:2] != client.sound(SHOWN)[:2]
        assert frame[2:] == client.sound(SHOWN)[2:]
        injection.end()
        bench.fault("local_echo")
        assert await client.ask(READ) == client.sound(READ) + client.sound(SHOWN)


async def test_the_reply_to_the_request_before_comes_under_the_present_transaction(bench: Bench) -> None:
    async with bench.client() as client:
        await client.ask(READ)
        injection = bench.fault("previous_reply")
        assert await client.ask(OTHER) == client.sound(SHOWN)
        injection.end()
        reply = await client.ask(OTHER)
        assert reply is not None
        assert reply[7:9] == bytes((3, 2))


async def test_a_dropped_connection_ends_at_the_next_request(bench: Bench) -> None:
    bench.fault("drop_connection")
    async with bench.client() as client:
        assert await client.ask(READ) == b""


async def test_a_power_cycle_ends_connections_and_comes_back_at_defaults(bench: Bench) -> None:
    rectifier = bench.simulated.cells["ce1"].rectifier
    async with bench.client() as client:
        assert await client.ask(struct.pack(">BHH", 6, 100, 20_000)) is not None
        injection = bench.fault("power_cycle")
        assert await client.ask(READ) == b""
    async with bench.client() as client:
        assert await client.ask(READ) == b""
    injection.end()
    async with bench.client() as client:
        assert await client.ask(READ) == client.sound(SHOWN)
        assert await client.ask(struct.pack(">BHH", 3, 100, 1)) == client.sound(b"\x03\x02\0\0")
    assert not rectifier.remote
    assert not rectifier.running


async def test_dribbling_replies_arrive_byte_by_byte(bench: Bench) -> None:
    async with bench.client() as client:
        bench.fault("dribble")
        first = await client.ask(OTHER, within_s=0.2)
        assert first is not None
        assert 1 <= len(first) < len(client.sound(b"\x03\x02\0\0"))


def replies_of(name: str, unit: int, body: bytes) -> list[tuple[float, bytes]]:
    """What comes back on prnd1's serial line in virtual time, with the time since the request."""

    async def main() -> list[tuple[float, bytes]]:
        loop = asyncio.get_running_loop()
        simulated = SimulatedPlant(demo_plant("prnd1"), 1, loop.time)
        lines = mount(simulated)
        line = next(line for line in lines.values() if line.address.scheme == "serial")
        device = line.instruments[unit].name
        schedule(simulated, name, device, start_s=0.0, seconds=100.0)
        transport = RecordingTransport()
        protocol = protocol_factory(line)()
        protocol.connection_made(transport)
        frame = bytes((unit,)) + body
        protocol.data_received(frame + struct.pack("<H", crc16(frame)))
        await asyncio.sleep(3.0)
        protocol.connection_lost(None)
        return list(zip(transport.times_s, transport.pieces, strict=True))

    return run_virtual(main())


def test_a_late_reply_on_a_serial_line_is_sound_and_past_the_time_out() -> None:
    timeout_s = next(d.profile.bus.timeout_s for d in demo_plant("prnd1").cells[0].devices if d.role == "load_cell")
    [(time_s, frame)] = replies_of("late_reply", 3, struct.pack(">BHH", 3, 3, 3))
    assert time_s > timeout_s
    assert crc16(frame[:-2]) == frame[-2] | frame[-1] << 8


def test_a_crc_error_is_one() -> None:
    [(_, frame)] = replies_of("crc_error", 3, struct.pack(">BHH", 3, 3, 3))
    assert crc16(frame[:-2]) != frame[-2] | frame[-1] << 8


def test_dribble_spaces_the_bytes_of_a_serial_reply() -> None:
    pieces = replies_of("dribble", 3, struct.pack(">BHH", 3, 3, 3))
    assert all(len(piece) == 1 for _, piece in pieces)
    gaps = [later[0] - earlier[0] for earlier, later in itertools.pairwise(pieces)]
    assert gaps == pytest.approx([0.02] * len(gaps))


def test_scheduled_faults_begin_and_end_on_time_and_may_overlap() -> None:
    async def main() -> list[bool]:
        loop = asyncio.get_running_loop()
        simulated = SimulatedPlant(demo_plant("ce1"), 1, loop.time)
        schedule(simulated, "silence", RECTIFIER, start_s=10.0, seconds=10.0)
        schedule(simulated, "silence", RECTIFIER, start_s=15.0, seconds=10.0)
        active = []
        for _ in range(6):
            await asyncio.sleep(4.9)
            active.append("silence" in simulated.devices[RECTIFIER].faults)
        return active

    assert run_virtual(main()) == [False, False, True, True, True, False]


def test_device_faults_act_and_end() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        simulated = SimulatedPlant(demo_plant("ce1"), 1, loop.time)
        cell = simulated.cells["ce1"]
        schedule(simulated, "rectifier_trip", RECTIFIER, start_s=0.0, seconds=30.0)
        schedule(simulated, "open_thermocouple", "ce1/thermocouples", start_s=0.0, seconds=30.0)
        schedule(simulated, "feeder_jam", "ce1/feeder", start_s=0.0, seconds=30.0)
        schedule(simulated, "coolant_loss", "ce1/contacts", start_s=0.0, seconds=30.0)
        schedule(simulated, "off_gas_loss", "ce1/contacts", start_s=0.0, seconds=30.0)
        couples = cell.thermocouples[0]
        assert cell.rectifier.values["rectifier_tripped"] == 1.0
        assert list(couples.quality.values()) == ["open_circuit"]
        assert cell.feeder.values["feeder_ready"] == 0.0
        assert cell.digital_io.values["coolant_flow_healthy"] == cell.digital_io.values["off_gas_flow_healthy"] == 0.0
        await asyncio.sleep(31.0)
        assert cell.rectifier.values["rectifier_tripped"] == 0.0
        assert couples.quality == {}
        assert cell.feeder.values["feeder_ready"] == 1.0
        assert cell.digital_io.values["coolant_flow_healthy"] == cell.digital_io.values["off_gas_flow_healthy"] == 1.0

    run_virtual(main())


def test_a_cut_heartbeat_ramps_the_rectifier_down_though_heartbeats_go_on() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        simulated = SimulatedPlant(demo_plant("ce1"), 1, loop.time)
        rectifier = simulated.cells["ce1"].rectifier
        schedule(simulated, "watchdog_rampdown", RECTIFIER, start_s=20.0, seconds=60.0)
        for second in range(1, 60):
            await asyncio.sleep(1.0)
            simulated.advance()
            rectifier.command("heartbeat", float(second))
            assert rectifier.fallback is (second > 20 + rectifier.watchdog.timeout_s - 2)

    run_virtual(main())


@pytest.mark.parametrize(
    ("name", "device", "said"),
    [
        ("sillence", RECTIFIER, "no fault 'sillence'"),
        ("exception_00", RECTIFIER, "no fault"),
        ("exception_NN", RECTIFIER, "no fault"),
        ("silence", "ce1/pump", "no device 'ce1/pump'"),
        ("rectifier_trip", "ce1/feeder", "is a feeder"),
    ],
)
def test_a_mistaken_injection_says_what_there_is(name: str, device: str, said: str) -> None:
    simulated = SimulatedPlant(demo_plant("ce1"), 1, lambda: 0.0)
    with pytest.raises(UnknownFault, match=said):
        Injection(simulated, name, device)


def test_every_fault_describes_itself() -> None:
    assert len(FAULTS) >= 19
    for name, fault in FAULTS.items():
        assert fault.name == name
        assert len(fault.description) > 10
