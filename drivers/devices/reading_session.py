"""One look at a live device, for people: connect, identify, read every block once, let go. Nothing is ever written."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import NamedTuple

from drivers.devices.polling import Polling
from drivers.devices.qualification import Unqualified, qualify
from drivers.devices.status import DeviceStatus, Phase
from drivers.devices.wire import wire_to
from drivers.errors import DriverError
from drivers.link.address import LinkAddress
from drivers.link.link import Link, LinkState, LinkStatus
from drivers.link.pool import LinkPool
from drivers.link.real import RealSeam
from drivers.link.seam import ByteSeam
from drivers.profiles.schema import ResolvedProfile
from drivers.reading import Reading, bad


class Look(NamedTuple):
    """``readings`` holds every point and ``point.bit``, also those of a device that was refused: a map that turns out
    wrong is just what such a look is for."""

    status: DeviceStatus
    readings: Mapping[str, Reading]


async def read_once(
    profile: ResolvedProfile, address: LinkAddress, unit: int, *, seam: ByteSeam | None = None, within_s: float = 5.0
) -> Look:
    """Never raises for the device. ``within_s`` bounds the wait for a connection; each read has the profile's timeout.

    Where any frame feeds the device's watchdog, this feeds it once per block.
    """
    pool = LinkPool(seam if seam is not None else RealSeam())
    try:
        link = pool.get(address, profile.bus, True)
        pool.start()
        reason = await _wait_until_up(link, within_s)
        if reason is not None:
            return Look(
                DeviceStatus(Phase.OFFLINE, reason, False, ""),
                _complete(profile, {}, dict.fromkeys(profile.blocks, reason)),
            )
        return await _look(profile, link, unit)
    finally:
        await pool.close()


async def _look(profile: ResolvedProfile, link: Link, unit: int) -> Look:
    polling = Polling(
        profile, wire_to(profile, unit, link), needed=True, on_lost=lambda _: None, on_changed=lambda _: None
    )
    readings: dict[str, Reading] = {}
    failures: dict[str, str] = {}
    asked: set[str] = set()

    async def read(block: str) -> Mapping[str, Reading]:
        asked.add(block)
        try:
            given = await polling.read_now(block)
        except DriverError as error:
            failures[block] = str(error)
            raise
        readings.update(given)
        return given

    try:
        found = await qualify(profile, read)
        status = DeviceStatus(Phase.READY, "", found.simulated, found.identity)
    except Unqualified as error:
        status = DeviceStatus(Phase.REFUSED, str(error), False, "")
    except DriverError as error:
        status = DeviceStatus(Phase.OFFLINE, str(error), False, "")
    for block in profile.blocks:
        if block not in asked:
            with contextlib.suppress(DriverError):  # noted above, shown with the block's points
                await read(block)
    return Look(status, _complete(profile, readings, failures))


def _complete(
    profile: ResolvedProfile, readings: Mapping[str, Reading], failures: Mapping[str, str]
) -> dict[str, Reading]:
    """Points without a reading are BAD with their block's reason, not absent."""
    now_s = asyncio.get_running_loop().time()
    complete = {}
    for point in profile.points.values():
        for key in (point.name, *(f"{point.name}.{bit.name}" for bit in point.bits)):
            complete[key] = readings.get(key) or bad(failures.get(point.block, "not read"), now_s)
    return complete


async def _wait_until_up(link: Link, within_s: float) -> str | None:
    """None once the link is up, else why it is not."""
    changed = asyncio.Event()

    def look(_: LinkStatus) -> None:
        changed.set()

    link.add_listener(look)
    reason = "no connection"
    try:
        async with asyncio.timeout(within_s):
            while link.status.state is not LinkState.UP:
                reason = link.status.reason or reason
                changed.clear()
                await changed.wait()
    except TimeoutError:
        return f"link down: {link.status.reason or reason}"
    return None
