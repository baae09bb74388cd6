"""Start, stop and take remote run the profile's sequences beside the scan, one at a time."""

from __future__ import annotations

import asyncio

from controller.process_image.commands import RectifierOrder
from drivers.devices.device import Device
from drivers.errors import DriverError


class RectifierOrders:
    """A sequence may take many scans. STOP ends whatever runs and takes its place; an order that is already being
    carried out is not begun again."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._running = RectifierOrder.NONE
        self._task: asyncio.Task[None] | None = None
        self._failures: list[str] = []

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    def give(self, order: RectifierOrder) -> str | None:
        """Returns at once; a line where the order cannot be begun."""
        if order is RectifierOrder.NONE:
            return None
        if self._task is not None and self.running:
            if order is self._running:
                return None
            if order is not RectifierOrder.STOP:
                return f"{self._device.name}: {order.value} not begun, {self._running.value} is still running"
            self._task.cancel()
        self._running = order
        self._task = asyncio.get_running_loop().create_task(
            self._run(order, self._task), name=f"{self._device.name} {order.value}"
        )
        return None

    def give_up(self) -> None:
        """Nobody is in control any more: what would start the rectifier or take it over ends where it stands. A stop
        goes on."""
        if self._task is not None and self.running and self._running is not RectifierOrder.STOP:
            self._task.cancel()
            self._failures.append(f"{self._device.name}: {self._running.value} given up, for control has ended")

    def take_failures(self) -> list[str]:
        """What went wrong since this was last asked."""
        if not self._failures:
            return []
        failures, self._failures = self._failures, []
        return failures

    async def close(self) -> None:
        """End what runs; nothing is written."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))

    async def _run(self, order: RectifierOrder, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait((before,))
        try:
            await self._device.run_sequence(order.value)
        except DriverError as error:
            self._failures.append(f"{self._device.name}: {error}")
        except Exception as error:
            self._failures.append(f"{self._device.name}: {order.value} failed in the program itself: {error!r}")
