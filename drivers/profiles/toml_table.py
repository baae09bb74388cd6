"""Strict reading of one TOML table: a missing, misspelt or mistyped key is noted, and reading goes on for the rest."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from drivers.profiles.mistakes import Mistake

T = TypeVar("T")

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,47}")
NO_NAME: Final = "is no name; write lower-case letters, digits and _, a letter first"
_MISSING: Final[Any] = object()


class Notes:
    """One pass over one file: where mistakes go, and what parameters stand for."""

    def __init__(self, file: str, parameters: Mapping[str, float | str] | None = None) -> None:
        self.file = file
        self.parameters: Mapping[str, float | str] = parameters or {}
        self.mistakes: list[Mistake] = []

    def note(self, table: str, key: str, text: str) -> None:
        mistake = Mistake(self.file, table, key, text)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)


class Table:
    """Each getter takes a key once; ``done`` complains of what nobody took.

    A getter whose key is absent gives its default, or notes a mistake and gives a harmless stand-in.
    """

    def __init__(self, data: Mapping[str, Any], where: str, notes: Notes) -> None:
        self.where = where
        self.notes = notes
        self.data = data
        self._known: list[str] = []

    def note(self, key: str, text: str) -> None:
        self.notes.note(self.where, key, text)

    def has(self, key: str) -> bool:
        return key in self.data

    def known(self, *keys: str) -> None:
        self._known += keys

    def raw(self, key: str) -> Any:
        self._known.append(key)
        return self.data.get(key)

    def done(self) -> None:
        known = sorted(set(self._known))
        for key in self.data:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known) or 'nothing'}"
                self.note(key, f"unknown key; {hint}")

    def text(
        self, key: str, default: T = _MISSING, *, pattern: re.Pattern[str] | None = None, unnamed: str = NO_NAME
    ) -> str | T:
        """``unnamed``: what is said of a text that does not fit ``pattern``."""
        value = self._take(key, default)
        if value is None:
            return "" if default is _MISSING else default
        if not isinstance(value, str):
            self.note(key, f"{_shown(value)} is no text; put it in quotes")
        elif pattern is not None and not pattern.fullmatch(value):
            self.note(key, f"{value!r} {unnamed}")
            return value
        elif not value.isprintable():
            self.note(key, f"{value!r} holds characters that cannot be printed")
        else:
            return value
        return "" if default is _MISSING else default

    def choice(self, key: str, choices: Sequence[str], default: str = _MISSING) -> Any:
        value = self._take(key, default)
        fallback = choices[0] if default is _MISSING else default
        if value is None:
            return fallback
        if value not in choices:
            self.note(key, f"{_shown(value)} is none of {', '.join(choices)}")
            return fallback
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._take(key, default)
        if value is None or isinstance(value, bool):
            return bool(default if value is None else value)
        self.note(key, f"{_shown(value)} is neither true nor false")
        return default

    def number(
        self,
        key: str,
        default: T = _MISSING,
        *,
        low: float = -math.inf,
        high: float = math.inf,
        above: float | None = None,
    ) -> float | T:
        """A finite number, or the name of a numeric parameter."""
        value = self._take(key, default)
        stand_in: Any = max(low, 1.0 if above is not None else 0.0) if default is _MISSING else default
        if value is None:
            return stand_in  # type: ignore[no-any-return]
        number = self.as_number(key, value)
        if number is None:
            return stand_in  # type: ignore[no-any-return]
        if above is not None and number <= above:
            self.note(key, f"{number:g} must be above {above:g}")
            return stand_in  # type: ignore[no-any-return]
        if not low <= number <= high:
            self.note(key, f"{number:g} is outside {low:g} to {high:g}")
            return stand_in  # type: ignore[no-any-return]
        return number

    def as_number(self, key: str, value: object) -> float | None:
        if isinstance(value, str):
            known = self.notes.parameters
            found = known.get(value)
            if isinstance(found, float):
                return found
            names = ", ".join(sorted(name for name, given in known.items() if isinstance(given, float)))
            self.note(key, f"{value!r} is no number and no numeric parameter; [params] has {names or 'none'}")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.note(key, f"{_shown(value)} is no number")
            return None
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.note(key, f"{_shown(value)} is no finite number; write one")
            return None
        return number

    def integer(self, key: str, default: T = _MISSING, *, low: int = 0, high: int = 65535) -> int | T:
        value = self._take(key, default)
        stand_in: Any = low if default is _MISSING else default
        if value is None:
            return stand_in  # type: ignore[no-any-return]
        if isinstance(value, bool) or not isinstance(value, int):
            self.note(key, f"{_shown(value)} is no whole number")
            return stand_in  # type: ignore[no-any-return]
        if not low <= value <= high:
            # The nearest bound goes on, so that whatever hangs on this number is not a mistake as well.
            self.note(key, f"{value} is outside {low} to {high}")
            return min(max(value, low), high)
        return value

    def integers(self, key: str, default: tuple[int, ...] = (), *, low: int, high: int) -> tuple[int, ...]:
        value = self._take(key, default)
        if value is None:
            return default
        if not isinstance(value, list | tuple) or not all(
            isinstance(v, int) and not isinstance(v, bool) and low <= v <= high for v in value
        ):
            self.note(key, f"{_shown(value)} is no list of whole numbers from {low} to {high}")
            return default
        return tuple(value)

    def pair(self, key: str, default: T = _MISSING) -> tuple[float, float] | T:
        """``[low, high]``, rising."""
        value = self._take(key, default)
        stand_in: Any = (0.0, 1.0) if default is _MISSING else default
        if value is None:
            return stand_in  # type: ignore[no-any-return]
        if not isinstance(value, list) or len(value) != 2:
            self.note(key, f"{_shown(value)} is not [low, high]")
            return stand_in  # type: ignore[no-any-return]
        ends = [self.as_number(key, end) for end in value]
        if ends[0] is None or ends[1] is None:
            return stand_in  # type: ignore[no-any-return]
        if not ends[0] < ends[1]:
            self.note(key, f"[{ends[0]:g}, {ends[1]:g}] does not rise; write the lower end first")
            return stand_in  # type: ignore[no-any-return]
        return ends[0], ends[1]

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key, ())
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            self.note(key, f"{_shown(value)} is no list of texts")
            return ()
        return tuple(value)

    def table(self, key: str, *, inline: bool = False, required: bool = False) -> Table | None:
        """A sub-table; ``inline`` keeps the parent's place in messages (``point "x" map: raw``)."""
        value = self._take(key, _MISSING if required else None)
        if value is None:
            return None
        where = f"{self.where} {key}" if inline else f"[{key}]"
        if not isinstance(value, dict):
            self.note(key, f"{_shown(value)} is no table")
            return None
        return Table(value, where, self.notes)

    def tables(self, key: str, noun: str, *, inline: bool = False, title: str = "name") -> list[Table]:
        """``[[key]]`` or a list of inline tables, each named by its ``title`` where it has one, else by its place."""
        value = self._take(key, [])
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.note(key, f"{_shown(value)} is no list of tables; write [[{key}]]")
            return []
        tables = []
        for number, item in enumerate(value, start=1):
            name = item.get(title)
            where = f'{noun} "{name}"' if isinstance(name, str) else f"[[{key}]] {number}"
            if inline:
                where = f"{self.where} {where if isinstance(name, str) else f'{key} {number}'}"
            tables.append(Table(item, where, self.notes))
        return tables

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        if key not in self.data:
            if default is _MISSING:
                self.note(key, "is missing")
            return None
        return self.data[key]


def unique(tables: Iterable[tuple[Table, str]], what: str) -> None:
    seen: set[str] = set()
    for table, name in tables:
        if name and name in seen:
            table.note("name", f"there is already a {what} {name!r}; every {what} needs its own name")
        seen.add(name)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
