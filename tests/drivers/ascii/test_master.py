"""The ASCII master over real pseudo-terminals and sockets."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from drivers.ascii.checksum import sum8
from drivers.ascii.master import AsciiMaster, Dialect
from drivers.errors import BadReply, DeviceRefused, NoReply
from drivers.link.address import parse_link
from drivers.link.exchange import Priority
from drivers.link.link import Link
from drivers.link.real import RealSeam
from drivers.profiles.schema import Bus
from tests.support.ascii_line import Answer, PtyLine, pty_line

TIMEOUT_S = 0.08
GUARD_S = 0.15
READ = Priority.FAST_READ


@asynccontextmanager
async def master_on(
    answer: Answer, *, dialect: Dialect, checksum: bool = False, guard_s: float = GUARD_S
) -> AsyncIterator[tuple[AsciiMaster, PtyLine, Link]]:
    with pty_line(answer) as line:
        bus = Bus(timeout_s=TIMEOUT_S, late_reply_guard_s=guard_s)
        link = Link(parse_link(f"serial:{line.path}"), RealSeam(), bus=bus)
        link.start()
        try:
            await until(lambda: link.epoch == 1)
            yield AsciiMaster(link, checksum=checksum, dialect=dialect), line, link
        finally:
            await link.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5.0):
        while not true():  # noqa: ASYNC110 - what is waited for is seen on the wire, not announced
            await asyncio.sleep(0.005)


def at_once(replies: dict[str, str]) -> Answer:
    def answer(line: str) -> tuple[float, bytes] | None:
        return (0.0, replies[line].encode() + b"\r") if line in replies else None

    return answer


# DCON -------------------------------------------------------------------------------------------------------------


async def test_a_module_is_asked_for_its_channels() -> None:
    async with master_on(at_once({"#01": ">+0850.1+9999.9"}), dialect="dcon") as (master, line, _):
        fields = await master.query(1, "#01", codec="dcon_fields", fields=2, priority=READ, timeout_s=TIMEOUT_S)
        assert fields == {0: "+0850.1", 1: "+9999.9"}
        assert line.heard == ["#01"]


async def test_checksums_go_both_ways() -> None:
    async with master_on(at_once({"#0184": ">+0850.1BB"}), dialect="dcon", checksum=True) as (master, line, _):
        assert sum8(">+0850.1") != "BB"
        with pytest.raises(BadReply, match="wrong checksum"):
            await master.query(1, "#01", codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        line.answer = at_once({"#0184": ">+0850.1" + sum8(">+0850.1")})
        fields = await master.query(1, "#01", codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        assert fields == {0: "+0850.1"}


async def test_refusals_wrong_modules_and_silence_are_told_apart() -> None:
    replies = {"$01M": "?01", "$02M": "!037018", "#03": "#03"}
    async with master_on(at_once(replies), dialect="dcon", guard_s=0.02) as (master, _, link):
        with pytest.raises(DeviceRefused, match="module 01 refused") as refused:
            await master.query(1, "$01M", codec="dcon_text", priority=READ, timeout_s=TIMEOUT_S)
        assert refused.value.code == "?01"
        with pytest.raises(BadReply, match="module 03 answered instead of 02"):
            await master.query(2, "$02M", codec="dcon_text", priority=READ, timeout_s=TIMEOUT_S)
        with pytest.raises(BadReply, match="not a reply"):
            await master.query(3, "#03", codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        with pytest.raises(NoReply):
            await master.query(4, "#04", codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        assert (link.counters.refused, link.counters.bad_replies, link.counters.timeouts) == (1, 2, 1)


async def test_an_order_is_done_when_the_module_says_exactly_so() -> None:
    async with master_on(at_once({"~0131FF": "!01", "~0110": "!0100"}), dialect="dcon") as (master, _, _link):
        await master.order(1, "~0131FF", ok="!01", priority=Priority.WRITE, timeout_s=TIMEOUT_S)
        with pytest.raises(BadReply, match="instead of '!01'"):
            await master.order(1, "~0110", ok="!01", priority=Priority.WRITE, timeout_s=TIMEOUT_S)


@pytest.mark.parametrize("first_timed_out", [True, False], ids=["timed out", "cancelled"])
async def test_a_late_reply_of_module_01_is_never_taken_for_that_of_module_02(*, first_timed_out: bool) -> None:
    def answer(line: str) -> tuple[float, bytes]:
        return (0.12, b">+0001.0\r") if line == "#01" else (0.05, b">+0002.0\r")

    async with master_on(answer, dialect="dcon") as (master, line, link):
        first = master.query(1, "#01", codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        if first_timed_out:
            with pytest.raises(NoReply):
                await first
        else:
            await until(lambda: line.heard == ["#01"])
            first.cancel()
        for _ in range(3):
            second = await master.query(2, "#02", codec="dcon_fields", priority=READ, timeout_s=1.0)
            assert second == {0: "+0002.0"}
        assert link.counters.discarded_bytes == len(b">+0001.0\r")


async def test_with_too_short_a_guard_the_late_reply_is_believed() -> None:
    """The hazard is real on this very line: the test above could fail. A profile's guard has to cover its device."""

    def answer(line: str) -> tuple[float, bytes]:
        return (0.18, b">+0001.0\r") if line == "#01" else (0.15, b">+0002.0\r")

    async with master_on(answer, dialect="dcon", guard_s=0.001) as (master, _, _link):
        with pytest.raises(NoReply):
            await master.query(1, "#01", codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        second = await master.query(2, "#02", codec="dcon_fields", priority=READ, timeout_s=1.0)
        assert second == {0: "+0001.0"}


@pytest.mark.parametrize(("unit", "text"), [(1, "#01\r#02"), (1, ""), (256, "#01")])
async def test_what_cannot_be_sent_is_refused_before_it_is_queued(unit: int, text: str) -> None:
    async with master_on(at_once({}), dialect="dcon") as (master, line, link):
        with pytest.raises(ValueError, match=r"plain text|address"):
            master.query(unit, text, codec="dcon_fields", priority=READ, timeout_s=TIMEOUT_S)
        assert line.heard == []
        assert link.counters.requests == 0


# Genesys ----------------------------------------------------------------------------------------------------------


class Supplies:
    """Two supplies on one line, 06 and 07, as the wire sees them. ``log`` has (supply that heard it, line)."""

    def __init__(self) -> None:
        self.selected: int | None = None
        self.log: list[tuple[int | None, str]] = []
        self.silent: set[int] = set()
        self.deaf_to_adr = 0
        self.delay_s = 0.0

    def __call__(self, line: str) -> tuple[float, bytes] | None:
        if line.startswith("ADR "):
            if self.deaf_to_adr:
                self.deaf_to_adr -= 1
                return None
            self.selected = int(line[4:])
        self.log.append((self.selected, line))
        if self.selected not in {6, 7} - self.silent:
            return None
        if line.startswith(("ADR ", "PC ", "OUT ")):
            reply = "E01" if line == "PC 999" else "OK"
        else:
            reply = {"MV?": f"{self.selected}.500", "MODE?": "CC"}.get(line, "C01")
        return self.delay_s, reply.encode() + b"\r"

    @property
    def lines(self) -> list[str]:
        return [line for _, line in self.log]


def voltage(master: AsciiMaster, unit: int, priority: Priority = READ) -> asyncio.Future[str]:
    async def ask() -> str:
        return (await master.query(unit, "MV?", codec="genesys_number", priority=priority, timeout_s=TIMEOUT_S))[0]

    return asyncio.ensure_future(ask())


async def test_a_supply_is_selected_once_and_then_just_spoken_to() -> None:
    supplies = Supplies()
    async with master_on(supplies, dialect="genesys") as (master, _, _link):
        assert [await voltage(master, 6) for _ in range(3)] == ["6.500"] * 3
        await master.order(6, "PC 398.25", ok="OK", priority=Priority.WRITE, timeout_s=TIMEOUT_S)
        assert supplies.log == [(6, "ADR 06"), (6, "MV?"), (6, "MV?"), (6, "MV?"), (6, "PC 398.25")]


async def test_another_supply_is_selected_when_its_turn_comes() -> None:
    supplies = Supplies()
    async with master_on(supplies, dialect="genesys") as (master, _, link):
        other = AsciiMaster(link, checksum=False, dialect="genesys")
        async with asyncio.timeout(2.0):
            asked = [(master, 6), (other, 7), (master, 7), (other, 6)]
            answers = await asyncio.gather(*(voltage(who, unit) for who, unit in asked))
        assert answers == ["6.500", "7.500", "7.500", "6.500"]
        assert all(heard_by == 6 for heard_by, line in supplies.log if line == "ADR 06")
        assert supplies.lines.count("MV?") == 4
        assert supplies.lines.count("ADR 06") + supplies.lines.count("ADR 07") == 3


async def test_a_supply_is_selected_again_after_any_silence() -> None:
    supplies = Supplies()
    async with master_on(supplies, dialect="genesys", guard_s=0.02) as (master, _, _link):
        await voltage(master, 6)
        supplies.silent = {6}
        with pytest.raises(NoReply):
            await voltage(master, 6)
        supplies.silent = set()
        supplies.selected = 7  # it was power-cycled, or its neighbour's cable was touched
        assert await voltage(master, 6) == "6.500"
        assert supplies.lines == ["ADR 06", "MV?", "MV?", "ADR 06", "MV?"]


async def test_an_order_never_follows_a_selection_that_nobody_confirmed() -> None:
    supplies = Supplies()
    async with master_on(supplies, dialect="genesys", guard_s=0.02) as (master, _, _link):
        await voltage(master, 7)
        supplies.deaf_to_adr = 1
        with pytest.raises(NoReply):
            await master.order(6, "PC 100", ok="OK", priority=Priority.WRITE, timeout_s=TIMEOUT_S)
        assert "PC 100" not in supplies.lines
        await master.order(6, "PC 100", ok="OK", priority=Priority.WRITE, timeout_s=TIMEOUT_S)
        assert supplies.log[-1] == (6, "PC 100")


async def test_a_refusal_leaves_the_selection_as_it_is() -> None:
    supplies = Supplies()
    async with master_on(supplies, dialect="genesys") as (master, _, _link):
        with pytest.raises(DeviceRefused, match="above the permitted range") as refused:
            await master.order(6, "PC 999", ok="OK", priority=Priority.WRITE, timeout_s=TIMEOUT_S)
        assert refused.value.code == "E01"
        assert await voltage(master, 6) == "6.500"
        assert supplies.lines == ["ADR 06", "PC 999", "MV?"]


async def test_urgent_orders_to_two_supplies_both_get_through() -> None:
    supplies = Supplies()
    async with master_on(supplies, dialect="genesys") as (master, _, _link):
        stops = [
            master.order(unit, f"OUT {i}", ok="OK", priority=Priority.STOP, timeout_s=TIMEOUT_S)
            for i, unit in enumerate([6, 7, 6, 7])
        ]
        async with asyncio.timeout(2.0):
            await asyncio.gather(*stops)
        assert {(unit, line) for unit, line in supplies.log if line.startswith("OUT")} == {
            (6, "OUT 0"),
            (7, "OUT 1"),
            (6, "OUT 2"),
            (7, "OUT 3"),
        }


async def test_a_stop_goes_before_what_the_other_supply_was_selected_for() -> None:
    supplies = Supplies()
    supplies.delay_s = 0.04
    async with master_on(supplies, dialect="genesys") as (master, _, _link):
        reads = [voltage(master, 6, Priority.SLOW_READ) for _ in range(2)]
        await until(lambda: "ADR 06" in supplies.lines)
        await master.order(7, "OUT 0", ok="OK", priority=Priority.STOP, timeout_s=TIMEOUT_S)
        assert await asyncio.gather(*reads) == ["6.500"] * 2
        assert supplies.log == [
            (6, "ADR 06"),
            (7, "ADR 07"),
            (7, "OUT 0"),
            (6, "ADR 06"),
            (6, "MV?"),
            (6, "MV?"),
        ]


async def test_a_question_withdrawn_while_its_supply_is_selected_is_not_asked() -> None:
    supplies = Supplies()
    supplies.delay_s = 0.02
    async with master_on(supplies, dialect="genesys", guard_s=0.05) as (master, _, _link):
        asked = master.query(6, "MODE?", codec="genesys_text", priority=READ, timeout_s=TIMEOUT_S)
        await until(lambda: "ADR 06" in supplies.lines)
        asked.cancel()
        assert await voltage(master, 6) == "6.500"
        assert "MODE?" not in supplies.lines


async def test_a_supply_is_selected_again_after_a_reconnect() -> None:
    supplies = Supplies()
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while not reader.at_eof():
            line = await reader.read(100)
            reply = supplies(line.decode().strip("\r")) if line else None
            if reply is not None:
                writer.write(reply[1])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    link = Link(parse_link(f"rtu+tcp://127.0.0.1:{port}"), RealSeam(), bus=Bus(timeout_s=TIMEOUT_S))
    link.start()
    try:
        await until(lambda: link.epoch == 1)
        master = AsciiMaster(link, checksum=False, dialect="genesys")
        await voltage(master, 6)
        connections[0].close()
        await until(lambda: link.epoch == 2)
        assert await voltage(master, 6) == "6.500"
        assert supplies.lines == ["ADR 06", "MV?", "ADR 06", "MV?"]
    finally:
        await link.close()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.01)


async def test_checksums_of_supplies() -> None:
    def answer(line: str) -> tuple[float, bytes] | None:
        text, _, checksum = line.partition("$")
        assert checksum == sum8(text)
        reply = "OK" if text.startswith("ADR") else "CC"
        return 0.0, f"{reply}${sum8(reply)}\r".encode()

    async with master_on(answer, dialect="genesys", checksum=True) as (master, line, _):
        fields = await master.query(6, "MODE?", codec="genesys_text", priority=READ, timeout_s=TIMEOUT_S)
        assert fields == {0: "CC"}
        assert line.heard[-1] == "MODE?$" + sum8("MODE?")


async def test_a_line_is_forgotten_with_its_link() -> None:
    async with master_on(Supplies(), dialect="genesys") as (master, _, link):
        await voltage(master, 6)
        gone = weakref.ref(link)
    del master, link, _
    gc.collect()
    assert gone() is None
