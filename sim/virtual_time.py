"""An event loop whose clock jumps to the next timer instead of waiting for it.

All of asyncio works on it but what leaves the thread or the process: no sockets, no files, no executor. A loop with
nothing left to wait for would sleep for ever, so that is an error here.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class NothingLeftToWaitFor(RuntimeError):
    """Every task waits for something that no timer and no other task can bring about: a dead-lock."""


class _JumpingSelector(selectors.BaseSelector):
    """Knows one descriptor, the loop's own wake-up socket, which never becomes ready."""

    def __init__(self, start_s: float) -> None:
        self.now_s = start_s
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        if self._keys:
            raise RuntimeError("no file descriptor can be waited for in virtual time; use the memory seam")
        fd = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        key = selectors.SelectorKey(fileobj, fd, events, data)
        self._keys[fd] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj if isinstance(fileobj, int) else fileobj.fileno())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingLeftToWaitFor(
                f"at {self.now_s:.3f} s of virtual time no timer is set and no callback is ready: "
                "every task waits for another"
            )
        if timeout > 0.0:
            self.now_s += timeout
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """``loop.time()`` starts at ``start_s`` and moves only when nothing is ready to run."""

    def __init__(self, start_s: float = 0.0) -> None:
        self._jumping = _JumpingSelector(start_s)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now_s

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> NoReturn:  # type: ignore[override]  # noqa: ARG002
        raise RuntimeError("no threads in virtual time: run it inline or behind a seam")

    def _write_to_self(self) -> None:
        """The wake-up socket stays silent: the selector never blocks, so nobody needs waking."""


def run_virtual(main: Coroutine[Any, Any, T], *, start_s: float = 0.0) -> T:
    """Run ``main`` to its end in virtual time.

    Raises NothingLeftToWaitFor when all tasks wait for one another; whatever ``main`` raises passes through.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(start_s)) as runner:
        return runner.run(main)
