"""Everything that can go wrong between us and a device, one cause per class.

Reads that fail become a BAD quality with ``str(error)`` as the reason. Writes that fail are told apart by what the
device may have done: ``NotSent`` and ``DeviceRefused`` had no effect, ``NoReply`` and ``BadReply`` are of unknown
outcome and must be read back before anyone tries again.
"""

from __future__ import annotations


class DriverError(Exception):
    """Base of all driver errors; its text is fit for an operator."""


class LinkDown(DriverError):
    """There is no byte stream to the device: refused, unplugged, no permission, not yet connected."""


class NotSent(DriverError):
    """The request was withdrawn before its first byte left: its deadline passed in the queue, or the link closed."""


class NoReply(DriverError):
    """The request left and no reply came before the deadline."""


class BadReply(DriverError):
    """A reply came and does not belong to the request in unit, function, length, address, checksum or text."""


class DeviceRefused(DriverError):
    """The device understood and said no: a Modbus exception, ``?AA``, ``E01``."""

    def __init__(self, text: str, code: int | str) -> None:
        super().__init__(text)
        self.code = code


class NotWritable(DriverError):
    """We refuse to send it: outside limits, not encodable, precondition unmet, identity not verified."""
