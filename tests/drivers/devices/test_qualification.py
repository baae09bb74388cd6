from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from drivers.devices.qualification import Unqualified, qualify
from drivers.errors import DeviceRefused, NoReply
from drivers.profiles.schema import Identity
from drivers.reading import Quality, Reading, bad
from tests.support.device_profiles import MAP_ID, SIMULATED, rectifier_profile


class Blocks:
    def __init__(self) -> None:
        self.values: dict[str, dict[str, float]] = {
            "fast": {"map_id": float(MAP_ID), "build": float(SIMULATED)},
            "slow": {"range_code": 3.0, "oil_temperature": 45.0},
        }
        self.lost: set[str] = set()
        self.error: Exception | None = None
        self.asked: list[str] = []

    async def read(self, block: str) -> Mapping[str, Reading]:
        self.asked.append(block)
        if self.error is not None:
            raise self.error
        return {
            name: bad("wrong_length", 0.0) if name in self.lost else Reading(value, Quality.GOOD, "", 0.0)
            for name, value in self.values[block].items()
        }


async def test_each_block_is_read_once_and_the_identity_told() -> None:
    blocks = Blocks()
    found = await qualify(rectifier_profile(), blocks.read)
    assert blocks.asked == ["fast", "slow"]
    assert found.simulated
    assert found.identity == f"map_id {MAP_ID}, build {SIMULATED}"
    assert found.readings["slow"]["oil_temperature"].value == 45.0


async def test_a_real_device_is_not_simulated() -> None:
    blocks = Blocks()
    blocks.values["fast"]["build"] = 7.0
    assert not (await qualify(rectifier_profile(), blocks.read)).simulated


async def test_a_stranger_is_asked_no_more_than_who_it_is() -> None:
    blocks = Blocks()
    blocks.values["fast"]["map_id"] = 1.0
    with pytest.raises(Unqualified, match="wrong identity: map_id is 1, expected 21059"):
        await qualify(rectifier_profile(), blocks.read)
    assert blocks.asked == ["fast"]


@pytest.mark.parametrize("lost", ["map_id", "build", "range_code"])
async def test_an_answer_that_cannot_be_read_is_no_answer(lost: str) -> None:
    blocks = Blocks()
    blocks.lost.add(lost)
    with pytest.raises(Unqualified, match=f"{lost} is bad"):
        await qualify(rectifier_profile(), blocks.read)


async def test_a_wrong_configuration_is_named() -> None:
    blocks = Blocks()
    blocks.values["slow"]["range_code"] = 4.0
    with pytest.raises(Unqualified, match="wrong configuration: range_code is 4, expected 3"):
        await qualify(rectifier_profile(), blocks.read)


async def test_a_sensor_that_is_broken_is_no_reason_to_refuse_the_device() -> None:
    blocks = Blocks()
    blocks.lost.add("oil_temperature")
    found = await qualify(rectifier_profile(), blocks.read)
    assert found.readings["slow"]["oil_temperature"].quality is Quality.BAD


async def test_a_device_without_identity_is_still_read() -> None:
    profile = replace(rectifier_profile(), identity=Identity((), None, "none"), checks=())
    blocks = Blocks()
    found = await qualify(profile, blocks.read)
    assert (found.identity, found.simulated, blocks.asked) == ("", False, ["fast", "slow"])


async def test_a_map_that_the_device_does_not_know_refuses_it() -> None:
    blocks = Blocks()
    blocks.error = DeviceRefused("illegal data address", 2)
    with pytest.raises(Unqualified, match="block fast: illegal data address"):
        await qualify(rectifier_profile(), blocks.read)


@pytest.mark.parametrize("error", [DeviceRefused("busy", 6), DeviceRefused("no path", 10), NoReply("no reply")])
async def test_what_may_pass_by_itself_is_handed_on_as_it_is(error: Exception) -> None:
    blocks = Blocks()
    blocks.error = error
    with pytest.raises(type(error)) as caught:
        await qualify(rectifier_profile(), blocks.read)
    assert caught.value is error
