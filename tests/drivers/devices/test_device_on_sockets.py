"""A device on a real socket, pulled and put back."""

from __future__ import annotations

import asyncio
import socket

import pytest

from drivers.devices import device as device_module
from drivers.devices.device import Device
from drivers.devices.status import Phase
from drivers.errors import NotWritable
from drivers.link.address import parse_link
from drivers.link.pool import LinkPool
from drivers.link.real import RealSeam
from drivers.reading import Quality
from tests.support.device_profiles import Bank, Responder, rectifier_bank, rectifier_profile
from tests.support.eventually import eventually


class Instrument:
    """Listens on one port; can be killed and started again there."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._transports: list[asyncio.BaseTransport] = []

    async def start(self) -> None:
        instrument = self

        class Remembered(Responder):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                instrument._transports.append(transport)
                super().connection_made(transport)

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Remembered({1: self.bank}), "127.0.0.1", self.port, reuse_address=True
        )

    async def kill(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in self._transports:
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
        self._transports.clear()
        await self._server.wait_closed()


async def test_killed_it_is_bad_and_started_again_it_is_good_and_no_write_waited_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_module, "RETRY_NEEDED_S", 0.1)
    instrument = Instrument(rectifier_bank())
    await instrument.start()
    profile = rectifier_profile()
    pool = LinkPool(RealSeam())
    device = Device(
        "rectifier",
        profile,
        1,
        pool.get(parse_link(f"tcp://127.0.0.1:{instrument.port}"), profile.bus, True),
        needed=True,
    )
    device.start()
    pool.start()
    loop = asyncio.get_running_loop()
    try:
        await eventually(lambda: device.status.phase is Phase.READY)
        await instrument.kill()
        await eventually(lambda: device.status.phase is Phase.OFFLINE)
        device.begin_read(loop.time() + 0.1)
        assert (await device.finish_read())["current"].quality is Quality.BAD
        with pytest.raises(NotWritable):
            await device.write("control", 3.0)
        await instrument.start()
        await eventually(lambda: device.status.phase is Phase.READY)
        device.begin_read(loop.time() + 0.1)
        assert (await device.finish_read())["current"].quality is Quality.GOOD
        assert instrument.bank.writes == []
    finally:
        await device.close()
        await pool.close()
        await instrument.kill()
