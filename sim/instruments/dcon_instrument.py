"""A simulated input module of the DCON / ADAM family."""

from __future__ import annotations

from drivers.ascii.checksum import sum8
from sim.devices.model import DeviceRefusal
from sim.instruments.instrument import Exchange
from sim.instruments.text_instrument import OutOfLimits, TextInstrument
from sim.instruments.wire import WireProtocol

_LEADS = "#$%~@"


class DconInstrument(TextInstrument):
    """Refuses with ``?AA`` what it understands and does not offer."""

    def answer(self, body: bytes) -> bytes:
        text = body.decode("ascii")
        model = self.look()
        reply = self.query(text)
        if reply is not None:
            return reply.encode("ascii")
        try:
            order = self.order(text)
            if order is None:
                return self.refusal(body, 0)
            model.command(order.command.signal or order.command.name, order.value)
        except (OutOfLimits, DeviceRefusal):
            return self.refusal(body, 0)
        return order.done.encode("ascii")

    def refusal(self, body: bytes, code: int) -> bytes:  # noqa: ARG002
        return f"?{self.unit:02X}".encode("ascii")


class DconProtocol(WireProtocol):
    """Lines that end in CR. Anything malformed, with a wrong checksum or for nobody is met with silence."""

    def take_frame(self) -> Exchange | None:
        while (end := self._buffer.find(b"\r")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            exchange = self._parse(line.lstrip(b"\n"))
            if exchange is not None:
                return exchange
        return None

    def _parse(self, line: bytes) -> Exchange | None:
        try:
            text = line.decode("ascii")
            unit = int(text[1:3], 16)
        except ValueError:
            return None
        instrument = self.line.instruments.get(unit)
        if instrument is None or text[0] not in _LEADS or text[1:3] != f"{unit:02X}":
            return None
        if instrument.profile.checksum:
            text, checksum = text[:-2], text[-2:]
            if checksum != sum8(text):
                return None
        return Exchange(unit, 0, text.encode("ascii"))

    def frame(self, request: Exchange, unit: int, reply: bytes) -> bytes:
        text = reply.decode("ascii")
        if unit != request.unit and text[:1] in ("!", "?"):
            text = f"{text[0]}{unit & 0xFF:02X}{text[3:]}"
        checksum = sum8(text) if self.line.instruments[request.unit].profile.checksum else ""
        return f"{text}{checksum}\r".encode("ascii")

    def with_wrong_function(self, reply: bytes) -> bytes:
        """The other kind of answer: an acknowledgement for data, data for an acknowledgement."""
        return (b"!" if reply[:1] == b">" else b">") + reply[1:]

    def with_wrong_length(self, reply: bytes) -> bytes:
        return reply[:-1]

    def with_wrong_checksum(self, frame: bytes) -> bytes:
        """With or without a checksum: one character is not what was sent."""
        place = len(frame) // 2
        return frame[:place] + b"~" + frame[place + 1 :]
