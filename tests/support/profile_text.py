"""A small profile that is right, to be made wrong in one place at a time."""

from __future__ import annotations

from pathlib import Path

from drivers.profiles.load import load_profile, resolve
from drivers.profiles.mistakes import Mistake, ProfileError
from drivers.profiles.schema import ResolvedProfile

RIGHT = """
[profile]
id = "test.rectifier"
kind = "rectifier"
version = "1.0.0"
source = "drawing E-104, page 3"
protocol = "modbus"

[params]
i_rated = { unit = "A", default = 30000.0, low = 100.0, high = 60000.0 }
tc_type = { enum = ["K", "N"], default = "N" }
fs_c = { from = "tc_type", table = { K = 1372.0, N = 1300.0 } }

[bus]
timeout_s = 0.4
turnaround_s = 0.1

[identity]
all = [{ point = "map_id", equals = 0x5243 }]
simulated = { point = "map_id", equals = 0x51D0 }

[check]
code = { point = "code", by = "tc_type", equals = { K = 0x0F, N = 0x15 } }

[watchdog]
write = "heartbeat"
mode = "increment"
echo = "echo"
device_timeout_s = 5.0
device_ramp_s = 10.0
device_action = "ramp_to_hold"
fallback = "status.fallback"

[[block]]
name = "fast"
space = "holding"
start = 0
count = 8
every_s = 0.5

[[point]]
name = "status"
block = "fast"
at = 0
ref = "40001"
type = "u16"
bits = [{ bit = 0, name = "remote" }, { bit = 4, name = "trip" }, { bit = 5, name = "fallback" }]

[[point]]
name = "current"
block = "fast"
at = 1
ref = "400002"
type = "i32"
unit = "A"
scale = 0.1
plausible = [-50.0, 36000.0]

[[point]]
name = "readback"
block = "fast"
at = 3
type = "u16"
unit = "A"
map = { raw = [0, 27648], eng = [0.0, "i_rated"] }

[[point]]
name = "echo"
block = "fast"
at = 4
type = "u16"

[[point]]
name = "code"
block = "fast"
at = 5
type = "u16"

[[point]]
name = "temperature"
block = "fast"
at = 6
type = "i16"
unit = "degC"
map = { raw = [0, 32767], eng = [0.0, "fs_c"] }
invalid = [{ raw = 0x7FFF, quality = "open_circuit" }]

[[point]]
name = "map_id"
block = "fast"
at = 7
type = "u16"

[[command]]
name = "setpoint"
space = "holding"
at = 100
ref = "40101"
type = "u16"
unit = "A"
map = { raw = [0, 27648], eng = [0.0, "i_rated"] }
limits = { min = 0.0, max = "i_rated" }
confirm = { point = "readback", tolerance = 5.0, within_s = 1.0 }
requires = ["status.remote", "!status.trip"]
signal = "current_setpoint_a"

[[command]]
name = "heartbeat"
space = "holding"
at = 101
type = "u16"

[[command]]
name = "output"
space = "holding"
at = 102
type = "u16"

[sequence.take_remote]
steps = [{ wait = "status.remote", within_s = 2.0 }]

[sequence.start]
pre = ["status.remote"]
steps = [{ write = "setpoint", value = 0.0 }, { write = "output", value = 1 }, { delay_s = 0.5 }]

[sequence.stop]
steps = [{ write = "output", value = 0 }]

[exceptions]
retry = [5, 6]
link = [10, 11]
fatal = [1, 2, 3]

[[vector]]
point = "current"
registers = [0x0004, 0x93E0]
expect = 30000.0
"""

ASCII = """
[profile]
id = "test.module"
kind = "bath_temperature"
version = "1.0.0"
source = "manual of the module"
protocol = "dcon"

[bus]
timeout_s = 0.25

[identity]
reason = "the only module on its line"

[watchdog]
mode = "none"
reason = "it only measures"

[[block]]
name = "channels"
query = "#{addr:02X}"
codec = "dcon_fields"
fields = 3
every_s = 1.0

[[point]]
name = "t{n}"
repeat = { n = [0, 1, 2], stride = 1 }
block = "channels"
field = 0
type = "decimal"
format = "+07.1f"
unit = "degC"
invalid = [{ raw = "+9999.9", quality = "open_or_over" }]
plausible = [-50.0, 1450.0]
signal = "bath_temperature_{m}_degc"
"""


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def written(folder: Path, text: str) -> Path:
    path = folder / "device.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_in(folder: Path, text: str) -> tuple[Mistake, ...]:
    try:
        load_profile(written(folder, text))
    except ProfileError as error:
        return error.mistakes
    return ()


def resolved(folder: Path, text: str, **parameters: float | str) -> ResolvedProfile:
    return resolve(load_profile(written(folder, text)), parameters)
