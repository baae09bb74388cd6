"""Linear sequences of a profile: write, wait until, delay. No branches, no loops; the first step that fails ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from drivers.devices.conditions import key_of, meets
from drivers.devices.polling import Polling
from drivers.devices.writing import Writing
from drivers.errors import DriverError, NotWritable
from drivers.link.link import Priority
from drivers.profiles.schema import Command, Requirement, ResolvedProfile, Sequence, Step

_LOOK_EVERY_S = 0.1
"""Between two looks at what is waited for; a block read faster than this is looked at no more often."""
_PATIENCE_S = 2.0
"""How long a step's request may queue: one that is later than that belongs to another situation."""

Guarded = Callable[[], None]


class SequenceFailed(DriverError):
    """A sequence ended at a step; the text says which and why. The steps before it have been carried out."""


class Sequences:
    """``check_ready`` raises DriverError when the device may not be spoken to: asked before every step, since a link
    may come back, or another device with it, between two steps."""

    def __init__(self, profile: ResolvedProfile, polling: Polling, writing: Writing, check_ready: Guarded) -> None:
        self._profile = profile
        self._polling = polling
        self._writing = writing
        self._check_ready = check_ready

    async def run(self, name: str) -> None:
        """Raises SequenceFailed, or NotWritable when nothing was done."""
        sequence = self._profile.sequences.get(name)
        if sequence is None:
            raise NotWritable(f"{self._profile.id} has no sequence {name}")
        self._check_ready()
        try:
            await self._refresh(map(key_of, sequence.pre))
        except DriverError as error:
            raise NotWritable(f"{name}: {error}") from error
        for requirement in sequence.pre:
            if not self._holds(requirement, 0.0):
                raise NotWritable(f"{name} needs {requirement}")
        for number, step in enumerate(sequence.steps, start=1):
            try:
                self._check_ready()
                await self._step(sequence, step)
            except DriverError as error:
                raise SequenceFailed(
                    f"{name}: step {number} of {len(sequence.steps)} ({describe(step)}): {error}"
                ) from error

    async def _step(self, sequence: Sequence, step: Step) -> None:
        if step.write is not None:
            await self._write(sequence, step.write, step.value)
        elif step.wait is not None:
            requirement = step.wait
            await self._until(
                lambda since_s: self._holds(requirement, since_s),
                key_of(requirement),
                step.within_s,
                f"{requirement} did not come",
            )
        else:
            await asyncio.sleep(step.delay_s)

    async def _write(self, sequence: Sequence, name: str, value: float | None) -> None:
        if value is None:
            raise NotWritable(f"{name}: the profile gives no value")
        command = self._profile.commands[name]
        await self._refresh(map(key_of, command.requires))
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._writing.free_at_s(name) - loop.time()))
        self._check_ready()
        timeout_s = self._profile.bus.timeout_s
        priority = Priority.STOP if sequence.name == "stop" else Priority.WRITE
        await self._writing.write(
            name, value, {}, priority=priority, timeout_s=timeout_s, deadline_s=loop.time() + _PATIENCE_S
        )
        if command.confirm is not None:
            await self._confirm(command, value)

    async def _confirm(self, command: Command, value: float) -> None:
        confirm = command.confirm
        assert confirm is not None

        def agrees(since_s: float) -> bool:
            reading = self._reading(confirm.point, since_s)
            return reading is not None and abs(reading - value) <= confirm.tolerance

        await self._until(
            agrees,
            confirm.point,
            confirm.within_s,
            f"{confirm.point} did not follow to {value:g}",
        )

    async def _until(self, reached: Callable[[float], bool], key: str, within_s: float, otherwise: str) -> None:
        """Looks for itself instead of trusting what the scan saw before the step; at least once."""
        loop = asyncio.get_running_loop()
        since_s = loop.time()
        last: DriverError | None = None
        while True:
            try:
                await self._refresh((key,), since_s + within_s)
                last = None
            except DriverError as error:
                last = error
            self._check_ready()
            if last is None and reached(since_s):
                return
            if loop.time() + _LOOK_EVERY_S > since_s + within_s:
                raise SequenceFailed(f"{otherwise} within {within_s:g} s" + (f": {last}" if last else ""))
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _refresh(self, keys: Iterable[str], deadline_s: float | None = None) -> None:
        if deadline_s is None:
            deadline_s = asyncio.get_running_loop().time() + _PATIENCE_S
        for block in dict.fromkeys(map(self._polling.block_of, keys)):
            await self._polling.read_now(block, deadline_s)

    def _holds(self, requirement: Requirement, since_s: float) -> bool:
        reading = self._polling.latest(key_of(requirement), float("inf"))
        return reading is not None and reading.time_s >= since_s and meets(requirement, reading) is True

    def _reading(self, point: str, since_s: float) -> float | None:
        reading = self._polling.latest(point, float("inf"))
        if reading is None or reading.time_s < since_s or not isinstance(reading.value, float):
            return None
        return reading.value


def describe(step: Step) -> str:
    if step.write is not None:
        return f"write {step.write} = {step.value:g}" if step.value is not None else f"write {step.write}"
    if step.wait is not None:
        return f"wait for {step.wait} within {step.within_s:g} s"
    return f"delay {step.delay_s:g} s"
