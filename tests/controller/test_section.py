from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from controller.journal.row import JournalEvent, RecordedEvent
from controller.journal.storage import MemoryStorage
from controller.operator_requests import MOST_WAITING
from controller.process_image.measurements import missing
from controller.process_image.requests import Request, Verb
from sim.virtual_time import run_virtual
from tests.support.one_cell import OneCell

FULL = "No space left on device"


def with_cell(test: Callable[[OneCell], Awaitable[None]], storage: MemoryStorage | None = None) -> None:
    async def main() -> None:
        async with OneCell(storage) as cell:
            await cell.automatic()
            await test(cell)

    run_virtual(main())


def test_an_unknown_cell_is_named() -> None:
    async def test(cell: OneCell) -> None:
        verdict = await cell.section.handle("ce9", cell.request(Verb.HOLD))
        assert verdict.code == "unknown_cell"
        assert "ce1" in verdict.message
        assert cell.section.status("ce9") is None

    with_cell(test)


def test_raising_is_on_the_record_before_a_scan_sees_it() -> None:
    async def test(cell: OneCell) -> None:
        await cell.ask(Verb.CURRENT, 26000.0)
        kinds = [event.kind for event in cell.storage.events]
        asked, done = kinds.index("command_asked"), kinds.index("command")
        assert asked < done
        asked_event = [event for event in cell.storage.events if event.kind == "command_asked"][-1]
        assert asked_event.payload["value"] == 26000.0
        assert asked_event.payload["actor"] == "ann"

    with_cell(test)


def test_on_a_full_disk_raising_is_refused_and_does_not_act() -> None:
    async def test(cell: OneCell) -> None:
        cell.storage.events_fail = FULL
        for verb, value, text in (
            (Verb.CURRENT, 27000.0, ""),
            (Verb.DOSE, 1.0, ""),
            (Verb.ARM, None, ""),
            (Verb.MODE, None, "MANUAL"),
        ):
            verdict = await cell.ask(verb, value, text)
            assert (verdict.accepted, verdict.code) == (False, "cannot_record")
            assert FULL in verdict.message
        await asyncio.sleep(10.0)
        assert max(cell.port.setpoints_a) <= 25000.0
        assert cell.mode == "AUTOMATIC"

    with_cell(test)


def test_on_a_full_disk_lowering_acts_at_once_and_the_answer_says_so() -> None:
    async def test(cell: OneCell) -> None:
        cell.storage.events_fail = FULL
        lower = await cell.ask(Verb.CURRENT, 20000.0)
        assert lower.accepted
        assert f"not recorded: {FULL}" in lower.message
        assert cell.port.setpoint_a == 20000.0
        assert (await cell.ask(Verb.HOLD)).accepted
        assert cell.mode == "HOLD"
        assert (await cell.ask(Verb.STOP)).accepted
        assert cell.port.setpoint_a == 0.0
        assert (await cell.ask(Verb.DISARM)).accepted
        assert not cell.armed
        cell.storage.events_fail = ""
        await asyncio.sleep(2.0)
        verbs = [event.payload["verb"] for event in cell.storage.events if event.kind == "command"]
        assert verbs[-4:] == ["current", "hold", "stop", "disarm"], "kept in memory until the disk takes them"

    with_cell(test)


def test_on_a_disk_that_hangs_raising_is_refused_and_never_acts_later(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(cell: OneCell) -> None:
        never: list[asyncio.Future[RecordedEvent]] = []

        def hangs(event: JournalEvent) -> asyncio.Future[RecordedEvent]:
            never.append(asyncio.get_running_loop().create_future())
            return never[-1]

        monkeypatch.setattr(cell.journal, "record", hangs)
        started_s = asyncio.get_running_loop().time()
        verdict = await cell.ask(Verb.CURRENT, 27000.0)
        assert verdict.code == "cannot_record"
        assert asyncio.get_running_loop().time() - started_s == 5.0
        never[0].set_result(RecordedEvent(1, "boot", 0.0, 0, "command_asked", "ce1", {}))
        await asyncio.sleep(10.0)
        assert max(cell.port.setpoints_a) <= 25000.0
        lowering = asyncio.ensure_future(cell.ask(Verb.HOLD))
        await asyncio.sleep(1.5)
        assert cell.mode == "HOLD"
        assert (await lowering).code == "not_recorded", "nobody is told OK before it is on stable storage"

    with_cell(test)


def test_a_command_no_scan_takes_is_withdrawn_and_on_the_record() -> None:
    async def test(cell: OneCell) -> None:
        assert cell.task is not None
        cell.port.read_lasts_s = 8.0
        await asyncio.sleep(1.0)
        cell.port.read_lasts_s = 0.0
        verdict = await cell.ask(Verb.STOP)
        assert verdict.code == "not_taken"
        await asyncio.sleep(10.0)
        assert 0.0 not in cell.port.setpoints_a
        assert "stop by ann" in cell.events("command_refused")[0]

    with_cell(test)


def test_the_same_command_twice_acts_once_and_gets_the_same_verdict() -> None:
    async def test(cell: OneCell) -> None:
        request = cell.request(Verb.DOSE, 1.0)
        first = await cell.section.handle("ce1", request)
        again = await cell.section.handle("ce1", Request(request.id, Verb.DOSE, "ann", 1.0))
        assert first.accepted
        assert again == first
        other = await cell.section.handle("ce1", Request(request.id, Verb.DOSE, "ann", 1.5))
        assert (other.accepted, other.code) == (False, "id_used")
        await asyncio.sleep(2.0)
        ordered = [write.dose for write in cell.port.written if write.dose is not None]
        assert len(ordered) == 1

    with_cell(test)


def test_a_flood_keeps_no_stop_out() -> None:
    async def test(cell: OneCell) -> None:
        flood = [asyncio.ensure_future(cell.ask(Verb.DOSE, 1.0)) for _ in range(MOST_WAITING + 10)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        stop = await cell.ask(Verb.STOP)
        assert stop.accepted
        codes = [(await verdict).code for verdict in flood]
        assert codes.count("busy") == 10
        assert cell.port.setpoint_a == 0.0

    with_cell(test)


def test_status_tells_reasons_and_never_a_number_that_is_none() -> None:
    async def test(cell: OneCell) -> None:
        cell.port.changes = {"cell_voltage_v": missing("no reply", 0.0)}
        await asyncio.sleep(1.0)
        status = cell.section.status("ce1")
        assert status is not None
        assert status["tags"]["cell_voltage_v"] == {"v": None, "q": "bad", "u": "V", "r": "no reply"}
        assert status["tags"]["mode"]["v"] == "AUTOMATIC"
        assert status["armed"] is True

    with_cell(test)


def test_health_tells_of_scans_and_journal() -> None:
    async def test(cell: OneCell) -> None:
        health = cell.section.health()
        assert health["missed"] == {"ce1": 0}
        assert health["scan_ms_p99"] == 0.0
        assert health["journal"]["event_failure"] == ""
        assert health["mqtt"]["published"] > 0

    with_cell(test)
