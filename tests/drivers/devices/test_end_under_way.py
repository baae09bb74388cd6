"""A device is closed, or an order given up, while a frame is on the wire."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

from drivers.devices.device import Device
from drivers.devices.status import Phase
from drivers.link.address import parse_link
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool
from tests.support.device_profiles import Responder, rectifier_bank, rectifier_profile
from tests.support.eventually import eventually


class Mute(asyncio.Protocol):
    def __init__(self) -> None:
        self.asked = 0

    def data_received(self, data: bytes) -> None:
        self.asked += 1


async def test_a_failure_nobody_waits_for_is_no_complaint() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    plc, seam = Mute(), MemorySeam()
    seam.listen("plc", lambda: plc)
    pool = LinkPool(seam)
    profile = rectifier_profile()
    device = Device(
        "rectifier", profile, 1, pool.get(parse_link("memory:plc?framing=tcp"), profile.bus, True), needed=True
    )
    device.start()
    pool.start()
    await eventually(lambda: plc.asked > 0)
    assert device.status.phase is Phase.QUALIFYING
    await device.close()
    await pool.close()
    await asyncio.sleep(0)
    del device, pool
    gc.collect()
    assert not complaints


async def test_an_order_given_up_runs_to_its_end_and_its_failure_is_no_complaint() -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    await give_up_a_start()
    gc.collect()
    await asyncio.sleep(0)
    assert not complaints


async def give_up_a_start() -> None:
    bank, seam = rectifier_bank(), MemorySeam()
    seam.listen("plc", lambda: Responder({1: bank}))
    pool = LinkPool(seam)
    profile = rectifier_profile()
    link = pool.get(parse_link("memory:plc?framing=tcp"), profile.bus, True)
    device = Device("rectifier", profile, 1, link, needed=True)
    device.start()
    pool.start()
    await eventually(lambda: device.status.phase is Phase.READY)
    bank.deaf_to_writes = True
    order = asyncio.create_task(device.run_sequence("start"))
    await eventually(lambda: bank.writes != [])
    order.cancel()
    await asyncio.wait((order,))
    assert order.cancelled()
    await eventually(lambda: link.counters.timeouts == 1)
    await device.close()
    await pool.close()
