"""Why there is no stream, in words for an operator instead of an errno."""

from __future__ import annotations

import errno
import re
import socket

from drivers.link.address import LinkAddress

_CODE = re.compile(r"\[Errno (\d+)\]")


def why_no_stream(error: BaseException | None, address: LinkAddress) -> str:
    """``error`` is what opening or losing the stream gave; None is an orderly close by the other side."""
    where = address.path if address.scheme == "serial" else (address.host or address.path)
    if error is None:
        return "closed by the other side"
    if isinstance(error, TimeoutError) and error.errno is None:
        return "no answer to the attempt to connect"
    if isinstance(error, socket.gaierror):
        return f"host name {where} cannot be resolved"
    if "returned no data" in str(error):
        return f"{where} was disconnected"  # pyserial's long way of saying that a port hung up
    code = _code(error)
    words = {
        errno.ECONNREFUSED: "connection refused",
        errno.ECONNRESET: "connection reset by the other side",
        errno.EPIPE: "connection reset by the other side",
        errno.ETIMEDOUT: "no sign of life from the other side",
        errno.EHOSTUNREACH: "host unreachable",
        errno.ENETUNREACH: "network unreachable",
        errno.EACCES: f"no permission on {where}",
        errno.EPERM: f"no permission on {where}",
        errno.ENOENT: f"{where} does not exist",
        errno.ENODEV: f"{where} is not there any more",
        errno.ENXIO: f"{where} is not there any more",
        errno.EIO: f"{where} was disconnected",
        errno.ENOTTY: f"{where} is not a serial port",
        errno.EINVAL: f"{where} cannot do these settings",
        errno.EAGAIN: "port is in use by another process",
        errno.EBUSY: "port is in use by another process",
        errno.EMFILE: "too many open files",
    }.get(code or 0)
    return words or str(error) or type(error).__name__


def _code(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    # asyncio joins the errors of several addresses of one host name into one text, pyserial likewise.
    found = _CODE.search(str(error))
    return int(found.group(1)) if found else None
