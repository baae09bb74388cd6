"""Who is it, is it set up as meant, and what does it show: asked before anything is believed or written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from drivers.devices.conditions import expectation, matches, plain
from drivers.errors import DeviceRefused, DriverError
from drivers.profiles.schema import Condition, ResolvedProfile
from drivers.reading import Quality, Reading

ReadBlock = Callable[[str], Awaitable[Mapping[str, Reading]]]


class Qualified(NamedTuple):
    identity: str
    simulated: bool
    readings: Mapping[str, Mapping[str, Reading]]
    """First readings, by block and point."""


class Unqualified(DriverError):
    """It answers, and must not be used: another device, another configuration, another map."""


async def qualify(profile: ResolvedProfile, read: ReadBlock) -> Qualified:
    """Reads every block once: those of the identity first, so that a stranger is asked no more than who it is.

    Raises Unqualified, or the DriverError of a read that failed.
    """
    readings: dict[str, Mapping[str, Reading]] = {}

    async def look(conditions: tuple[Condition, ...]) -> Mapping[str, Reading]:
        seen: dict[str, Reading] = {}
        for condition in conditions:
            await _read_once(profile, profile.points[condition.point].block, readings, read)
            seen.update(readings[profile.points[condition.point].block])
        return seen

    identity = profile.identity
    seen = await look(identity.all)
    for condition in identity.all:
        if not matches(condition, seen):
            raise Unqualified(f"wrong identity: {expectation(condition, seen)}")
    simulated = False
    if identity.simulated is not None:
        said = await look((identity.simulated,))
        answer = matches(identity.simulated, said)
        if answer is None:
            # Neither the real thing nor a simulated one may pass for the other.
            raise Unqualified(f"real or simulated is not known: {expectation(identity.simulated, said)}")
        simulated = answer
        seen = {**seen, **said}
    checked = await look(profile.checks)
    for condition in profile.checks:
        if not matches(condition, checked):
            raise Unqualified(f"wrong configuration: {expectation(condition, checked)}")
    for block in profile.blocks:
        await _read_once(profile, block, readings, read)
    return Qualified(describe(profile, seen), simulated, readings)


async def _read_once(
    profile: ResolvedProfile, block: str, readings: dict[str, Mapping[str, Reading]], read: ReadBlock
) -> None:
    if block in readings:
        return
    try:
        readings[block] = await read(block)
    except DeviceRefused as error:
        if error.code in profile.exceptions.retry or error.code in profile.exceptions.link:
            raise  # busy, or a gateway that does not reach it: no fault of the map
        raise Unqualified(f"block {block}: {error}") from error


def describe(profile: ResolvedProfile, readings: Mapping[str, Reading]) -> str:
    """``map_id 21059, map_rev 3``"""
    points = dict.fromkeys(condition.point for condition in profile.identity.all)
    if profile.identity.simulated is not None:
        points[profile.identity.simulated.point] = None
    return ", ".join(
        f"{point} {plain(readings[point])}"
        for point in points
        if point in readings and readings[point].quality is not Quality.BAD
    )
