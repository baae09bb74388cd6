from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from controller.process_image.commands import NO_COMMANDS, Commands
from controller.process_image.measurements import DeviceCondition, missing
from controller.process_image.requests import Verb
from drivers.reading import Quality
from sim.virtual_time import VirtualTimeLoop, run_virtual
from tests.support.one_cell import OneCell
from tests.support.process_images import FEEDER_READY

HEARTBEAT = Commands(heartbeat=True)


def in_control(test: Callable[[OneCell], Awaitable[None]]) -> None:
    """Runs ``test`` with a cell in AUTOMATIC."""

    async def main() -> None:
        async with OneCell() as cell:
            await cell.automatic()
            cell.port.written.clear()
            await test(cell)

    run_virtual(main())


def jump(seconds: float) -> None:
    """The process is stopped: time passes and nothing runs."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop._jumping.now_s += seconds


def test_nothing_is_written_before_arming() -> None:
    async def main() -> None:
        async with OneCell() as cell:
            await asyncio.sleep(5.0)
            assert cell.port.started
            assert cell.cycle.snapshot is not None
            assert cell.cycle.snapshot.scan == 5
            assert set(cell.port.written) == {NO_COMMANDS}

    run_virtual(main())


def test_the_heartbeat_is_the_last_write_of_each_scan() -> None:
    async def test(cell: OneCell) -> None:
        await asyncio.sleep(5.0)
        writes = cell.port.written
        assert writes[1::2] == [HEARTBEAT] * 5
        assert not any(write.heartbeat for write in writes[0::2])

    in_control(test)


def test_the_heartbeat_comes_after_the_record() -> None:
    seen: list[int] = []

    async def test(cell: OneCell) -> None:
        write = cell.port.write

        async def watched(commands: Commands) -> tuple[str, ...]:
            if commands.heartbeat:
                assert cell.cycle.snapshot is not None
                seen.append(cell.storage.scans[-1].scan)
                assert seen[-1] == cell.cycle.snapshot.scan
            return await write(commands)

        cell.port.write = watched  # type: ignore[method-assign]
        await asyncio.sleep(3.0)

    in_control(test)
    assert len(seen) == 3


def test_a_failed_write_costs_the_heartbeat_and_is_told_once() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.fail = ("feeder: dose_kg: no reply",)
        await asyncio.sleep(3.0)
        assert HEARTBEAT not in cell.port.written
        assert cell.events("write_failed") == ["feeder: dose_kg: no reply"]
        cell.port.fail = ()
        await asyncio.sleep(2.0)
        assert cell.port.written[-1] == HEARTBEAT

    in_control(test)


def test_a_failed_heartbeat_is_told_too_and_owes_no_echo() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.fail_beats = ("rectifier: heartbeat: no reply",)
        await asyncio.sleep(8.0)
        assert cell.events("write_failed") == ["rectifier: heartbeat: no reply"]
        assert cell.armed, "an echo is owed for a heartbeat that arrived, and none did"

    in_control(test)


@pytest.mark.parametrize(
    "lost", ["line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_tripped"]
)
def test_a_bad_critical_value_costs_the_heartbeat_at_once(lost: str) -> None:
    async def test(cell: OneCell) -> None:
        cell.port.changes = {lost: missing("no reply", 0.0)}
        await asyncio.sleep(2.0)
        assert HEARTBEAT not in cell.port.written
        assert max(cell.port.setpoints_a, default=0.0) <= 25000.0

    in_control(test)


def test_an_exception_ends_the_cycle_and_nothing_more_is_written() -> None:
    async def main() -> None:
        async with OneCell() as cell:
            await cell.automatic()

            async def broken(time_s: float) -> None:
                raise ZeroDivisionError

            cell.port.read = broken  # type: ignore[method-assign,assignment]
            cell.port.written.clear()
            await asyncio.sleep(3.0)
            assert cell.task is not None
            assert isinstance(cell.task.exception(), ZeroDivisionError)
            assert cell.port.written == []
            assert cell.port.closed

    run_virtual(main())


def test_an_overrun_costs_the_heartbeat() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.write_lasts_s = 1.2
        await asyncio.sleep(3.0)
        assert HEARTBEAT not in cell.port.written
        assert cell.cycle.missed == 0

    in_control(test)


def test_a_scan_that_was_late_before_it_wrote_only_lowers() -> None:
    async def test(cell: OneCell) -> None:
        await cell.ask(Verb.CURRENT, 26000.0)
        await asyncio.sleep(3.0)
        assert cell.port.setpoints_a[-1] > 25000.0, "it rises as long as scans keep time"
        cell.port.written.clear()
        cell.port.read_lasts_s = 1.2
        await asyncio.sleep(4.0)
        assert cell.port.setpoints_a == []
        await cell.ask(Verb.CURRENT, 20000.0)
        assert min(cell.port.setpoints_a) == 20000.0

    in_control(test)


def test_late_scans_are_no_foreign_writer() -> None:
    async def test(cell: OneCell) -> None:
        await cell.ask(Verb.CURRENT, 26000.0)
        cell.port.read_lasts_s = 1.2
        await asyncio.sleep(6.0)
        cell.port.read_lasts_s = 0.0
        await asyncio.sleep(3.0)
        assert cell.events("held") == []
        assert cell.mode == "AUTOMATIC"

    in_control(test)


def test_a_stopped_process_holds_and_a_person_releases() -> None:
    async def test(cell: OneCell) -> None:
        jump(20.0)
        await asyncio.sleep(2.0)
        assert cell.mode == "HOLD"
        assert "no scan for 2" in cell.events("held")[0]
        assert cell.cycle.missed >= 19
        assert max(cell.port.setpoints_a) <= 18000.0
        assert (await cell.ask(Verb.MODE, text="AUTOMATIC")).accepted
        await asyncio.sleep(2.0)
        assert cell.mode == "AUTOMATIC"

    in_control(test)


def test_a_suspended_host_holds_though_the_loops_clock_stood_still() -> None:
    async def test(cell: OneCell) -> None:
        cell.suspended_s = 3600.0
        await asyncio.sleep(1.0)
        assert cell.mode == "HOLD"
        assert "no scan for 3601 s" in cell.events("held")[0]
        assert max(cell.port.setpoints_a) <= 18000.0
        await asyncio.sleep(2.0)
        assert len(cell.events("held")) == 1

    in_control(test)


def test_a_short_pause_is_counted_and_changes_nothing() -> None:
    async def test(cell: OneCell) -> None:
        jump(2.0)
        await asyncio.sleep(2.0)
        assert cell.mode == "AUTOMATIC"
        assert cell.cycle.missed in (1, 2)
        assert cell.events("scan_missed")

    in_control(test)


def test_a_host_suspended_within_a_scan_writes_nothing_that_raises() -> None:
    async def test(cell: OneCell) -> None:
        await cell.ask(Verb.CURRENT, 26000.0)
        cell.port.read_lasts_s = 0.3
        await asyncio.sleep(1.0)
        before = len(cell.port.written)
        asyncio.get_running_loop().call_later(0.15, setattr, cell, "suspended_s", 2.0)  # while the next read waits
        await asyncio.sleep(1.0)
        assert HEARTBEAT not in cell.port.written[before:]
        assert all(write.current_setpoint_a is None for write in cell.port.written[before:])

    in_control(test)


def test_a_command_older_than_five_seconds_never_acts() -> None:
    async def test(cell: OneCell) -> None:
        verdict = asyncio.ensure_future(cell.ask(Verb.STOP))
        await asyncio.sleep(0)
        jump(20.0)
        assert (await verdict).code in ("stale", "not_taken")
        await asyncio.sleep(3.0)
        assert cell.mode == "HOLD", "held by the pause, not stopped by the old command"

    in_control(test)


def test_a_command_from_before_a_suspend_never_acts() -> None:
    async def test(cell: OneCell) -> None:
        verdict = asyncio.ensure_future(cell.ask(Verb.STOP))
        await asyncio.sleep(0)
        cell.suspended_s = 60.0
        assert (await verdict).code == "stale"
        assert 0.0 not in cell.port.setpoints_a

    in_control(test)


def test_what_the_guard_refuses_changes_nothing_that_is_shown() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.changes = {"bath_temperature_degc": (missing("open_circuit", 0.0),) * 3}
        await asyncio.sleep(305.0)
        assert cell.mode == "HOLD"
        before = len(cell.events("mode"))
        verdict = await cell.ask(Verb.MODE, text="AUTOMATIC")
        assert verdict.code == "hold_cause_present"
        assert cell.mode == "HOLD"
        await asyncio.sleep(2.0)
        assert len(cell.events("mode")) == before

    in_control(test)


def test_a_hold_or_stop_that_cannot_be_sent_is_refused_for_good() -> None:
    async def test(cell: OneCell) -> None:
        gone = DeviceCondition("rectifier", "rectifier", True, False, True, "no reply")
        cell.port.changes = {"devices": (gone, FEEDER_READY)}
        for verb in (Verb.HOLD, Verb.STOP):
            assert (await cell.ask(verb)).code == "not_reached"
        cell.port.changes = {}
        await asyncio.sleep(1.5)
        assert cell.port.setpoint_a == 25000.0, "whoever was told no has gone to the panel"
        assert cell.mode == "AUTOMATIC"

    in_control(test)


def test_lost_authority_falls_silent_once() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.changes = {"rectifier_remote": 0.0}
        await asyncio.sleep(6.0)
        assert not cell.armed
        assert cell.port.silenced == 1
        cell.port.changes = {}
        await asyncio.sleep(2.0)
        await cell.ask(Verb.ARM)
        await cell.ask(Verb.MODE, text="MANUAL")
        await asyncio.sleep(2.0)
        assert cell.port.silenced == 1
        await cell.ask(Verb.DISARM)
        await asyncio.sleep(2.0)
        assert cell.port.silenced == 2

    in_control(test)


def test_no_complete_scan_for_three_seconds_falls_silent() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.fail = ("contacts: permit_contact: no reply",)
        await asyncio.sleep(2.5)
        assert cell.port.silenced == 0
        await asyncio.sleep(3.0)
        assert cell.port.silenced == 1

    in_control(test)


def test_a_cell_that_was_never_armed_silences_nobody() -> None:
    async def main() -> None:
        async with OneCell() as cell:
            cell.port.changes = {"rectifier_remote": 0.0}
            await asyncio.sleep(10.0)
            assert cell.port.silenced == 0

    run_virtual(main())


def test_stop_lets_the_scan_under_way_come_to_its_end() -> None:
    async def test(cell: OneCell) -> None:
        assert cell.task is not None
        verdict = asyncio.ensure_future(cell.ask(Verb.CURRENT, 20000.0))
        cell.port.write_lasts_s = 0.3
        await asyncio.sleep(0.55)
        assert not verdict.done(), "the scan is writing"
        cell.cycle.stop()
        await asyncio.wait([cell.task])
        assert not cell.task.cancelled()
        assert (await verdict).accepted
        assert 20000.0 in cell.port.setpoints_a
        assert [event.payload["verb"] for event in cell.storage.events if event.kind == "command"][-1] == "current"
        assert cell.storage.events[-1].kind == "checkpoint"

    in_control(test)


def test_stop_between_scans_ends_at_once() -> None:
    async def test(cell: OneCell) -> None:
        assert cell.task is not None
        now = asyncio.get_running_loop().time()
        cell.cycle.stop()
        await asyncio.wait([cell.task])
        assert asyncio.get_running_loop().time() == now
        assert cell.port.closed

    in_control(test)


def test_a_cancelled_scan_leaves_no_half_of_itself() -> None:
    async def test(cell: OneCell) -> None:
        assert cell.task is not None
        cell.port.write_lasts_s = 0.4
        await asyncio.sleep(0.7)
        rows, snapshot = len(cell.storage.scans), cell.cycle.snapshot
        cell.task.cancel()
        await asyncio.wait([cell.task])
        assert cell.task.cancelled()
        assert (len(cell.storage.scans), cell.cycle.snapshot) == (rows, snapshot)
        assert cell.storage.events[-1].kind == "checkpoint"

    in_control(test)


def test_a_full_disk_changes_nothing_but_an_alarm() -> None:
    async def test(cell: OneCell) -> None:
        cell.storage.events_fail = cell.storage.scans_fail = "No space left on device"
        await asyncio.sleep(3.0)
        assert cell.port.written.count(HEARTBEAT) == 3
        assert cell.cycle.snapshot is not None
        assert [(alarm.id, alarm.detail) for alarm in cell.cycle.snapshot.alarms] == [
            ("journal_failed", "No space left on device")
        ]
        assert cell.section.health()["journal"]["event_failure"] == "No space left on device"
        cell.storage.events_fail = cell.storage.scans_fail = ""
        await asyncio.sleep(8.0)
        assert cell.cycle.snapshot.alarms == ()
        assert any("stored" in message for message in cell.events("alarm_raised")), "kept, and written later"

    in_control(test)


def test_no_value_of_a_snapshot_is_a_number_without_quality() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.changes = {"line_current_a": missing("not_finite", 0.0), "cell_voltage_v": missing("x", 0.0)}
        await asyncio.sleep(2.0)
        tags = cell.section.status("ce1")
        assert tags is not None
        assert tags["tags"]["line_current_a"] == {"v": None, "q": "bad", "u": "A", "r": "not_finite"}
        assert Quality.BAD.name == "BAD"

    in_control(test)
