from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from controller.process_image.commands import RectifierOrder
from controller.process_io.rectifier_orders import RectifierOrders
from sim.virtual_time import run_virtual


class SlowDevice:
    """Each sequence takes 5 s."""

    name = "rectifier"

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def run_sequence(self, name: str) -> None:
        await asyncio.sleep(5.0)
        self.ended.append(name)


@pytest.mark.parametrize(
    ("order", "ended"),
    [(RectifierOrder.START, []), (RectifierOrder.TAKE_REMOTE, []), (RectifierOrder.STOP, ["stop"])],
)
def test_where_control_ends_only_a_stop_is_carried_out(order: RectifierOrder, ended: list[str]) -> None:
    async def main() -> None:
        device = SlowDevice()
        orders = RectifierOrders(cast("Any", device))
        orders.give_up()
        assert orders.give(order) is None
        await asyncio.sleep(1.0)
        orders.give_up()
        await asyncio.sleep(10.0)
        assert device.ended == ended
        assert not orders.running
        failures = orders.take_failures()
        assert [order.value in line and "given up" in line for line in failures] == [True] * (1 - len(ended))
        assert orders.give(RectifierOrder.STOP) is None, "lowering is possible at once"
        await asyncio.sleep(10.0)
        assert device.ended == [*ended, "stop"]
        await orders.close()

    run_virtual(main())
