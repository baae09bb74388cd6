"""What is wrong with a profile: every mistake of a file at once, each with its place and a way out."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """``table`` is as a reader finds it in the file (``[bus]``, ``point "current"``, ``[[point]] 3``); ``key`` may be
    empty. ``text`` gives value, bound and what to write instead."""

    file: str
    table: str
    key: str
    text: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.table, self.key) if part)
        return f"{self.file}: {place}: {self.text}" if place else f"{self.file}: {self.text}"


class ProfileError(Exception):
    """A profile that cannot be used. ``mistakes`` is never empty."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes
