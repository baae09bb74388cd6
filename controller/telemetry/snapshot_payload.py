"""The payload of ``{cell}/snapshot``, sent at every scan and therefore made cheaply.

The names and quality words of a payload change only when some tag's quality does. They are kept as a format string, and
a scan costs one ``%``: a quarter of what the JSON encoder takes for the same sixty tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from controller.telemetry.message import encode_text
from controller.telemetry.tag import TelemetryTag

QUALITY_WORDS = ("good", "uncertain", "bad")
BAD = 2
NUMBER = "%.10g"
Value = float | str | None


def fits(value: Value, *, text: bool) -> bool:
    """A text where a text is wanted, a finite number where a number is."""
    if isinstance(value, str):
        return text
    return not text and value is not None and isfinite(value)


class SnapshotPayload:
    """``{"boot","scan","ts",…state…,"v":{tag: value or null},"q":{tag: word, only where it is not good}}``"""

    def __init__(self, tags: Sequence[TelemetryTag], boot: str) -> None:
        self._names = [encode_text(tag.name).replace("%", "%%") for tag in tags]
        self._texts = tuple(i for i, tag in enumerate(tags) if tag.text)
        self._boot = encode_text(boot)
        self._qualities: bytes | None = None
        self._format = ""

    def clean(self, values: Sequence[Value], qualities: bytes) -> tuple[tuple[Value, ...], bytes]:
        """What has no value of the tag's type is BAD, and what is BAD has no value."""
        marks, cleaned = bytearray(qualities), list(values)
        for i, value in enumerate(values):
            if marks[i] >= BAD or not fits(value, text=i in self._texts):
                cleaned[i], marks[i] = None, BAD
        return tuple(cleaned), bytes(marks)

    def encode(self, scan: int, utc_ms: int, state: str, values: tuple[Value, ...], qualities: bytes) -> bytes:
        """``state`` is a JSON object whose entries are taken over. Values must be clean (see ``clean``)."""
        if qualities != self._qualities:
            self._format = self._build(qualities)
            self._qualities = qualities
        if self._texts:
            mixed = list(values)
            for i in self._texts:
                mixed[i] = encode_text(values[i])
            values = tuple(mixed)
        more = f",{state[1:-1]}" if len(state) > 2 else ""
        head = f'{{"boot":{self._boot},"scan":{scan},"ts":{utc_ms}{more}'
        return (head + self._format % values).encode("utf-8", "replace")

    def _build(self, qualities: bytes) -> str:
        entries = [
            # "%.0s" takes a value and shows none of it.
            f"{name}:null%.0s" if quality >= BAD else f"{name}:{'%s' if i in self._texts else NUMBER}"
            for i, (name, quality) in enumerate(zip(self._names, qualities, strict=True))
        ]
        words = [
            f'{name}:"{QUALITY_WORDS[min(quality, BAD)]}"'
            for name, quality in zip(self._names, qualities, strict=True)
            if quality
        ]
        return f',"v":{{{",".join(entries)}}},"q":{{{",".join(words)}}}}}'
