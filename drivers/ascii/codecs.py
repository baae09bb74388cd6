"""Reply grammars by name, as profiles cite them: read by the master, written by simulated instruments.

A reply becomes a mapping from field to text. Numbers stay text here, so that sentinels such as ``+9999.9`` can be
compared before anyone takes them for a value.
"""

# ruff: noqa: ARG002 - each grammar uses what it needs of unit and fields

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

from drivers.ascii import dcon, genesys
from drivers.ascii.lines import is_plain
from drivers.errors import BadReply

Fields = Mapping[int | str, str]


class ReplyCodec(Protocol):
    def decode(self, text: str, unit: int, fields: int = 1) -> Fields:
        """``text`` is a reply without checksum and end of line. Raises BadReply and DeviceRefused."""

    def encode(self, values: Fields, unit: int) -> str:
        """The inverse, for simulated instruments. Raises ValueError (a KeyError for a field that is missing)."""


class DconFields:
    """``#AA`` -> ``>+0850.1+0851.2...``: fields 0, 1, ... of sign, digits and point."""

    def decode(self, text: str, unit: int, fields: int = 1) -> Fields:
        reply = dcon.parse_reply_of(unit, text)
        if reply.lead != ">":
            raise BadReply(f"no data: {text!r}")
        return dict(enumerate(dcon.split_fields(reply.body, fields)))

    def encode(self, values: Fields, unit: int) -> str:
        return dcon.data_reply([values[i] for i in range(len(values))])


class DconText:
    """``$AAM`` -> ``!AA7018``: all that follows the address is field 0."""

    def decode(self, text: str, unit: int, fields: int = 1) -> Fields:
        return {0: _body(text, unit)}

    def encode(self, values: Fields, unit: int) -> str:
        return dcon.done(unit, _plain(values[0]))


class DconConfiguration:
    """``$AA2`` -> ``!AATTCCFF``: "type", "baud" and "format", two hexadecimal digits each."""

    names: Final = ("type", "baud", "format")
    _pattern = re.compile(r"([0-9A-F]{2})([0-9A-F]{2})([0-9A-F]{2})")

    def decode(self, text: str, unit: int, fields: int = 3) -> Fields:
        found = self._pattern.fullmatch(_body(text, unit))
        if found is None:
            raise BadReply(f"no configuration: {text!r}")
        return dict(zip(self.names, found.groups(), strict=True))

    def encode(self, values: Fields, unit: int) -> str:
        body = "".join(values[name] for name in self.names)
        if self._pattern.fullmatch(body) is None:
            raise ValueError(f"no configuration: {body!r}")
        return dcon.done(unit, body)


class GenesysStatus:
    """``STT?`` -> ``MV(12.345),PV(12.500),MC(98.76),PC(100.00),SR(30),FR(00)``: fields "MV" to "FR"."""

    _item = re.compile(r" *([A-Z]{2}) *\( *([^() ]*) *\) *")

    def decode(self, text: str, unit: int, fields: int = 6) -> Fields:
        items = [self._item.fullmatch(item) for item in genesys.parse_reply_of(unit, text).split(",")]
        values: dict[int | str, str] = {item[1]: item[2] for item in items if item is not None}
        # The order is not part of the meaning, the set of names is.
        if len(items) != len(genesys.STATUS_FIELDS) or values.keys() != set(genesys.STATUS_FIELDS):
            raise BadReply(f"no complete status: {text!r}")
        for name, value in values.items():
            if not (genesys.is_register(value) if name in ("SR", "FR") else genesys.is_number(value)):
                raise BadReply(f"{name} is {value!r} in {text!r}")
        return values

    def encode(self, values: Fields, unit: int) -> str:
        return ",".join(f"{name}({_plain(values[name])})" for name in genesys.STATUS_FIELDS)


class GenesysDisplay:
    """``DVC?`` -> six numbers: "MV", "PV", "MC", "PC", "OVP", "UVL"."""

    def decode(self, text: str, unit: int, fields: int = 6) -> Fields:
        numbers = [number.strip(" ") for number in genesys.parse_reply_of(unit, text).split(",")]
        if len(numbers) != len(genesys.DISPLAY_FIELDS) or not all(map(genesys.is_number, numbers)):
            raise BadReply(f"not six numbers: {text!r}")
        return dict(zip(genesys.DISPLAY_FIELDS, numbers, strict=True))

    def encode(self, values: Fields, unit: int) -> str:
        return ",".join(_plain(values[name]) for name in genesys.DISPLAY_FIELDS)


class GenesysNumber:
    """``MV?`` -> ``12.345``: field 0."""

    def decode(self, text: str, unit: int, fields: int = 1) -> Fields:
        number = genesys.parse_reply_of(unit, text)
        if not genesys.is_number(number):
            raise BadReply(f"no number: {text!r}")
        return {0: number}

    def encode(self, values: Fields, unit: int) -> str:
        if not genesys.is_number(values[0]):
            raise ValueError(f"no number: {values[0]!r}")
        return values[0]


class GenesysText:
    """``MODE?`` -> ``CV``, ``IDN?`` -> ``LAMBDA,GEN8-400``: the line is field 0."""

    def decode(self, text: str, unit: int, fields: int = 1) -> Fields:
        answer = genesys.parse_reply_of(unit, text)
        if answer == genesys.OK:
            # No query answers so: it is the late reply to a set command.
            raise BadReply("OK is no answer to a query")
        return {0: answer}

    def encode(self, values: Fields, unit: int) -> str:
        return _plain(values[0])


def _body(text: str, unit: int) -> str:
    reply = dcon.parse_reply_of(unit, text)
    if reply.lead != "!" or not reply.body:
        raise BadReply(f"no text: {text!r}")
    return reply.body


def _plain(text: str) -> str:
    if not text or not is_plain(text):
        raise ValueError(f"not plain text: {text!r}")
    return text


CODECS: Final[Mapping[str, ReplyCodec]] = MappingProxyType(
    {
        "dcon_fields": DconFields(),
        "dcon_text": DconText(),
        "dcon_configuration": DconConfiguration(),
        "genesys_status": GenesysStatus(),
        "genesys_display": GenesysDisplay(),
        "genesys_number": GenesysNumber(),
        "genesys_text": GenesysText(),
    }
)
