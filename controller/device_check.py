"""Who is behind each link of a plant file? Asks and writes nothing."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from controller.plant import Plant
from drivers.devices.device import Device
from drivers.devices.status import DeviceStatus, Phase
from drivers.link.pool import LinkPool
from drivers.link.real import RealSeam

LONGEST_S = 8.0
"""Long enough for a slow serial line with many units; a device that is there answers in a fraction of it."""
OFFLINE_S = 3.0
"""A link is tried again within a second: what is offline for the same reason this long stays so."""
_GLANCE_S = 0.05


async def identify_devices(plant: Plant) -> list[dict[str, Any]]:
    """One entry per device: ready or not, the reason, what it says it is, and whether it is a simulated one."""
    pool = LinkPool(RealSeam())
    devices = [
        (cell.name, Device(d.name, d.profile, d.unit, pool.get(d.link, d.profile.bus, d.needed), needed=d.needed))
        for cell in plant.cells
        for d in cell.devices
    ]
    for _, device in devices:
        device.start()
    pool.start()
    try:
        with contextlib.suppress(TimeoutError):
            # Not wait_for: on Python 3.11 it may lose a Ctrl-C that comes as its coroutine ends.
            async with asyncio.timeout(LONGEST_S):
                await _settled([device for _, device in devices])
        return [
            {
                "cell": cell,
                "device": device.name,
                "needed": device.needed,
                "ready": device.status.phase is Phase.READY,
                "reason": device.status.reason,
                "identity": device.status.identity,
                "simulated": device.status.simulated,
            }
            for cell, device in devices
        ]
    finally:
        await asyncio.gather(*(device.close() for _, device in devices))
        await pool.close()


async def _settled(devices: list[Device]) -> None:
    """Returns once nothing more is to be expected. Looks, for a device tells nobody of its phases."""
    loop = asyncio.get_running_loop()
    seen: list[tuple[DeviceStatus, float]] = [(device.status, loop.time()) for device in devices]
    while True:
        now_s = loop.time()
        seen = [
            (status, since_s if status == device.status else now_s)
            for device, (_, since_s) in zip(devices, seen, strict=True)
            for status in (device.status,)
        ]
        if all(_is_final(status, now_s - since_s) for status, since_s in seen):
            return
        await asyncio.sleep(_GLANCE_S)


def _is_final(status: DeviceStatus, for_s: float) -> bool:
    return status.phase in (Phase.READY, Phase.REFUSED) or (status.phase is Phase.OFFLINE and for_s >= OFFLINE_S)
