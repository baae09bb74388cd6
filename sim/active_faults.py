"""Which faults of one simulated device are active."""

from __future__ import annotations


class ActiveFaults:
    """By name; falsy while there is none. Two injections of one fault may overlap: it ends when the last one ends."""

    def __init__(self) -> None:
        self._active: dict[str, int] = {}

    def begin(self, name: str) -> bool:
        """True if the fault was not there before."""
        self._active[name] = self._active.get(name, 0) + 1
        return self._active[name] == 1

    def end(self, name: str) -> bool:
        """True if the fault is gone."""
        left = self._active.get(name, 0) - 1
        if left > 0:
            self._active[name] = left
            return False
        return self._active.pop(name, None) is not None

    def __bool__(self) -> bool:
        return bool(self._active)

    def __contains__(self, name: object) -> bool:
        return name in self._active

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._active))

    @property
    def exception_code(self) -> int | None:
        """Of the fault ``exception_NN``, NN in hexadecimal."""
        for name in self._active:
            if name.startswith("exception_"):
                return int(name.removeprefix("exception_"), 16)
        return None
