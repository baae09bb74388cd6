"""How long the longest exchange of a profile takes on a serial line."""

from __future__ import annotations

from drivers.profiles.registers import WORDS
from drivers.profiles.schema import Block, Command, ResolvedProfile

BITS_PER_CHARACTER = 10
"""Start, eight data bits, stop: 8N1. Parity or a second stop bit adds one."""

_SILENCE_CHARACTERS = 3.5
_SILENCE_ABOVE_19200_S = 0.00175
"""Serial line guide: above 19200 baud the silence between RTU frames is a fixed time."""

_RTU_READ_REQUEST = 8
_RTU_ENVELOPE = 5
"""Unit, function, byte count and CRC of a read reply."""

_LINE_END = 4
"""CR, and a checksum of three characters at most."""

_REPLY_CHARACTERS = {
    "dcon_text": 3 + 16,
    "dcon_configuration": 3 + 6,
    "genesys_status": 72,
    "genesys_display": 48,
    "genesys_number": 10,
    "genesys_text": 40,
}
"""Longest reply of each grammar; texts by what the manuals show with some to spare."""

_DCON_FIELD_CHARACTERS = 7


def minimum_timeout_s(profile: ResolvedProfile, baud: int, *, bits_per_character: int = BITS_PER_CHARACTER) -> float:
    """Request, the device's ``turnaround_s`` and reply of the longest exchange; a shorter time-out never succeeds."""
    character_s = bits_per_character / baud
    characters = [_read_characters(block) for block in profile.blocks.values()]
    characters += [_write_characters(command, profile) for command in profile.commands.values()]
    silence_s = 0.0
    if profile.protocol == "modbus":
        silence_s = _SILENCE_CHARACTERS * character_s if baud <= 19200 else _SILENCE_ABOVE_19200_S
    return max(characters, default=0) * character_s + silence_s + profile.bus.turnaround_s


def _read_characters(block: Block) -> int:
    if block.query is not None:
        request = len(block.query.format(addr=1)) + _LINE_END
        if block.codec == "dcon_fields":
            return request + 1 + _DCON_FIELD_CHARACTERS * block.fields + _LINE_END
        return request + _REPLY_CHARACTERS.get(block.codec or "", 40) + _LINE_END
    bits = block.space in ("coil", "discrete")
    return _RTU_READ_REQUEST + _RTU_ENVELOPE + ((block.count + 7) // 8 if bits else 2 * block.count)


def _write_characters(command: Command, profile: ResolvedProfile) -> int:
    if command.tx is not None:
        return len(command.tx.format(addr=1, value="0" * 10)) + len(command.ok or "") + 2 * _LINE_END
    if command.fc != 16:
        return 16
    names = (command.name, *command.extra)
    return 9 + 2 * sum(WORDS[profile.commands[name].type] for name in names) + 8
