"""A cable made of memory: both ends in one process, no descriptor, no thread, bytes moved by the event loop alone."""

from __future__ import annotations

import asyncio
import errno
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from drivers.link.address import LinkAddress

ProtocolFactory = Callable[[], asyncio.Protocol]


class MemoryTransport(asyncio.Transport):
    """One end. What is written arrives at the other end in order, in a later turn of the event loop."""

    def __init__(self, protocol: asyncio.Protocol, name: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__({"peername": f"memory:{name}"})
        self._protocol: asyncio.BaseProtocol = protocol
        self._loop = loop
        self._peer: MemoryTransport | None = None
        self._closing = False
        self._lost = False
        self._held: list[bytes] | None = None
        """Bytes kept back while reading is paused."""

    def join(self, peer: MemoryTransport) -> None:
        self._peer = peer
        peer._peer = self

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self._closing or self._peer is None or not data:
            return
        self._loop.call_soon(self._peer.arrive, bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        self.write(b"".join(list_of_data))

    def arrive(self, data: bytes) -> None:
        if self._closing:
            return
        if self._held is not None:
            self._held.append(data)
            return
        assert isinstance(self._protocol, asyncio.Protocol)
        self._protocol.data_received(data)

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        self._loop.call_soon(self._lose)
        if self._peer is not None:
            self._loop.call_soon(self._peer.hang_up)

    def abort(self) -> None:
        self.close()

    def hang_up(self) -> None:
        """The other end is gone."""
        self._closing = True
        self._lose()

    def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            self._protocol.connection_lost(None)

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._held is None

    def pause_reading(self) -> None:
        if self._held is None:
            self._held = []

    def resume_reading(self) -> None:
        held, self._held = self._held or [], None
        for data in held:
            self._loop.call_soon(self.arrive, data)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The event loop's queue is the buffer: nothing to limit."""

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return False


class MemorySeam:
    """Names that can be listened on and connected to, as ``memory:NAME``."""

    def __init__(self) -> None:
        self._listeners: dict[str, ProtocolFactory] = {}
        self._far_ends: defaultdict[str, list[MemoryTransport]] = defaultdict(list)

    def listen(self, name: str, protocol_factory: ProtocolFactory) -> None:
        """Raises OSError when somebody listens there already."""
        if name in self._listeners:
            raise OSError(errno.EADDRINUSE, f"memory:{name} is already listened on")
        self._listeners[name] = protocol_factory

    def unlisten(self, name: str) -> None:
        """No new connections; those that are open stay open."""
        self._listeners.pop(name, None)

    def cut(self, name: str) -> None:
        """Close every connection to this name, as a pulled plug does."""
        for transport in self._far_ends.pop(name, []):
            transport.close()

    async def open(self, address: LinkAddress, protocol_factory: ProtocolFactory) -> MemoryTransport:
        """Raises ConnectionRefusedError when nobody listens."""
        listener = self._listeners.get(address.path) if address.scheme == "memory" else None
        if listener is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"nobody listens on {address}")
        loop = asyncio.get_running_loop()
        near_protocol, far_protocol = protocol_factory(), listener()
        near = MemoryTransport(near_protocol, address.path, loop)
        far = MemoryTransport(far_protocol, address.path, loop)
        near.join(far)
        far_ends = self._far_ends[address.path]
        far_ends[:] = [end for end in far_ends if not end.is_closing()]
        far_ends.append(far)
        far_protocol.connection_made(far)
        near_protocol.connection_made(near)
        return near
