"""One device on its wire, whatever it speaks: read a block, send a command. The masters below check every reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from drivers.ascii.master import AsciiMaster
from drivers.errors import NotWritable
from drivers.link.link import Link, Priority
from drivers.modbus.master import ModbusMaster
from drivers.profiles.codec import encode_command
from drivers.profiles.schema import Block, Command, ResolvedProfile

Ask = Callable[[Priority, float | None], "asyncio.Future[Any]"]
"""One block's read, with all that never changes bound to it: priority and queue deadline remain.
Its result is what a block decoder takes: registers or bits, or the fields of an ASCII reply."""


class Wire(Protocol):
    def asker(self, block: Block) -> Ask: ...

    def send(
        self,
        command: Command,
        value: float,
        extra: Mapping[str, float],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> asyncio.Future[Any]:
        """Raises NotWritable before anything is sent; all else arrives in the future."""
        ...


def wire_to(profile: ResolvedProfile, unit: int, link: Link) -> Wire:
    return ModbusWire(profile, unit, link) if profile.protocol == "modbus" else AsciiWire(profile, unit, link)


class ModbusWire:
    def __init__(self, profile: ResolvedProfile, unit: int, link: Link) -> None:
        self._master = ModbusMaster(link)
        self._profile = profile
        self._unit = unit

    def asker(self, block: Block) -> Ask:
        assert block.space is not None, block.name
        read, unit, space = self._master.read, self._unit, block.space
        start, count, timeout_s = block.start, block.count, self._profile.bus.timeout_s

        def ask(priority: Priority, deadline_s: float | None) -> asyncio.Future[Any]:
            return read(unit, space, start, count, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)

        return ask

    def send(
        self,
        command: Command,
        value: float,
        extra: Mapping[str, float],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> asyncio.Future[Any]:
        address, words = self._words(command, value, extra)
        unit = self._unit
        if command.space == "coil" and command.fc == 5 and len(words) == 1:
            return self._master.write_coil(
                unit, address, bool(words[0]), priority=priority, timeout_s=timeout_s, deadline_s=deadline_s
            )
        if command.space == "holding" and command.fc == 6 and len(words) == 1:
            return self._master.write_register(
                unit, address, words[0], priority=priority, timeout_s=timeout_s, deadline_s=deadline_s
            )
        if command.space == "holding" and command.fc == 16:
            return self._master.write_registers(
                unit, address, words, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s
            )
        raise NotWritable(f"{command.name}: function {command.fc} cannot write {len(words)} of {command.space}")

    def _words(self, command: Command, value: float, extra: Mapping[str, float]) -> tuple[int, tuple[int, ...]]:
        """One frame for a value and its companions, or none: a dose without its number would be another dose."""
        if set(extra) != set(command.extra):
            raise NotWritable(f"{command.name} goes out with {', '.join(command.extra) or 'nothing else'}")
        parts = [(command.at, _registers(command, value))]
        parts += [
            (self._profile.commands[name].at, _registers(self._profile.commands[name], number))
            for name, number in extra.items()
        ]
        parts.sort()
        first, words = parts[0]
        for at, more in parts[1:]:
            if at != first + len(words):
                raise NotWritable(f"{command.name} and its companions are not in consecutive registers")
            words += more
        return first, words


def _registers(command: Command, value: float) -> tuple[int, ...]:
    encoded = encode_command(command, value)
    if isinstance(encoded, str):
        raise NotWritable(f"{command.name}: text cannot go into registers")
    return encoded


class AsciiWire:
    def __init__(self, profile: ResolvedProfile, unit: int, link: Link) -> None:
        dialect = profile.protocol
        assert dialect != "modbus"
        self._master = AsciiMaster(link, checksum=profile.checksum, dialect=dialect)
        self._profile = profile
        self._unit = unit

    def asker(self, block: Block) -> Ask:
        assert block.query is not None, block.name
        assert block.codec is not None, block.name
        query, unit, codec, fields = self._master.query, self._unit, block.codec, block.fields
        text, timeout_s = block.query.format(addr=unit), self._profile.bus.timeout_s

        def ask(priority: Priority, deadline_s: float | None) -> asyncio.Future[Any]:
            return query(
                unit, text, codec=codec, fields=fields, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s
            )

        return ask

    def send(
        self,
        command: Command,
        value: float,
        extra: Mapping[str, float],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None,
    ) -> asyncio.Future[Any]:
        if extra or command.extra:
            raise NotWritable(f"{command.name}: a line carries one value")
        if command.tx is None or command.ok is None:
            raise NotWritable(f"{command.name} has no text to send")
        encoded = encode_command(command, value)
        return self._master.order(
            self._unit,
            command.tx.format(addr=self._unit, value=encoded),
            ok=command.ok.format(addr=self._unit),
            priority=priority,
            timeout_s=timeout_s,
            deadline_s=deadline_s,
        )
