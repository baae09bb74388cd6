"""The process seam on real devices: drivers on one side, the process image of one cell on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from controller.plant import CellPlan
from controller.process_image.commands import NO_COMMANDS, Commands, Dose
from controller.process_image.measurements import DeviceCondition, Measurement, Measurements
from controller.process_io.output import Output, find_output
from controller.process_io.rectifier_orders import RectifierOrders
from controller.process_io.signal_quality import to_measurement
from controller.process_io.signal_slots import SignalSlots
from drivers.devices.device import Device
from drivers.devices.status import DeviceStatus, Phase
from drivers.devices.writing import named
from drivers.errors import DriverError
from drivers.link.link import Priority
from drivers.link.pool import LinkPool

SHADOW = "shadow: nothing is written"
_NO_EXTRA: Mapping[str, float] = {}


class FieldIO:
    """The links belong to ``pool``, which the cells of a section share and the daemon starts and closes.

    ``writes_allowed`` False is shadow mode: this object then has no way to a device's outputs, whatever it is asked.
    """

    def __init__(self, plan: CellPlan, pool: LinkPool, *, scan_period_s: float, writes_allowed: bool = True) -> None:
        self.devices: tuple[Device, ...] = tuple(
            Device(
                device.name,
                device.profile,
                device.unit,
                pool.get(device.link, device.profile.bus, device.needed),
                needed=device.needed,
            )
            for device in plan.devices
        )
        self._half_period_s = 0.5 * scan_period_s
        self._slots = SignalSlots(plan)
        self._roles = tuple(device.role for device in plan.devices)
        self._statuses: tuple[DeviceStatus, ...] = ()
        self._conditions: tuple[DeviceCondition, ...] = ()
        self._values: list[Measurement] = self._slots.empty()
        self._read_back_slot = self._slots.slot_of("current_setpoint_readback_a")
        self._permit_slot = self._slots.slot_of("permit_contact_closed")
        self._writes_allowed = writes_allowed
        outputs = self.devices if writes_allowed else ()
        self._setpoint = find_output(outputs, "current_setpoint_a")
        self._dose = find_output(outputs, "dose_kg")
        self._permit = find_output(outputs, "permit_contact")
        self._alive = find_output(outputs, "alive_pulse")
        rectifiers = [device for device, role in zip(outputs, self._roles, strict=False) if role == "rectifier"]
        self._orders = RectifierOrders(rectifiers[0]) if rectifiers else None
        self._beating = tuple(device for device in outputs if device.beats)
        self._dose_number: int | None = None
        self._alive_on = False
        self._lines: list[str] = []
        self._sent: list[tuple[str, str, asyncio.Future[Any]]] = []

    @property
    def order_running(self) -> bool:
        """A start, stop or take-remote sequence is under way."""
        return self._orders is not None and self._orders.running

    async def start(self) -> None:
        for device in self.devices:
            device.start()

    async def read(self, time_s: float) -> Measurements:
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + self._half_period_s
        for device in self.devices:
            device.begin_read(deadline_s)
        given = [await device.finish_read() for device in self.devices]
        now_s = loop.time()
        values = self._slots.empty()
        for readings, entries in zip(given, self._slots.entries, strict=True):
            for key, slot, max_age_s in entries:
                values[slot] = to_measurement(readings[key], now_s, max_age_s)
        self._values = values
        return self._slots.image(time_s, values, self._device_conditions())

    async def write(self, commands: Commands) -> tuple[str, ...]:
        if not self._writes_allowed:
            return () if commands == NO_COMMANDS else (SHADOW,)
        self._lines = []
        reported = self._orders.take_failures() if self._orders is not None else []
        deadline_s = asyncio.get_running_loop().time() + self._half_period_s
        if self._orders is not None:
            line = self._orders.give(commands.rectifier_order)
            if line is not None:
                self._lines.append(line)
        if commands.permit is not None:
            self._queue_permit(commands.permit, deadline_s)
        if commands.current_setpoint_a is not None:
            self._queue_setpoint(commands.current_setpoint_a, deadline_s)
        if commands.dose is not None:
            self._queue_dose(commands.dose, deadline_s)
        await self._settle()
        if commands.heartbeat and not self._lines:
            deadline_s += self._half_period_s
            self._queue_heartbeats(deadline_s)
            await self._settle()
            if not self._lines:
                # The relay behind it stands in for the watchdog: it must not be told of a scan the rectifier missed.
                self._queue_alive_pulse(deadline_s)
                await self._settle()
        return (*reported, *self._lines)

    def silence(self) -> None:
        if self._orders is not None:
            self._orders.give_up()
        for device, role in zip(self.devices, self._roles, strict=True):
            if role == "rectifier" and device.profile.watchdog.mode == "any_traffic":
                device.silence()

    async def close(self) -> None:
        if self._orders is not None:
            await self._orders.close()
        for device in self.devices:
            await device.close()

    def _queue_setpoint(self, value_a: float, deadline_s: float) -> None:
        output = self._setpoint
        if output is None:
            self._lines.append("no device takes a current set-point")
            return
        read_back = self._values[self._read_back_slot]
        if output.stands_at(value_a, read_back):
            return
        lowers = value_a <= 0.0 or (read_back.value is not None and value_a < read_back.value)
        self._queue(output, value_a, _NO_EXTRA, Priority.STOP if lowers else Priority.WRITE, deadline_s)

    def _queue_dose(self, dose: Dose, deadline_s: float) -> None:
        """A number counts as used before its frame is sent: a dose too few is made good, a dose too many is not."""
        if dose.number == self._dose_number:
            return
        if self._dose is None:
            self._lines.append("no device takes a dose")
            return
        self._dose_number = dose.number
        extra = {name: float(dose.number) for name in self._dose.command.extra}
        self._queue(self._dose, dose.mass_kg, extra, Priority.WRITE, deadline_s)

    def _queue_permit(self, closed: bool, deadline_s: float) -> None:
        output = self._permit
        value = 1.0 if closed else 0.0
        if output is None or output.stands_at(value, self._values[self._permit_slot]):
            return
        self._queue(output, value, _NO_EXTRA, Priority.WRITE if closed else Priority.STOP, deadline_s)

    def _queue_heartbeats(self, deadline_s: float) -> None:
        for device in self._beating:
            try:
                future = device.submit_beat(deadline_s)
            except DriverError as error:
                self._lines.append(f"{device.name}: heartbeat: {error}")
            else:
                if future is not None:
                    self._sent.append((device.name, "heartbeat", future))

    def _queue_alive_pulse(self, deadline_s: float) -> None:
        if self._alive is not None:
            self._alive_on = not self._alive_on
            self._queue(self._alive, 1.0 if self._alive_on else 0.0, _NO_EXTRA, Priority.HEARTBEAT, deadline_s)

    def _queue(
        self, output: Output, value: float, extra: Mapping[str, float], priority: Priority, deadline_s: float
    ) -> None:
        device, name = output.device, output.command.name
        try:
            future = device.submit_write(name, value, extra=extra, priority=priority, deadline_s=deadline_s)
        except DriverError as error:
            self._lines.append(f"{device.name}: {error}")
        else:
            self._sent.append((device.name, name, future))

    async def _settle(self) -> None:
        """Everything was queued before; devices on different links answer while the first is awaited."""
        sent, self._sent = self._sent, []
        for device, name, future in sent:
            try:
                await future
            except DriverError as error:
                self._lines.append(f"{device}: {named(name, error)}")

    def _device_conditions(self) -> tuple[DeviceCondition, ...]:
        statuses = tuple(device.status for device in self.devices)
        if statuses != self._statuses:
            self._statuses = statuses
            self._conditions = tuple(
                DeviceCondition(
                    device.name, role, device.needed, status.phase is Phase.READY, status.simulated, status.reason
                )
                for device, role, status in zip(self.devices, self._roles, statuses, strict=True)
            )
        return self._conditions
