"""One request and what its answer looks like, knowing nothing of streams and clocks."""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Priority(IntEnum):
    """Who goes first when several wait for the same link."""

    STOP = 0
    HEARTBEAT = 1
    WRITE = 2
    FAST_READ = 3
    SLOW_READ = 4


class Exchange(Protocol[T_co]):
    @property
    def request(self) -> bytes:
        """Asked for once, when the request is sent."""
        ...

    def feed(self, received: bytes) -> T_co | None:
        """``received`` is all that came since the request left; None while it is incomplete.

        Raises BadReply or DeviceRefused.
        """
        ...


class TaggedExchange(Protocol):
    """An exchange whose reply names its request, as a Modbus TCP transaction id does.

    A late reply to another request is then no danger: it is recognised, dropped, and the stream stays in step.
    ``feed`` sees all bytes not yet used, also those from before the request, and leaves in ``rest`` what it did not
    use. Any exchange without ``rest`` is taken to be untagged: after it went wrong nothing that arrives can be trusted.
    """

    rest: bytes

    def remark(self) -> str:
        """What came instead of the reply, for the message that none came; empty if nothing."""
        ...
