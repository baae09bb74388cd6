"""Devices on real links over the byte seam in memory, against a responder that shares no code with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from drivers.devices import device as device_module
from drivers.devices.device import Device
from drivers.devices.status import Phase
from drivers.errors import DeviceRefused, NoReply, NotWritable
from drivers.link.address import parse_link
from drivers.link.link import Link
from drivers.link.memory import MemorySeam
from drivers.link.pool import LinkPool
from drivers.profiles.schema import Requirement, ResolvedProfile
from drivers.reading import Quality, Reading
from tests.support.device_profiles import (
    MAP_ID,
    NOT_TRIPPED,
    REMOTE,
    Bank,
    Responder,
    any_traffic_profile,
    contacts_profile,
    feeder_profile,
    rectifier_bank,
    rectifier_profile,
)
from tests.support.eventually import eventually

ADDRESS = parse_link("memory:plc?framing=tcp")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_module, "RETRY_NEEDED_S", 0.05)
    monkeypatch.setattr(device_module, "RETRY_S", 0.3)


class Field:
    def __init__(self, banks: dict[int, Bank]) -> None:
        self.seam = MemorySeam()
        self.pool = LinkPool(self.seam)
        self.banks = banks
        self.devices: list[Device] = []
        self.plug_in()

    def plug_in(self) -> None:
        self.seam.listen("plc", lambda: Responder(self.banks))

    def unplug(self) -> None:
        self.seam.unlisten("plc")
        self.seam.cut("plc")

    def device(self, profile: ResolvedProfile, unit: int = 1, *, needed: bool = True) -> Device:
        made = Device(f"device {unit}", profile, unit, self.link(profile), needed=needed)
        self.devices.append(made)
        return made

    def link(self, profile: ResolvedProfile) -> Link:
        return self.pool.get(ADDRESS, profile.bus, True)


@asynccontextmanager
async def field_of(**banks: Bank) -> AsyncIterator[Field]:
    field = Field({int(name.removeprefix("unit")): bank for name, bank in banks.items()})
    try:
        yield field
    finally:
        for device in field.devices:
            await device.close()
        await field.pool.close()


def with_command(profile: ResolvedProfile, name: str, **changes: Any) -> ResolvedProfile:
    changed = replace(profile.commands[name], **changes)
    return replace(profile, commands={**profile.commands, name: changed})


async def until(device: Device, phase: Phase) -> None:
    await eventually(lambda: device.status.phase is phase)


async def scan(device: Device, within_s: float = 0.1) -> Mapping[str, Reading]:
    device.begin_read(asyncio.get_running_loop().time() + within_s)
    return await device.finish_read()


async def started(field: Field, profile: ResolvedProfile, **options: bool) -> Device:
    device = field.device(profile, **options)
    device.start()
    field.pool.start()
    await until(device, Phase.READY)
    return device


async def test_a_qualified_device_tells_who_it_is_and_reads() -> None:
    async with field_of(unit1=rectifier_bank()) as field:
        device = await started(field, rectifier_profile())
        assert device.status.simulated
        assert device.status.identity == "map_id 21059, build 20944"
        readings = await scan(device)
        assert readings["current"].value == pytest.approx(200.0)
        assert readings["voltage"].value == pytest.approx(6.0)
        assert readings["status.remote"].value == 1.0
        assert readings["oil_temperature"].value == pytest.approx(45.0)
        assert all(reading.quality is Quality.GOOD for reading in readings.values())


async def test_nothing_is_written_by_qualifying_reading_or_closing() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        await scan(await started(field, rectifier_profile()))
    assert bank.writes == []
    assert bank.frames


async def test_a_device_that_cannot_be_reached_is_bad_with_the_links_reason_and_raises_nothing() -> None:
    async with field_of(unit1=rectifier_bank()) as field:
        field.unplug()
        device = field.device(rectifier_profile())
        device.start()
        field.pool.start()
        await eventually(lambda: device.status.reason.startswith("link down: "))
        readings = await scan(device)
        assert all(reading.quality is Quality.BAD for reading in readings.values())
        assert readings["current"].reason.startswith("link down: ")
        with pytest.raises(NotWritable, match="link down"):
            await device.write("control", 1.0)


async def test_a_stranger_is_refused_with_what_it_said_and_never_written() -> None:
    bank = rectifier_bank()
    bank.words[7] = 1
    async with field_of(unit1=bank) as field:
        device = field.device(rectifier_profile())
        device.start()
        field.pool.start()
        await until(device, Phase.REFUSED)
        readings = await scan(device)
        assert readings["current"].reason == "wrong identity: map_id is 1, expected 21059"
        with pytest.raises(NotWritable, match="wrong identity"):
            await device.write("control", 1.0)
        bank.words[7] = MAP_ID
        await until(device, Phase.READY)
        assert bank.writes == []


async def test_an_identity_that_changes_under_way_stops_writes_at_once() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        bank.words[7] = 99
        readings = await scan(device)
        assert readings["current"].quality is Quality.BAD
        assert "map_id is 99" in readings["current"].reason
        with pytest.raises(NotWritable):
            await device.write("control", 1.0)


async def test_a_renewed_link_is_qualified_again_and_carries_no_old_write() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        await device.write("control", 1.0)
        acknowledged = device.acknowledged("control")
        assert acknowledged is not None
        assert acknowledged.value == 1.0
        field.unplug()
        await until(device, Phase.OFFLINE)
        assert (await scan(device))["current"].quality is Quality.BAD
        with pytest.raises(NotWritable):
            await device.write("control", 3.0)
        bank.words[0] = 0b0001
        field.plug_in()
        await until(device, Phase.READY)
        assert bank.writes == [(6, 102, (1,))]
        assert device.acknowledged("control") is None
        assert (await scan(device))["status.remote"].value == 0.0


async def test_three_unanswered_requests_are_lost_contact_and_it_comes_back() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        bank.silent = True
        async with asyncio.timeout(3.0):
            while device.status.phase is Phase.READY:
                readings = await scan(device)
                await asyncio.sleep(0.01)
        assert readings["current"].quality is Quality.BAD
        assert "without a reply" in device.status.reason or "no reply" in device.status.reason
        bank.silent = False
        await until(device, Phase.READY)
        assert (await scan(device))["current"].quality is Quality.GOOD


async def test_a_dead_unit_is_asked_seldom_and_its_neighbour_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    dead, alive = rectifier_bank(), rectifier_bank()
    dead.silent = True
    async with field_of(unit1=dead, unit2=alive) as field:
        one, two = field.device(rectifier_profile(), 1, needed=False), field.device(rectifier_profile(), 2)
        one.start()
        two.start()
        field.pool.start()
        await until(two, Phase.READY)
        await until(one, Phase.OFFLINE)
        asked = len(dead.frames)
        good = 0
        for _ in range(10):
            one.begin_read(asyncio.get_running_loop().time() + 0.1)
            readings = await scan(two)
            await one.finish_read()
            good += readings["current"].quality is Quality.GOOD
            await asyncio.sleep(0.02)
        assert good == 10
        assert len(dead.frames) - asked <= 2


async def test_a_unit_that_dies_on_a_bus_that_lives_is_lost_after_three_requests() -> None:
    dying, alive = rectifier_bank(), rectifier_bank()
    async with field_of(unit1=dying, unit2=alive) as field:
        one, two = field.device(rectifier_profile(), 1, needed=False), field.device(rectifier_profile(), 2)
        one.start()
        two.start()
        field.pool.start()
        await until(one, Phase.READY)
        await until(two, Phase.READY)
        dying.silent = True
        asked = len(dying.frames)
        for _ in range(30):
            one.begin_read(asyncio.get_running_loop().time() + 0.2)
            assert (await scan(two, within_s=0.2))["current"].quality is Quality.GOOD
            readings = await one.finish_read()
            if one.status.phase is not Phase.READY:
                break
        assert one.status.phase is Phase.OFFLINE
        assert one.status.reason.startswith("no reply")
        assert readings["current"].reason == one.status.reason
        assert len(dying.frames) - asked <= 4  # the fourth was on its way when the third was given up


async def test_what_turns_real_or_simulated_under_way_is_identified_anew() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        bank.words[8] = 1
        readings = await scan(device)
        assert "between real and simulated" in readings["current"].reason
        await until(device, Phase.READY)
        assert not device.status.simulated


async def test_a_slow_block_that_was_busy_is_asked_again_by_the_next_scan() -> None:
    bank = rectifier_bank()
    profile = rectifier_profile()
    blocks = {name: replace(block, every_s=0.3) for name, block in profile.blocks.items()}
    async with field_of(unit1=bank) as field:
        device = await started(field, replace(profile, blocks=blocks))
        await scan(device)
        await asyncio.sleep(0.3)
        bank.exception[3] = 6
        await scan(device)
        del bank.exception[3]
        asked = len(bank.frames)
        await scan(device)
        assert {at for _, _, at, _ in bank.frames[asked:]} == {0, 20}


async def test_a_late_reply_comes_with_the_next_scan_and_the_scan_does_not_wait() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        bank.silent = True
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        await scan(device, within_s=0.01)
        assert loop.time() - begun_s < 0.045  # the profile's timeout is 0.05 s


async def test_between_polls_a_slow_block_is_handed_on_and_a_fast_one_goes_stale() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        first = dict(await scan(device))
        bank.exception[3] = 6
        await asyncio.sleep(0.55)
        readings = await scan(device)
        assert readings["oil_temperature"] == first["oil_temperature"]
        assert readings["current"].quality is Quality.BAD
        assert readings["current"].reason.startswith("stale")
        assert readings["current"].value is None


async def test_a_fatal_exception_is_a_changed_map() -> None:
    bank = rectifier_bank()
    async with field_of(unit1=bank) as field:
        device = await started(field, rectifier_profile())
        bank.exception[3] = 2
        await scan(device)
        await until(device, Phase.REFUSED)
        assert "block fast" in device.status.reason


class TestWriting:
    async def test_a_set_point_goes_out_in_one_frame(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            await scan(device)
            await device.write("current_sp", 1000.0)
            assert bank.writes == [(16, 100, (1000,))]

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 30001.0, True, 1e308])
    async def test_what_is_no_number_in_range_is_never_sent(self, value: float) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            with pytest.raises(NotWritable):
                await device.write("current_sp", value)
            assert bank.writes == []

    async def test_a_missing_precondition_is_named(self) -> None:
        bank = rectifier_bank()
        bank.words[0] = 0b0001
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            assert device.holds(REMOTE) is False
            assert device.holds(NOT_TRIPPED) is True
            with pytest.raises(NotWritable, match=r"needs status\.remote"):
                await device.write("current_sp", 100.0)
            assert bank.writes == []

    async def test_a_step_up_is_judged_from_the_read_back(self) -> None:
        bank = rectifier_bank()
        bank.words[6] = 5000
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            with pytest.raises(NotWritable, match="step up of 1502"):
                await device.write("current_sp", 6502.0)
            await device.write("current_sp", 6500.0)
            await device.write("current_sp", 0.0)
            assert [values for _, _, values in bank.writes] == [(6500,), (0,)]

    async def test_a_minimum_interval_binds_all_but_lowering(self) -> None:
        profile = with_command(rectifier_profile(), "current_sp", min_interval_s=30.0)
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, profile)
            await device.write("current_sp", 1000.0)
            with pytest.raises(NotWritable, match="one every 30 s"):
                await device.write("current_sp", 1100.0)
            await device.write("current_sp", 900.0)
            assert [values for _, _, values in bank.writes] == [(1000,), (900,)]

    async def test_a_smaller_dose_is_no_lowering(self) -> None:
        profile = with_command(feeder_profile(), "dose", min_interval_s=30.0)
        bank = Bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, profile)
            await device.write("dose", 0.5, extra={"dose_id": 1.0})
            with pytest.raises(NotWritable, match="one every 30 s"):
                await device.write("dose", 0.1, extra={"dose_id": 2.0})

    async def test_a_memory_cell_that_holds_the_value_is_not_worn(self) -> None:
        profile = with_command(rectifier_profile(), "control", storage="eeprom")
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, profile)
            for value in (1.0, 1.0, 3.0, 3.0):
                await device.write("control", value)
            assert [values for _, _, values in bank.writes] == [(1,), (3,)]

    async def test_just_after_a_write_the_lagging_read_back_is_no_base(self) -> None:
        bank = rectifier_bank()
        bank.on_write = lambda address, value: None
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            await device.write("current_sp", 1400.0)
            await device.write("current_sp", 2800.0)
            await asyncio.sleep(0.25)
            with pytest.raises(NotWritable, match="step up"):
                await device.write("current_sp", 2900.0)

    async def test_an_unanswered_write_is_sent_once_and_told_as_unknown(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            bank.deaf_to_writes = True
            with pytest.raises(NoReply, match=r"current_sp: .*outcome unknown"):
                await device.write("current_sp", 1000.0)
            await asyncio.sleep(0.1)
            assert bank.writes == [(16, 100, (1000,))]
            assert device.acknowledged("current_sp") is None

    async def test_the_devices_no_is_handed_on_with_its_code(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            bank.exception[6] = 4
            with pytest.raises(DeviceRefused, match="control") as caught:
                await device.write("control", 1.0)
            assert caught.value.code == 4

    async def test_a_dose_and_its_number_share_a_frame(self) -> None:
        bank = Bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, feeder_profile())
            await device.write("dose", 0.25, extra={"dose_id": 7.0})
            assert bank.writes == [(16, 50, (7, 250))]
            with pytest.raises(NotWritable, match="dose goes out with dose_id"):
                await device.write("dose", 0.25)

    async def test_a_coil(self) -> None:
        bank = Bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, contacts_profile())
            await device.write("permit", 1.0)
            assert bank.coils == {0: 1}
            assert (await scan(device))["permit"].quality is Quality.GOOD


class TestHeartbeat:
    async def test_counts_on_from_the_echo(self) -> None:
        bank = rectifier_bank()
        bank.words[5] = 65535
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            for _ in range(3):
                await device.beat()
            assert [values for _, _, values in bank.writes] == [(0,), (1,), (2,)]

    async def test_after_a_lost_link_it_follows_the_echo_again(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            await device.beat()
            field.unplug()
            await until(device, Phase.OFFLINE)
            bank.words[5] = 500  # another controller had it meanwhile
            field.plug_in()
            await until(device, Phase.READY)
            await device.beat()
            assert bank.writes[-1] == (6, 101, (501,))

    async def test_a_device_without_watchdog_is_left_alone(self) -> None:
        bank = Bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, contacts_profile())
            await device.beat()
            assert bank.writes == []
            assert not device.beats

    async def test_silence_stops_heartbeat_and_writes_and_lets_reads_go_on(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            device.silence()
            with pytest.raises(NotWritable, match="silenced"):
                await device.beat()
            with pytest.raises(NotWritable, match="silenced"):
                await device.write("control", 1.0)
            assert (await scan(device))["current"].quality is Quality.GOOD
            assert bank.writes == []


class TestFedByAnyFrame:
    async def test_after_a_start_no_frame_until_its_watchdog_has_had_its_time(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            begun_s = asyncio.get_running_loop().time()
            device = await started(field, any_traffic_profile(0.1, 0.1))
            assert bank.frames[0][0] - begun_s >= 0.2
            assert not device.beats

    async def test_silence_closes_the_link_and_keeps_it_closed(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, any_traffic_profile(0.1, 0.1))
            frames = len(bank.frames)
            silenced_s = asyncio.get_running_loop().time()
            device.silence()
            assert device.status.phase is Phase.SILENT
            readings = await scan(device)
            assert readings["current"].quality is Quality.BAD
            assert "silent" in readings["current"].reason
            await until(device, Phase.READY)
            assert bank.frames[frames][0] - silenced_s >= 0.2
            assert bank.connections == 2

    async def test_once_the_silence_is_over_a_link_that_is_down_is_told_as_such(self) -> None:
        async with field_of(unit1=rectifier_bank()) as field:
            device = await started(field, any_traffic_profile(0.05, 0.05))
            device.silence()
            field.unplug()
            await eventually(lambda: device.status.reason.startswith("link down: "))
            assert device.status.phase is Phase.OFFLINE

    async def test_lost_contact_is_silence_too(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, any_traffic_profile(0.3, 0.3))
            bank.silent = True
            async with asyncio.timeout(3.0):
                while device.status.phase is Phase.READY:
                    await scan(device)
                    await asyncio.sleep(0.01)
            bank.silent = False
            last_s = bank.frames[-1][0]
            frames = len(bank.frames)
            await until(device, Phase.READY)
            assert bank.frames[frames][0] - last_s >= 0.6

    async def test_a_lost_link_is_silence_too(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, any_traffic_profile(0.3, 0.3))
            frames = len(bank.frames)
            field.unplug()
            lost_s = asyncio.get_running_loop().time()
            field.plug_in()
            await until(device, Phase.OFFLINE)
            await until(device, Phase.READY)
            assert bank.frames[frames][0] - lost_s >= 0.6


class TestSequences:
    async def test_start_runs_its_steps_in_order(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            await device.run_sequence("start")
            assert bank.writes == [(16, 100, (0,)), (6, 102, (3,))]
            assert device.holds(Requirement("status", "running", False)) is True

    async def test_a_wait_that_ends_in_nothing_names_its_step(self) -> None:
        bank = rectifier_bank()
        bank.on_write = lambda address, value: None
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            with pytest.raises(Exception, match=r"start: step 3 of 3 .*status\.running.* within 0\.2 s"):
                await device.run_sequence("start")

    async def test_a_wait_looks_anew_instead_of_trusting_the_last_scan(self) -> None:
        bank = rectifier_bank()
        bank.words[0] = 0b0111
        bank.on_write = lambda address, value: bank.words.update({0: 0b0101}) if address == 102 else None
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            assert (await scan(device))["status.running"].value == 1.0
            with pytest.raises(Exception, match="step 3 of 3"):
                await device.run_sequence("start")

    async def test_a_value_that_is_not_followed_ends_the_sequence(self) -> None:
        bank = rectifier_bank()
        bank.words[6] = 700
        bank.on_write = lambda address, value: None
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            with pytest.raises(Exception, match=r"step 1 of 3 .*setpoint_readback did not follow to 0 within 0\.2 s"):
                await device.run_sequence("start")
            assert [at for _, at, _ in bank.writes] == [100]

    async def test_an_unmet_precondition_writes_nothing(self) -> None:
        bank = rectifier_bank()
        bank.words[0] = 0b010101
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            with pytest.raises(NotWritable, match=r"start needs !status\.trip"):
                await device.run_sequence("start")
            assert bank.writes == []

    async def test_a_sequence_ends_with_the_link(self) -> None:
        bank = rectifier_bank()
        async with field_of(unit1=bank) as field:
            device = await started(field, rectifier_profile())
            bank.on_write = lambda address, value: field.unplug() if address == 100 else None
            with pytest.raises(Exception, match="step 1 of 3"):
                await device.run_sequence("start")
            assert [at for _, at, _ in bank.writes] == [100]

    async def test_there_is_no_such_sequence(self) -> None:
        async with field_of(unit1=rectifier_bank()) as field:
            device = await started(field, rectifier_profile())
            with pytest.raises(NotWritable, match="no sequence dance"):
                await device.run_sequence("dance")
