"""One look, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from drivers.devices.reading_session import read_once
from drivers.devices.status import Phase
from drivers.link.address import LinkAddress, parse_link
from drivers.link.memory import MemorySeam
from drivers.reading import Quality
from tests.support.device_profiles import Bank, Responder, rectifier_bank, rectifier_profile


@asynccontextmanager
async def served(bank: Bank) -> AsyncIterator[LinkAddress]:
    server = await asyncio.get_running_loop().create_server(lambda: Responder({1: bank}), "127.0.0.1", 0)
    try:
        yield parse_link(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        server.close()
        await server.wait_closed()


async def test_everything_is_read_once_and_nothing_written() -> None:
    bank = rectifier_bank()
    async with served(bank) as address:
        look = await read_once(rectifier_profile(), address, 1)
    assert look.status.phase is Phase.READY
    assert look.status.simulated
    assert look.readings["voltage"].value == 6.0
    assert look.readings["status.remote"].value == 1.0
    assert all(reading.quality is Quality.GOOD for reading in look.readings.values())
    assert [(function, at) for _, function, at, _ in bank.frames] == [(3, 0), (3, 20)]


async def test_a_stranger_is_shown_all_the_same() -> None:
    bank = rectifier_bank()
    bank.words[7] = 1
    async with served(bank) as address:
        look = await read_once(rectifier_profile(), address, 1)
    assert look.status.phase is Phase.REFUSED
    assert look.status.reason == "wrong identity: map_id is 1, expected 21059"
    assert look.readings["map_id"].value == 1.0
    assert look.readings["oil_temperature"].value is not None


async def test_a_block_that_is_refused_is_bad_with_the_devices_words_and_the_others_are_shown() -> None:
    bank = rectifier_bank()
    bank.refused_addresses = {20}
    async with served(bank) as address:
        look = await read_once(rectifier_profile(), address, 1)
    assert look.status.phase is Phase.REFUSED
    assert "block slow" in look.status.reason
    assert look.readings["voltage"].value == 6.0
    assert look.readings["oil_temperature"].quality is Quality.BAD
    assert "address" in look.readings["oil_temperature"].reason


async def test_nobody_there() -> None:
    address = parse_link("memory:nobody?framing=tcp")
    look = await read_once(rectifier_profile(), address, 1, seam=MemorySeam(), within_s=0.05)
    assert look.status.phase is Phase.OFFLINE
    assert look.status.reason.startswith("link down: ")
    assert set(look.readings) >= {"voltage", "status.remote", "oil_temperature"}
    assert all(reading.quality is Quality.BAD for reading in look.readings.values())


async def test_no_answer() -> None:
    bank = rectifier_bank()
    bank.silent = True
    async with served(bank) as address:
        look = await read_once(rectifier_profile(), address, 1)
    assert look.status.phase is Phase.OFFLINE
    assert "no reply" in look.status.reason
