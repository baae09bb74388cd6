"""The composition root: settings → objects → one TaskGroup."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sqlite3
import uuid
from collections.abc import Sequence

from controller.cell_record import CellRecord
from controller.clock import Clock
from controller.command_socket import CommandSocket
from controller.journal.lock import JournalBusy
from controller.journal.record import JournalTooNew
from controller.journal.row import JournalEvent
from controller.journal.trends import TrendsTooNew
from controller.journal.writer import Journal
from controller.plant import Plant
from controller.process_io.field_io import FieldIO
from controller.restored_books import newest_checkpoints
from controller.scan_cycle import ScanCycle
from controller.section import Section, section_publisher
from controller.system_notify import SystemNotify
from controller.telemetry.mqtt_link import MqttLink
from controller.telemetry.section_publisher import SectionPublisher
from drivers.link.pool import LinkPool
from drivers.link.real import RealSeam

FIRST_SCAN_AFTER_S = 0.2
TICK_S = 1.0
LAST_SCAN_WITHIN_S = 3.0
"""How long the scans under way may take to come to their end once the daemon is to stop."""
_log = logging.getLogger(__name__)


class CannotStart(Exception):
    """Something this daemon must have to itself is not to be had; the text says what and what to do."""


class ScanStopped(Exception):
    """A scan cycle ended by an error of ours. The process ends too: the service manager starts it anew, disarmed, and
    every rectifier that has a watchdog has gone to its hold current by it meanwhile."""


async def run_section(plant: Plant, *, shadow: bool) -> None:
    """Serve a section until SIGTERM or SIGINT. Raises CannotStart before anything has been written, ScanStopped when a
    scan failed for a reason that is no device's."""
    boot = uuid.uuid4().hex[:12]
    clock = Clock()
    notify = SystemNotify()
    records = [CellRecord(cell) for cell in plant.cells]
    journal = _open_journal(plant, records, boot)
    publisher = section_publisher(plant, boot=boot, kind="shadow" if shadow else "live")
    messages = _mqtt(plant, publisher)
    pool = LinkPool(RealSeam())
    try:
        for record in records:
            record.attach(journal, messages, publisher.topics, boot)
        cycles = _cycles(plant, records, pool, clock, shadow=shadow)
        section = Section(
            plant, cycles, clock=clock, journal=journal, messages=messages, publisher=publisher, pool=pool
        )
        door = CommandSocket(plant.command_socket, section.handle, section.status)
        try:
            await door.start()
        except OSError as error:
            raise CannotStart(f"command socket {plant.command_socket}: {error.strerror or error}") from None
        try:
            journal.start()
            for note in journal.notes:
                _log.warning("journal: %s", note)
            _record_start(plant, journal, clock, shadow=shadow)
            if messages is not None:
                messages.start()
            pool.start()
            await _serve(section, cycles, notify)
        finally:
            notify.stopping()
            await door.close()
    finally:
        if messages is not None:
            await messages.close()
        await pool.close()
        await journal.close()
        notify.close()


async def _serve(section: Section, cycles: Sequence[ScanCycle], notify: SystemNotify) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # What lives from here to the end is not worth looking through at every full collection.
    gc.collect()
    gc.freeze()
    start_s = loop.time() + FIRST_SCAN_AFTER_S
    notify.ready(f"{len(cycles)} cells, disarmed")
    plant = section.plant
    _log.info(
        "serving %s of %s/%s, disarmed; commands at %s, journal at %s",
        ", ".join(section.cycles),
        plant.site,
        plant.area,
        plant.command_socket,
        plant.journal_directory,
    )
    try:
        async with asyncio.TaskGroup() as group:
            scans = [
                group.create_task(
                    cycle.run(start_s=start_s + cycle.plan.control.scan_period_s * place / len(cycles)),
                    name=f"scan of {cycle.plan.name}",
                )
                for place, cycle in enumerate(cycles)
            ]
            ticking = group.create_task(_tick(section, cycles, notify), name="section tick")
            await stop.wait()
            notify.stopping()
            ticking.cancel()
            for cycle in cycles:
                cycle.stop()
            _, late = await asyncio.wait(scans, timeout=LAST_SCAN_WITHIN_S)
            for task in late:
                task.cancel()
    except* Exception as failures:
        first = failures.exceptions[0]
        raise ScanStopped(f"{type(first).__name__}: {first}") from first
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _tick(section: Section, cycles: Sequence[ScanCycle], notify: SystemNotify) -> None:
    """The service manager is told we live only while every cell completes its scans."""
    seen = [0] * len(cycles)
    while True:
        section.tick()
        scans = [cycle.snapshot.scan if cycle.snapshot else 0 for cycle in cycles]
        if all(now > before for now, before in zip(scans, seen, strict=True)):
            notify.alive()
            seen = scans
        await asyncio.sleep(TICK_S)


def _open_journal(plant: Plant, records: Sequence[CellRecord], boot: str) -> Journal:
    columns = {record.plan.name: [tag.name for tag in record.tags] for record in records}
    try:
        return Journal.open(plant.journal_directory, columns, boot=boot)
    except (JournalBusy, JournalTooNew, TrendsTooNew, sqlite3.Error, ValueError) as error:
        raise CannotStart(f"journal {plant.journal_directory}: {error}") from None
    except OSError as error:
        raise CannotStart(f"journal {plant.journal_directory}: {error.strerror or error}") from None


def _mqtt(plant: Plant, publisher: SectionPublisher) -> MqttLink | None:
    if plant.mqtt is None:
        return None
    return MqttLink(
        plant.mqtt,
        identifier=f"didymium-{plant.site}-{plant.area}",
        online=publisher.online,
        offline=publisher.offline,
        will=publisher.will,
        swept=publisher.topics.notices,
    )


def _cycles(
    plant: Plant, records: Sequence[CellRecord], pool: LinkPool, clock: Clock, *, shadow: bool
) -> list[ScanCycle]:
    books = newest_checkpoints(plant.journal_directory, frozenset(cell.name for cell in plant.cells))
    cycles = []
    for record in records:
        cell = record.plan
        port = FieldIO(cell, pool, scan_period_s=plant.scan_period_s, writes_allowed=not shadow)
        cycles.append(ScanCycle(cell, port, record, clock, restored=books.get(cell.name)))
    return cycles


def _record_start(plant: Plant, journal: Journal, clock: Clock, *, shadow: bool) -> None:
    payload = {
        "site": plant.site,
        "area": plant.area,
        "cells": [cell.name for cell in plant.cells],
        "settings_hash": plant.settings_hash,
        "shadow": shadow,
        "message": "started in STANDBY, disarmed",
    }
    journal.record(JournalEvent("started", "", clock.time_s(), clock.utc_ms(), payload))
