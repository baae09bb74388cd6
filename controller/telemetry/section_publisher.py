"""The messages of the section: who runs here, how it does, and what time it is on its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from controller.telemetry.message import Message, encode
from controller.telemetry.topics import AreaTopics

TOKEN_EVERY_S = 2.0
HEALTH_EVERY_S = 5.0
TOKEN_BYTES = 16


class SectionPublisher:
    """``random_bytes`` is ``secrets.token_bytes`` in a daemon and a seeded source in virtual time."""

    def __init__(
        self,
        topics: AreaTopics,
        *,
        boot: str,
        version: str,
        kind: Literal["live", "sim", "shadow"],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.topics = topics
        self.token = ""
        """The newest one."""
        self._who: dict[str, str] = {"boot": boot, "version": version, "kind": kind}
        self._random_bytes = random_bytes
        self._token_due_s = float("-inf")
        self._health_due_s = float("-inf")

    def identify(self, *, simulated: bool) -> bool:
        """Shadow stays shadow; a section with any simulated device is ``sim``. True if that is news."""
        kind = self._who["kind"] if self._who["kind"] == "shadow" else "sim" if simulated else "live"
        news = kind != self._who["kind"]
        self._who["kind"] = kind
        return news

    def online(self) -> Message:
        return Message(self.topics.status, encode({"status": "online", **self._who}), 1, True)

    def offline(self) -> Message:
        """The last word of a daemon that stops."""
        return Message(self.topics.status, encode({"status": "offline", **self._who}), 1, True)

    def will(self) -> Message:
        """Says which run went away, and cannot say when. Nor does it say the kind: a broker is given it at the connect,
        before any device has told whether it is simulated."""
        who = {name: word for name, word in self._who.items() if name != "kind"}
        return Message(self.topics.status, encode({"status": "offline", **who}), 1, True)

    def tick(self, time_s: float, utc_ms: int, health: Callable[[], Mapping[str, Any]]) -> list[Message]:
        """Called at least once a second; asks for the health only when it is due."""
        messages = []
        if time_s >= self._token_due_s:
            self._token_due_s = time_s + TOKEN_EVERY_S
            self.token = self._random_bytes(TOKEN_BYTES).hex()
            messages.append(Message(self.topics.token, encode({"token": self.token, "ts": utc_ms})))
        if time_s >= self._health_due_s:
            self._health_due_s = time_s + HEALTH_EVERY_S
            payload = {"boot": self._who["boot"], "ts": utc_ms, **health()}
            messages.append(Message(self.topics.health, encode(payload), 0, True))
        return messages
