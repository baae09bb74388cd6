"""Reads and writes of Modbus devices over one supervised link, in TCP or RTU frames.

The frames and PDUs are pymodbus's; the transaction is ours: one request in flight, every field of the reply checked
against the request, no repetition of anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pymodbus.pdu import ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    ReadDiscreteInputsRequest,
    WriteMultipleCoilsRequest,
    WriteSingleCoilRequest,
)
from pymodbus.pdu.register_message import (
    MaskWriteRegisterRequest,
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
    WriteMultipleRegistersRequest,
    WriteSingleRegisterRequest,
)

from drivers.link.exchange import Exchange, Priority
from drivers.link.link import Link
from drivers.modbus.question import Question, read_question, write_question
from drivers.modbus.rtu_exchange import RtuExchange, rtu_frame
from drivers.modbus.tcp_exchange import TcpExchange
from drivers.modbus.wire_state import wire_state_of
from drivers.profiles.schema import Space

T = TypeVar("T")

_READS: Final[Mapping[Space, Callable[..., ModbusPDU]]] = {
    "coil": ReadCoilsRequest,
    "discrete": ReadDiscreteInputsRequest,
    "holding": ReadHoldingRegistersRequest,
    "input": ReadInputRegistersRequest,
}
_BITS: Final = frozenset(("coil", "discrete"))
_MOST_WRITTEN_REGISTERS: Final = 123
_MOST_WRITTEN_COILS: Final = 1968
_HIGHEST: Final = 0xFFFF
_READS_KEPT: Final = 512

Ask = Callable[[], Exchange[T]]


class ModbusMaster:
    """All failures of a device or link arrive in the returned future as ``drivers.errors``.

    Raised at once is only what is a mistake of the caller: ValueError for an address, count, value or unit that Modbus
    does not have. ``deadline_s`` is the event loop time after which the request is not worth sending any more.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._submit = link.submit
        self._wire = wire_state_of(link)
        self._rtu = link.address.framing == "rtu"
        self._reads: dict[tuple[int, Space, int, int], tuple[Question[tuple[int, ...]], bytes]] = {}

    def read(
        self,
        unit: int,
        space: Space,
        start: int,
        count: int,
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[tuple[int, ...]]:
        """``count`` registers as unsigned 16-bit numbers, or bits as 0 and 1, from the PDU address ``start`` on."""
        known = self._reads.get((unit, space, start, count))
        if known is None:
            known = self._remember(unit, space, start, count)
        question, frame = known
        exchange: Exchange[tuple[int, ...]] = (
            RtuExchange(question, self._wire, frame) if self._rtu else TcpExchange(question, self._wire)
        )
        return self._submit(exchange, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)

    def write_register(
        self,
        unit: int,
        address: int,
        value: int,
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[bool]:
        """Function 06; True when the device has confirmed address and value."""
        _check_words((value,))
        pdu = WriteSingleRegisterRequest(address=_checked(address, 1), registers=[value])
        return self._write(unit, pdu, priority, timeout_s, deadline_s)

    def write_registers(
        self,
        unit: int,
        address: int,
        values: Sequence[int],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[bool]:
        """Function 16; True when the device has confirmed address and number."""
        _check_words(values)
        if not 1 <= len(values) <= _MOST_WRITTEN_REGISTERS:
            raise ValueError(f"{len(values)} registers cannot be written at once, 1 to {_MOST_WRITTEN_REGISTERS} can")
        pdu = WriteMultipleRegistersRequest(address=_checked(address, len(values)), registers=list(values))
        return self._write(unit, pdu, priority, timeout_s, deadline_s)

    def write_coil(
        self,
        unit: int,
        address: int,
        on: bool,
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[bool]:
        """Function 05; True when the device has confirmed address and state."""
        pdu = WriteSingleCoilRequest(address=_checked(address, 1), bits=[on])
        return self._write(unit, pdu, priority, timeout_s, deadline_s)

    def write_coils(
        self,
        unit: int,
        address: int,
        states: Sequence[bool],
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[bool]:
        """Function 15; True when the device has confirmed address and number."""
        if not 1 <= len(states) <= _MOST_WRITTEN_COILS:
            raise ValueError(f"{len(states)} coils cannot be written at once, 1 to {_MOST_WRITTEN_COILS} can")
        pdu = WriteMultipleCoilsRequest(address=_checked(address, len(states)), bits=list(states))
        return self._write(unit, pdu, priority, timeout_s, deadline_s)

    def mask_write(
        self,
        unit: int,
        address: int,
        and_mask: int,
        or_mask: int,
        *,
        priority: Priority,
        timeout_s: float,
        deadline_s: float | None = None,
    ) -> asyncio.Future[bool]:
        """Function 22: the register becomes (itself AND and_mask) OR (or_mask AND NOT and_mask)."""
        _check_words((and_mask, or_mask))
        pdu = MaskWriteRegisterRequest(address=_checked(address, 1), and_mask=and_mask, or_mask=or_mask)
        return self._write(unit, pdu, priority, timeout_s, deadline_s)

    def _write(
        self, unit: int, pdu: ModbusPDU, priority: Priority, timeout_s: float, deadline_s: float | None
    ) -> asyncio.Future[bool]:
        self._check_unit(unit)
        repeated = 7 if isinstance(pdu, MaskWriteRegisterRequest) else 5
        question = write_question(unit, pdu, repeated)
        exchange: Exchange[bool] = (
            RtuExchange(question, self._wire, rtu_frame(unit, question.body))
            if self._rtu
            else TcpExchange(question, self._wire)
        )
        return self._submit(exchange, priority=priority, timeout_s=timeout_s, deadline_s=deadline_s)

    def _remember(self, unit: int, space: Space, start: int, count: int) -> tuple[Question[tuple[int, ...]], bytes]:
        self._check_unit(unit)
        pdu = _READS[space](address=_checked(start, count), count=count)
        question = read_question(unit, pdu, bits=space in _BITS)
        known = question, rtu_frame(unit, question.body) if self._rtu else b""
        if len(self._reads) >= _READS_KEPT:
            self._reads.clear()
        self._reads[(unit, space, start, count)] = known
        return known

    def _check_unit(self, unit: int) -> None:
        """On a serial line unit 0 is everybody, and nobody answers."""
        low, high = (1, 247) if self._rtu else (0, 255)
        if not low <= unit <= high:
            raise ValueError(f"unit {unit} is not in {low} to {high}")


def _checked(address: int, count: int) -> int:
    if not 0 <= address <= address + count - 1 <= _HIGHEST:
        raise ValueError(f"{count} from address {address} on do not exist")
    return address


def _check_words(values: Sequence[Any]) -> None:
    for value in values:
        if not isinstance(value, int) or not 0 <= value <= _HIGHEST:
            raise ValueError(f"{value!r} does not fit a register")
