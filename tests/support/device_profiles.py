"""Small resolved profiles, and a Modbus TCP responder that knows nothing of our code: registers in, registers out."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from dataclasses import replace

from drivers.profiles.schema import (
    Bit,
    Block,
    Bus,
    Command,
    Condition,
    Confirm,
    ExceptionPolicy,
    Identity,
    Limits,
    Point,
    Requirement,
    ResolvedProfile,
    Scale,
    Sequence,
    Step,
    Watchdog,
)

MAP_ID = 0x5243
SIMULATED = 0x51D0

REMOTE = Requirement("status", "remote", False)
RUNNING = Requirement("status", "running", False)
NOT_TRIPPED = Requirement("status", "trip", True)

NO_WATCHDOG = Watchdog("none", reason="inputs only")


def rectifier_profile() -> ResolvedProfile:
    """Registers 0…9 fast, 20…21 slow; written: 100 set-point, 101 heartbeat, 102 control."""
    blocks = (Block("fast", 0.2, "holding", 0, 10), Block("slow", 5.0, "holding", 20, 2))
    points = (
        Point(
            "status",
            "fast",
            "u16",
            at=0,
            bits=(
                Bit(0, "ready", signal="rectifier_ready"),
                Bit(1, "running", signal="rectifier_running"),
                Bit(2, "remote", signal="rectifier_remote"),
                Bit(4, "trip", severity="trip", signal="rectifier_tripped"),
                Bit(5, "fallback", signal="rectifier_fallback"),
            ),
        ),
        Point("current", "fast", "i32", at=2, unit="A", scale=Scale(0.1), signal="line_current_a"),
        Point("voltage", "fast", "u16", at=4, unit="V", scale=Scale(0.001), signal="cell_voltage_v"),
        Point("heartbeat_echo", "fast", "u16", at=5, signal="rectifier_heartbeat_echo"),
        Point("setpoint_readback", "fast", "u16", at=6, unit="A", signal="current_setpoint_readback_a"),
        Point("map_id", "fast", "u16", at=7),
        Point("build", "fast", "u16", at=8),
        Point("oil_temperature", "slow", "u16", at=20, unit="degC", scale=Scale(0.1), max_rate_per_s=5.0),
        Point("range_code", "slow", "u16", at=21),
    )
    commands = (
        Command(
            "current_sp",
            "u16",
            "holding",
            at=100,
            fc=16,
            unit="A",
            limits=Limits(0.0, 30000.0, max_step_up=1500.0),
            confirm=Confirm("setpoint_readback", 1.0, 0.2),
            requires=(REMOTE, NOT_TRIPPED),
            signal="current_setpoint_a",
        ),
        Command("heartbeat", "u16", "holding", at=101, signal="heartbeat"),
        Command("control", "u16", "holding", at=102, signal="control"),
    )
    sequences = (
        Sequence("take_remote", (Step(write="control", value=1.0), Step(wait=REMOTE, within_s=0.2))),
        Sequence(
            "start",
            (Step(write="current_sp", value=0.0), Step(write="control", value=3.0), Step(wait=RUNNING, within_s=0.2)),
            (REMOTE, NOT_TRIPPED),
        ),
        Sequence("stop", (Step(write="control", value=1.0),)),
    )
    return ResolvedProfile(
        id="test.rectifier",
        kind="rectifier",
        version="1",
        source="test",
        protocol="modbus",
        checksum=False,
        bus=Bus(timeout_s=0.05),
        parameters={},
        blocks={block.name: block for block in blocks},
        points={point.name: point for point in points},
        commands={command.name: command for command in commands},
        identity=Identity((Condition("map_id", (MAP_ID,)),), Condition("build", (SIMULATED,))),
        checks=(Condition("range_code", (3,)),),
        watchdog=Watchdog("increment", "heartbeat", "heartbeat_echo", 5.0, 10.0, "ramp_to_hold"),
        sequences={sequence.name: sequence for sequence in sequences},
        exceptions=ExceptionPolicy(),
        vectors=(),
        content_hash="0",
    )


def any_traffic_profile(timeout_s: float, ramp_s: float) -> ResolvedProfile:
    return replace(rectifier_profile(), watchdog=Watchdog("any_traffic", None, None, timeout_s, ramp_s, "ramp_to_hold"))


def feeder_profile() -> ResolvedProfile:
    return ResolvedProfile(
        id="test.feeder",
        kind="feeder",
        version="1",
        source="test",
        protocol="modbus",
        checksum=False,
        bus=Bus(timeout_s=0.05),
        parameters={},
        blocks={"all": Block("all", 1.0, "input", 0, 3)},
        points={
            "ready": Point("ready", "all", "u16", at=0, signal="feeder_ready"),
            "done_id": Point("done_id", "all", "u16", at=1, signal="dose_done_id"),
            "done_kg": Point("done_kg", "all", "u16", at=2, scale=Scale(0.001), signal="dose_done_kg"),
        },
        commands={
            "dose": Command(
                "dose",
                "u16",
                "holding",
                at=51,
                fc=16,
                scale=Scale(0.001),
                limits=Limits(0.0, 2.0),
                idempotent=False,
                extra=("dose_id",),
                signal="dose_kg",
            ),
            "dose_id": Command("dose_id", "u16", "holding", at=50, fc=16, idempotent=False, signal="dose_id"),
        },
        identity=Identity((), None, "test"),
        checks=(),
        watchdog=NO_WATCHDOG,
        sequences={},
        exceptions=ExceptionPolicy(),
        vectors=(),
        content_hash="0",
    )


def contacts_profile() -> ResolvedProfile:
    return ResolvedProfile(
        id="test.contacts",
        kind="digital_io",
        version="1",
        source="test",
        protocol="modbus",
        checksum=False,
        bus=Bus(timeout_s=0.05),
        parameters={},
        blocks={"outputs": Block("outputs", 1.0, "coil", 0, 2)},
        points={
            "permit": Point("permit", "outputs", "bool", at=0, signal="permit_contact_closed"),
            "alive": Point("alive", "outputs", "bool", at=1),
        },
        commands={
            "permit": Command("permit", "bool", "coil", at=0, fc=5, signal="permit_contact"),
            "alive": Command("alive", "bool", "coil", at=1, fc=5, signal="alive_pulse"),
        },
        identity=Identity((), None, "test"),
        checks=(),
        watchdog=NO_WATCHDOG,
        sequences={},
        exceptions=ExceptionPolicy(),
        vectors=(),
        content_hash="0",
    )


class Bank:
    """The device behind the wire. Holding and input registers share one table, coils another."""

    def __init__(self) -> None:
        self.words: dict[int, int] = {}
        self.coils: dict[int, int] = {}
        self.frames: list[tuple[float, int, int, tuple[int, ...]]] = []
        """Every request: time, function, address, and values of a write (count of a read)."""
        self.silent = False
        self.deaf_to_writes = False
        """Writes have their effect and are not answered."""
        self.exception: dict[int, int] = {}
        """Exception code by function."""
        self.refused_addresses: set[int] = set()
        self.on_write: Callable[[int, int], None] = lambda address, value: None
        self.connections = 0

    @property
    def writes(self) -> list[tuple[int, int, tuple[int, ...]]]:
        return [(function, at, values) for _, function, at, values in self.frames if function in (5, 6, 16)]

    def answer(self, pdu: bytes) -> bytes | None:
        function, address = pdu[0], struct.unpack(">H", pdu[1:3])[0]
        values = _values(pdu)
        self.frames.append((asyncio.get_running_loop().time(), function, address, values))
        if self.silent:
            return None
        if function in self.exception:
            return bytes((function | 0x80, self.exception[function]))
        if address in self.refused_addresses:
            return bytes((function | 0x80, 2))
        if function in (3, 4):
            words = [self.words.get(address + n, 0) for n in range(values[0])]
            return struct.pack(f">BB{len(words)}H", function, 2 * len(words), *words)
        if function in (1, 2):
            bits = sum(self.coils.get(address + n, 0) << n for n in range(values[0]))
            size = (values[0] + 7) // 8
            return bytes((function, size)) + bits.to_bytes(size, "little")
        if function == 5:
            self.coils[address] = int(values[0] == 0xFF00)
        else:
            for n, value in enumerate(values):
                self.words[address + n] = value
                self.on_write(address + n, value)
        return None if self.deaf_to_writes else pdu[:5]


def _values(pdu: bytes) -> tuple[int, ...]:
    if pdu[0] == 16:
        return tuple(struct.unpack(f">{pdu[5] // 2}H", pdu[6:]))
    return tuple(struct.unpack(">H", pdu[3:5]))


class Responder(asyncio.Protocol):
    """One connection to one or several units, MBAP framing."""

    def __init__(self, banks: dict[int, Bank]) -> None:
        self._banks = banks
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        for bank in self._banks.values():
            bank.connections += 1

    def data_received(self, data: bytes) -> None:
        self._received += data
        while len(self._received) >= 7:
            tid, _, length, unit = struct.unpack(">HHHB", self._received[:7])
            if len(self._received) < 6 + length:
                return
            pdu, self._received = self._received[7 : 6 + length], self._received[6 + length :]
            bank = self._banks.get(unit)
            reply = bank.answer(pdu) if bank is not None else None
            if reply is not None and self._transport is not None:
                self._transport.write(struct.pack(">HHHB", tid, 0, len(reply) + 1, unit) + reply)


def rectifier_bank() -> Bank:
    """Ready, remote, simulated, 200 A at 6 V, heartbeat echoed, set-point read back."""
    bank = Bank()
    bank.words |= {0: 0b0101, 2: 0, 3: 2000, 4: 6000, 7: MAP_ID, 8: SIMULATED, 20: 450, 21: 3}

    def follow(address: int, value: int) -> None:
        if address == 100:
            bank.words[6] = value
        elif address == 101:
            bank.words[5] = value
        elif address == 102:
            bank.words[0] = 0b0101 | (0b0010 if value & 2 else 0)

    bank.on_write = follow
    return bank
