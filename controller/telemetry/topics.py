"""Names of topics. ``{root}/{site}/{area}`` belongs to one daemon, and to nobody else."""

from __future__ import annotations

import re

ROOT = "didymium/v1"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


class BadTopicName(ValueError):
    """A name that may not be a level of a topic."""


def check_name(name: str) -> str:
    """Letters, digits, ``_ . -``, at most 64, beginning with a letter or digit: no wildcard, no slash, no ``$``."""
    if not _NAME.fullmatch(name):
        raise BadTopicName(f"{name!r} cannot be part of a topic: letters, digits and _ . - only, at most 64")
    return name


class CellTopics:
    """Raises BadTopicName for names that cannot stand in a topic."""

    def __init__(self, area_prefix: str, cell: str) -> None:
        self._prefix = f"{area_prefix}/{check_name(cell)}"
        self.meta = f"{self._prefix}/meta"
        self.snapshot = f"{self._prefix}/snapshot"
        self.event = f"{self._prefix}/event"

    def tag(self, name: str) -> str:
        return f"{self._prefix}/tag/{check_name(name)}"

    def alarm(self, alarm_id: str) -> str:
        return f"{self._prefix}/alarm/{check_name(alarm_id)}"

    def prompt(self, prompt_id: str) -> str:
        return f"{self._prefix}/prompt/{check_name(prompt_id)}"


class AreaTopics:
    """Raises BadTopicName for names that cannot stand in a topic."""

    def __init__(self, site: str, area: str, *, root: str = ROOT) -> None:
        self.prefix = f"{root}/{check_name(site)}/{check_name(area)}"
        self.status = f"{self.prefix}/status"
        self.health = f"{self.prefix}/health"
        self.token = f"{self.prefix}/token"
        self.notices = (f"{self.prefix}/+/alarm/+", f"{self.prefix}/+/prompt/+")
        """Filters for retained notices that an earlier run may have left at the broker."""

    def cell(self, name: str) -> CellTopics:
        return CellTopics(self.prefix, name)
