"""A simulated TDK-Lambda Genesys supply (classic serial ASCII)."""

from __future__ import annotations

from drivers.ascii.checksum import sum8
from sim.devices.model import DeviceRefusal
from sim.instruments.instrument import Exchange
from sim.instruments.text_instrument import OutOfLimits, TextInstrument
from sim.instruments.wire import Line, WireProtocol

_WITH_CHECKSUM = 1
_PLAIN = 0
NOT_UNDERSTOOD = "C01"
ABOVE_RANGE = "E01"
BELOW_RANGE = "E02"
NOT_NOW = "E07"


class GenesysInstrument(TextInstrument):
    def answer(self, body: bytes) -> bytes:
        return self._answer(body.decode("ascii")).encode("ascii")

    def refusal(self, body: bytes, code: int) -> bytes:  # noqa: ARG002
        return f"E{code:02d}".encode("ascii")

    def _answer(self, text: str) -> str:
        model = self.look()
        if text.startswith("ADR"):
            return "OK"
        reply = self.query(text)
        if reply is not None:
            return reply
        try:
            order = self.order(text)
            if order is None:
                return NOT_UNDERSTOOD
            model.command(order.command.signal or order.command.name, order.value)
        except OutOfLimits as error:
            return ABOVE_RANGE if error.high else BELOW_RANGE
        except DeviceRefusal:
            return NOT_NOW
        return order.done


class GenesysProtocol(WireProtocol):
    """Lines that end in CR, in either case of letters. ``ADR n`` selects who hears the lines that follow."""

    def __init__(self, line: Line) -> None:
        super().__init__(line)
        self._last = ""

    def take_frame(self) -> Exchange | None:
        while (end := self._buffer.find(b"\r")) >= 0:
            raw = bytes(self._buffer[:end]).replace(b"\n", b"")
            del self._buffer[: end + 1]
            exchange = self._parse(raw.decode("ascii", errors="replace").upper().strip())
            if exchange is not None:
                return exchange
        return None

    def _parse(self, text: str) -> Exchange | None:
        text = self._last if text == "\\" else text
        if not text:
            return None
        self._last = text
        command, mark, checksum = text.partition("$")
        tag = _WITH_CHECKSUM if mark else _PLAIN
        if command.startswith("ADR"):
            self._select(command)
        selected = self.line.selected
        if selected is None:
            return None
        if mark and checksum != sum8(command):
            self._write(self.frame(Exchange(selected.unit, tag, b""), selected.unit, b"C04"))
            return None
        return Exchange(selected.unit, tag, command.encode("ascii", errors="replace"))

    def _select(self, command: str) -> None:
        digits = command.removeprefix("ADR").strip()
        self.line.selected = self.line.instruments.get(int(digits)) if digits.isdecimal() else None

    def frame(self, request: Exchange, unit: int, reply: bytes) -> bytes:  # noqa: ARG002
        checksum = f"${sum8(reply.decode('ascii'))}".encode("ascii") if request.tag == _WITH_CHECKSUM else b""
        return reply + checksum + b"\r"

    def with_wrong_function(self, reply: bytes) -> bytes:
        """A value for an acknowledgement, an acknowledgement for a value."""
        return b"0.000" if reply == b"OK" else b"OK"

    def with_wrong_length(self, reply: bytes) -> bytes:
        return reply[:-1]

    def with_wrong_checksum(self, frame: bytes) -> bytes:
        place = len(frame) // 2
        return frame[:place] + b"~" + frame[place + 1 :]
