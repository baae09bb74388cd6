from __future__ import annotations

import errno
import socket

import pytest
import serial

from drivers.link.address import parse_link
from drivers.link.failure_words import why_no_stream

PORT = parse_link("serial:/dev/ttyS9?baud=9600")
HOST = parse_link("tcp://plc7:502")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "no permission on /dev/ttyS9"),
        (serial.SerialException(errno.EACCES, "could not open port"), "no permission on /dev/ttyS9"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "/dev/ttyS9 does not exist"),
        (serial.SerialException(errno.EAGAIN, "lock"), "port is in use by another process"),
        (OSError(errno.EBUSY, "busy"), "port is in use by another process"),
        (OSError(errno.ENOTTY, "no tty"), "/dev/ttyS9 is not a serial port"),
        (OSError(errno.EINVAL, "bad"), "/dev/ttyS9 cannot do these settings"),
        (OSError(errno.EIO, "gone"), "/dev/ttyS9 was disconnected"),
        (
            serial.SerialException("device reports readiness to read but returned no data (device disconnected …?)"),
            "/dev/ttyS9 was disconnected",
        ),
        (OSError("of a kind nobody knows"), "of a kind nobody knows"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (None, "closed by the other side"),
    ],
)
def test_serial_failures_in_words(error: Exception | None, words: str) -> None:
    assert why_no_stream(error, PORT) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "connection refused"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "connection reset by the other side"),
        (TimeoutError(), "no answer to the attempt to connect"),
        (TimeoutError(errno.ETIMEDOUT, "x"), "no sign of life from the other side"),
        (OSError(errno.EHOSTUNREACH, "x"), "host unreachable"),
        (socket.gaierror(-2, "Name or service not known"), "host name plc7 cannot be resolved"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 111] again"), "connection refused"),
    ],
)
def test_network_failures_in_words(error: Exception, words: str) -> None:
    assert why_no_stream(error, HOST) == words
