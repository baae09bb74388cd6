"""Between the wire and engineering units; see ``decode`` and ``encode``."""

from drivers.profiles.decode import BlockDecoder, decode_block
from drivers.profiles.encode import decode_command, encode_command, encode_point, encode_quality

__all__ = ["BlockDecoder", "decode_block", "decode_command", "encode_command", "encode_point", "encode_quality"]
