from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ascii.checksum import sum8
from drivers.link.address import parse_link
from drivers.profiles.load import find_profile, load_profile, resolve
from drivers.profiles.schema import ResolvedProfile
from sim.devices.model import DeviceModel
from sim.devices.rectifier import CommunicationWatchdog, Rectifier, RectifierRating
from sim.instruments.lines import protocol_factory
from sim.virtual_time import run_virtual
from tests.support.recording_transport import RecordingTransport
from tests.support.simulated_devices import BenchModel, instrument, line_with

M7018 = resolve(load_profile(find_profile("icpdas_m7018_dcon")), {"tc_type": "N"})
GENESYS = resolve(load_profile(find_profile("genesys")), {})
CHANNELS = {"t0": "bath_temperature_1_degc", "t1": "bath_temperature_2_degc"}


def play(
    profile: ResolvedProfile, model: DeviceModel, *chunks: bytes, signals: dict[str, str] | None = None
) -> RecordingTransport:
    async def main() -> RecordingTransport:
        device = instrument(profile, model, unit=6, signals=signals)
        line = line_with(device, address=parse_link("serial:/dev/x?baud=9600"))
        protocol = protocol_factory(line)()
        transport = RecordingTransport()
        protocol.connection_made(transport)
        for chunk in chunks:
            protocol.data_received(chunk)
            await asyncio.sleep(1.0)
        protocol.connection_lost(None)
        return transport

    return run_virtual(main())


def genesys(text: str) -> bytes:
    return f"{text}${sum8(text)}\r".encode("ascii")


def supply() -> Rectifier:
    return Rectifier(
        RectifierRating(400.0, 8.0, 100.0),
        CommunicationWatchdog(),
        random.Random(1),
        time_s=0.0,
        current_a=200.0,
        voltage_limit_v=8.0,
    )


def test_a_module_reports_its_channels_back_to_back_and_open_ones_in_its_own_words() -> None:
    model = BenchModel(bath_temperature_1_degc=850.12, bath_temperature_2_degc=7.0)
    model.mark("bath_temperature_2_degc", "open_circuit")
    assert play(M7018, model, b"#06\r", signals=CHANNELS).sent == b">+0850.1" + 7 * b"+9999.9" + b"\r"


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (b"$06M\r", b"!067018\r"),
        (b"$06F\r", b"!06SIM1\r"),
        (b"$062\r", b"!06150000\r"),
        (b"$06Q\r", b"?06\r"),
        (b"$07M\r", b""),
        (b"$0gM\r", b""),
        (b"\r\r", b""),
        (b"$\r", b""),
        (b"noise\xff\r", b""),
        (b"\x00\xffnoise\r$06M\r", b"!067018\r"),
    ],
)
def test_a_module_answers_refuses_or_stays_silent(command: bytes, reply: bytes) -> None:
    assert play(M7018, BenchModel(), command).sent == reply


def test_half_a_command_is_forgotten_when_the_line_falls_quiet() -> None:
    assert play(M7018, BenchModel(), b"$0", b"$06M\r").sent == b"!067018\r"


def test_a_supply_answers_nobody_before_it_is_selected() -> None:
    assert play(GENESYS, supply(), genesys("MV?"), genesys("ADR 05"), genesys("REV?")).sent == b""


def test_a_selected_supply_identifies_itself_as_simulated() -> None:
    sent = play(GENESYS, supply(), genesys("ADR 06"), genesys("REV?")).sent
    assert sent == genesys("OK") + genesys("SIM1")


def test_a_checksum_is_answered_with_a_checksum_and_a_wrong_one_with_c04() -> None:
    sent = play(GENESYS, supply(), b"ADR 06\r", b"REV?\r", b"REV?$00\r").sent
    assert sent == b"OK\rSIM1\r" + genesys("C04")


def test_set_commands_reach_the_supply_and_show_in_its_status() -> None:
    model = supply()
    sent = play(GENESYS, model, b"adr 6\r", b"PC 150.5\r", b"OUT 0\r", b"OUT?\r", b"RMT?\r", b"STT?\r").sent
    replies = sent.decode("ascii").split("\r")
    assert replies[:5] == ["OK", "OK", "OK", "OFF", "REM"]
    assert "PC(150.500)" in replies[5]
    assert model.setpoint_a == 150.5
    assert not model.running


@pytest.mark.parametrize(
    ("command", "reply"), [("PC 401", "E01"), ("PV -1", "E02"), ("XYZZY", "C01"), ("RMT 1", "OK"), ("MODEL", "C01")]
)
def test_what_it_cannot_do_it_says_by_code(command: str, reply: str) -> None:
    assert play(GENESYS, supply(), b"ADR 06\r", command.encode() + b"\r").sent == b"OK\r" + reply.encode() + b"\r"


def test_in_local_it_refuses_and_keeps_its_setting() -> None:
    model = supply()
    assert play(GENESYS, model, b"ADR 06\r", b"RMT 0\r", b"PC 10\r").sent == b"OK\rOK\rE07\r"
    assert model.setpoint_a == 200.0


def test_a_lone_backslash_repeats_the_last_command() -> None:
    model = supply()
    sent = play(GENESYS, model, b"ADR 06\r", b"REV?\r", b"\\\r").sent
    assert sent == b"OK\rSIM1\rSIM1\r"


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_noise_never_breaks_them(chunks: list[bytes]) -> None:
    assert play(M7018, BenchModel(), *chunks, b"\r", b"$06M\r").sent.endswith(b"!067018\r")
    assert play(GENESYS, supply(), *chunks, b"\r", b"ADR 06\r", b"REV?\r").sent.endswith(b"OK\rSIM1\r")
