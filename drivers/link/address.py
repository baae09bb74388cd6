"""Where a byte stream leads, written as one line: ``tcp://10.0.0.5:502``, ``serial:/dev/ttyUSB0?baud=9600``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

_BAUDS = (1200, 2400, 4800, 9600, 14400, 19200, 38400, 57600, 115200, 230400)
FORMS = "tcp://HOST:PORT, rtu+tcp://HOST:PORT, serial:/dev/PORT?baud=9600&parity=N&stopbits=1&bytesize=8, memory:NAME"


@dataclass(frozen=True, slots=True)
class LinkAddress:
    """``framing`` matters to Modbus alone: "tcp" has an MBAP header, "rtu" a CRC."""

    scheme: Literal["tcp", "serial", "memory"]
    framing: Literal["tcp", "rtu"]
    host: str = ""
    port: int = 0
    path: str = ""
    baud: int = 9600
    bytesize: int = 8
    parity: Literal["N", "E", "O"] = "N"
    stopbits: int = 1

    def __str__(self) -> str:
        if self.scheme == "tcp":
            host = f"[{self.host}]" if ":" in self.host else self.host
            return f"{'rtu+' if self.framing == 'rtu' else ''}tcp://{host}:{self.port}"
        if self.scheme == "memory":
            return f"memory:{self.path}?framing={self.framing}&baud={self.baud}"
        return (
            f"serial:{self.path}?baud={self.baud}&parity={self.parity}"
            f"&stopbits={self.stopbits}&bytesize={self.bytesize}"
        )


def parse_link(text: str) -> LinkAddress:
    """Raises ValueError with what is wrong and the forms that are right."""
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.scheme in ("tcp", "rtu+tcp"):
            address = _tcp(text)
        elif parts.scheme in ("serial", "memory"):
            address = _path(text, options)
        else:
            raise ValueError("unknown kind of link" if parts.scheme else "no kind of link given")  # noqa: TRY301
        if options:
            raise ValueError(f"unknown option {', '.join(sorted(options))}")  # noqa: TRY301
    except ValueError as error:
        raise ValueError(f"link {text!r}: {error}; write one of {FORMS}") from None
    return address


def _tcp(text: str) -> LinkAddress:
    parts = urlsplit(text)
    if not parts.hostname or parts.port is None or parts.path not in ("", "/"):
        raise ValueError("a TCP link is a host and a port")
    return LinkAddress("tcp", "rtu" if parts.scheme == "rtu+tcp" else "tcp", host=parts.hostname, port=parts.port)


def _path(text: str, options: dict[str, str]) -> LinkAddress:
    parts = urlsplit(text)
    if not parts.path:
        raise ValueError("the path is missing")
    serial = parts.scheme == "serial"
    baud = int(options.pop("baud", "9600"))
    parity = options.pop("parity", "N")
    stopbits = int(options.pop("stopbits", "1"))
    bytesize = int(options.pop("bytesize", "8"))
    framing = "rtu" if serial else options.pop("framing", "rtu")
    if baud not in _BAUDS:
        raise ValueError(f"baud {baud} is none of {', '.join(map(str, _BAUDS))}")
    if (
        parity not in ("N", "E", "O")
        or stopbits not in (1, 2)
        or bytesize not in (7, 8)
        or framing not in ("tcp", "rtu")
    ):
        raise ValueError("parity is N, E or O; stopbits 1 or 2; bytesize 7 or 8; framing tcp or rtu")
    return LinkAddress(
        "serial" if serial else "memory",
        "tcp" if framing == "tcp" else "rtu",
        path=parts.path,
        baud=baud,
        bytesize=bytesize,
        parity="E" if parity == "E" else "O" if parity == "O" else "N",
        stopbits=stopbits,
    )
