"""A serial port that is no hardware: a pseudo-terminal with a stable name, read and written by the event loop.

The kernel keeps no time on a pseudo-terminal and knows no parity, so a simulated port is always 8N1 and the instrument
behind it paces its replies itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import termios
import tty
from pathlib import Path

from sim.instruments.wire import ProtocolFactory, WireProtocol

_READ_BYTES = 4096


class PortTaken(OSError):
    """Something stands at the port's path that no simulator left behind."""


class PtyTransport(asyncio.WriteTransport):
    """The master side as a transport. Bytes the terminal will not take are lost, as on a wire nobody reads."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._fd, data)

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True

    def abort(self) -> None:
        """A serial port has no connection to break off."""


class PtyPort:
    """One port. We keep the terminal side open ourselves, so that clients may come and go without a hang-up."""

    def __init__(self, path: Path, factory: ProtocolFactory) -> None:
        self.path = path
        self._factory = factory
        self._master = -1
        self._slave = -1
        self._transport: PtyTransport | None = None
        self._protocol: WireProtocol | None = None

    def open(self) -> str:
        """Create the pseudo-terminal and the link to it; returns the device's own name. Raises OSError."""
        _check_free(self.path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._master, self._slave = os.openpty()
        _make_raw(self._slave)
        device = os.ttyname(self._slave)
        os.set_blocking(self._master, False)
        fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(device)
        fresh.replace(self.path)
        self._transport = PtyTransport(self._master)
        self._protocol = self._factory()
        self._protocol.connection_made(self._transport)
        asyncio.get_running_loop().add_reader(self._master, self._readable)
        return device

    def close(self) -> None:
        """Take the port away; a link that is no longer ours is left alone."""
        if self._master < 0:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        if self.path.is_symlink() and self.path.readlink() == Path(os.ttyname(self._slave)):
            self.path.unlink()
        if self._transport is not None and self._protocol is not None:
            self._transport.close()
            self._protocol.connection_lost(None)
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def _readable(self) -> None:
        try:
            data = os.read(self._master, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno == errno.EIO:
                return
            raise
        if data and self._protocol is not None:
            self._protocol.data_received(data)


def forget_leftover(path: Path) -> None:
    """Take away the link that a killed simulator left. Its pseudo-terminal's number may be given to any other port at
    once, and a client that follows the old link then talks to the wrong instrument. Raises OSError."""
    _check_free(path)
    path.unlink(missing_ok=True)


def _check_free(path: Path) -> None:
    """A dangling link or one to a pseudo-terminal was left by a simulator that was killed; anything else stays."""
    if not path.is_symlink():
        if path.exists():
            raise PortTaken(errno.EEXIST, "is there already and is no simulated port", str(path))
        return
    target = path.readlink()
    if path.exists() and not str(target).startswith("/dev/pts/"):
        raise PortTaken(errno.EEXIST, f"already leads to {target}", str(path))


def _make_raw(fd: int) -> None:
    tty.setraw(fd)
    attributes = termios.tcgetattr(fd)
    attributes[2] = (attributes[2] & ~(termios.CSIZE | termios.PARENB | termios.CSTOPB)) | termios.CS8
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
