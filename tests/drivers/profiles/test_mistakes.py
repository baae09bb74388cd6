"""Each mistake alone: it is found, it is the only one, and it names its place, the value and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.profiles.load import ProfileError, load_profile
from tests.support.profile_text import ASCII, RIGHT, changed, mistakes_in

CURRENT = 'point "current"'
SETPOINT = 'command "setpoint"'

# old text, new text, table, key, part of the message
ALONE = [
    ("timeout_s = 0.4", "timeout_s = 0.4\ntimeot_s = 1", "[bus]", "timeot_s", "did you mean timeout_s?"),
    ("[exceptions]", "[exeptions]\n[exceptions]", "", "exeptions", "did you mean exceptions?"),
    ("timeout_s = 0.4", "timeout_s = nan", "[bus]", "timeout_s", "nan is no finite number"),
    ("timeout_s = 0.4", "timeout_s = inf", "[bus]", "timeout_s", "inf is no finite number"),
    ("timeout_s = 0.4", "timeout_s = true", "[bus]", "timeout_s", "true is no number"),
    ("timeout_s = 0.4", "timeout_s = 0", "[bus]", "timeout_s", "0 must be above 0"),
    ("timeout_s = 0.4", "timeout_s = 61", "[bus]", "timeout_s", "61 is outside"),
    ("timeout_s = 0.4", 'timeout_s = "0.4"', "[bus]", "timeout_s", "no numeric parameter"),
    ("timeout_s = 0.4", "timeout_s = 0.1", "[bus]", "timeout_s", "not longer than turnaround_s = 0.1"),
    ("timeout_s = 0.4\n", "", "[bus]", "timeout_s", "is missing"),
    ('protocol = "modbus"', 'protocol = "profibus"', "[profile]", "protocol", "none of modbus, dcon, genesys"),
    ('protocol = "modbus"', 'protocol = "modbus"\nchecksum = true', "[profile]", "checksum", "ASCII"),
    ('version = "1.0.0"', 'version = "one"', "[profile]", "version", "'one' is no version; write three numbers"),
    ('source = "drawing E-104, page 3"', 'source = ""', "[profile]", "source", "name the document"),
    ('kind = "rectifier"', "kind = 3", "[profile]", "kind", "3 is no text"),
    ('ref = "40001"', 'ref = "40002"', 'point "status"', "ref", "holding 1 counted from zero, but this is holding 0"),
    ('ref = "40001"', 'ref = "30001"', 'point "status"', "ref", "'30001' is input 0"),
    ('ref = "40001"', 'ref = "4001"', 'point "status"', "ref", "five or six digits"),
    ('ref = "400002"', 'ref = "400001"', CURRENT, "ref", "holding 0 counted from zero"),
    ('ref = "40101"', 'ref = "40100"', SETPOINT, "ref", "holding 99"),
    ("at = 7", "at = 8", 'point "map_id"', "at", "outside block 'fast': holding 0 to 7"),
    ("at = 4\n", "at = 3\n", 'point "echo"', "at", "already belongs to point 'readback'"),
    ("at = 4\n", "at = 2\n", 'point "echo"', "at", "already belongs to point 'current'"),
    ("at = 4\n", "at = 4.0\n", 'point "echo"', "at", "4.0 is no whole number"),
    ("at = 4\n", "at = -1\n", 'point "echo"', "at", "-1 is outside 0 to 65535"),
    ("count = 8", "count = 126", 'block "fast"', "count", "126 is outside 1 to 125"),
    ("turnaround_s = 0.1", "max_read_registers = 4", 'block "fast"', "count", "max_read_registers = 4"),
    ('space = "holding"\nstart', 'space = "holdings"\nstart', 'block "fast"', "space", "none of holding, input"),
    ("every_s = 0.5", "every_s = -1", 'block "fast"', "every_s", "must be above 0"),
    ('name = "echo"\nblock = "fast"', 'name = "echo"\nblock = "slow"', 'point "echo"', "block", "there is fast"),
    ('type = "i32"', 'type = "i24"', CURRENT, "type", "none of u16"),
    ("scale = 0.1", "scale = 0", CURRENT, "scale", "every value the same"),
    ("scale = 0.1", 'scale = "u_rated"', CURRENT, "scale", "[params] has fs_c, i_rated"),
    ("scale = 0.1", "scale = 0.1\nmap = { raw = [0, 1], eng = [0, 1] }", CURRENT, "map", "beside scale"),
    ("raw = [0, 32767], eng", "raw = [5, 5], eng", 'point "temperature" map', "raw", "does not rise"),
    ('eng = [0.0, "fs_c"]', "eng = [1.0, 1.0]", 'point "temperature" map', "eng", "no scale"),
    ('eng = [0.0, "fs_c"]', "eng = 3", 'point "temperature" map', "eng", "two numbers"),
    ("[-50.0, 36000.0]", "[36000.0, -50.0]", CURRENT, "plausible", "does not rise"),
    ("[-50.0, 36000.0]", "[-50.0, nan]", CURRENT, "plausible", "no finite number"),
    ("[-50.0, 36000.0]", "[-50.0, 1e12]", CURRENT, "plausible", "goes beyond what i32"),
    ("bit = 4", "bit = 16", 'point "status" bit "trip"', "bit", "outside 0 to 15"),
    ("bit = 4", "bit = 5", 'point "status"', "bits", "names one bit twice"),
    ("raw = 0x7FFF", "raw = 70000", 'point "temperature" invalid "open_circuit"', "raw", "70000 is outside"),
    ("raw = 0x7FFF", 'raw = "7FFF"', 'point "temperature" invalid "open_circuit"', "raw", "no whole number"),
    ('name = "temperature"\n', 'name = "Bath 1"\n', 'point "Bath 1"', "name", "lower-case letters"),
    ('"!status.trip"', '"!status.tripped"', SETPOINT, "requires", "no bit 'tripped'; it has remote, trip, fallback"),
    ('"!status.trip"', '"state.trip"', SETPOINT, "requires", "there is no point 'state'"),
    ('"!status.trip"', '"echo"', SETPOINT, "requires", "no yes or no"),
    ('"!status.trip"', '"not status.trip"', SETPOINT, "requires", "no condition"),
    ('point = "readback", tol', 'point = "reedback", tol', f"{SETPOINT} confirm", "point", "no point; there is"),
    ('point = "readback", tol', 'point = "temperature", tol', f"{SETPOINT} confirm", "point", "degC, the command in A"),
    ("tolerance = 5.0", "tolerance = 0.5", SETPOINT, "confirm", "below the rounding of both sides"),
    ('limits = { min = 0.0, max = "i_rated" }\n', "", SETPOINT, "limits", "a command in A needs limits"),
    ('max = "i_rated" }', "max = 90000.0 }", SETPOINT, "limits", "goes beyond what u16"),
    ('max = "i_rated" }', "max = -1 }", f"{SETPOINT} limits", "max", "below min"),
    ('at = 102\ntype = "u16"', 'at = 102\ntype = "u16"\nfc = 5', 'command "output"', "fc", "cannot write a u16"),
    ("at = 102\n", 'at = 102\nextra = ["heartbeat"]\n', 'command "output"', "extra", "function 16"),
    ('mode = "increment"', 'mode = "counter"', "[watchdog]", "mode", "none of increment, toggle"),
    ('write = "heartbeat"', 'write = "beat"', "[watchdog]", "write", "no command; there is setpoint, heartbeat"),
    ('echo = "echo"', 'echo = "eco"', "[watchdog]", "echo", "no point"),
    ('fallback = "status.fallback"', 'fallback = "status.gone"', "[watchdog]", "fallback", "no bit 'gone'"),
    ("device_timeout_s = 5.0", "device_timeout_s = 0", "[watchdog]", "device_timeout_s", "above 0"),
    ("device_ramp_s = 10.0\n", "", "[watchdog]", "device_ramp_s", "is missing"),
    ('at = 101\ntype = "u16"', 'at = 101\ntype = "f32"', "[watchdog]", "write", "a heartbeat counts in u16"),
    ('at = 101\n', 'at = 101\nstorage = "eeprom"\n', 'command "heartbeat"', "storage", "EEPROM"),
    ('signal = "current', 'storage = "eeprom"\nsignal = "current', SETPOINT, "storage", "written cyclically"),
    ('all = [{ point = "map_id", equals = 0x5243 }]', "all = []", "[identity]", "all", "write reason"),
    ("equals = 0x5243", "in = []", '[identity] all "map_id"', "in", "list of allowed"),
    ("equals = 0x5243", 'equals = "RC"', '[identity] all "map_id"', "equals", "gives a number"),
    ("equals = 0x5243", "equals = true", '[identity] all "map_id"', "equals", "true is no number"),
    ("equals = 0x5243", 'parameter = "mapid"', '[identity] all "map_id"', "parameter", "no parameter"),
    ('point = "map_id", equals = 0x5243', 'point = "id", equals = 1', '[identity] all "id"', "point", "no point"),
    ("equals = { K = 0x0F, N = 0x15 }", "equals = { N = 0x15 }", "[check] code", "equals", "lacks 'K'"),
    ('by = "tc_type"', 'by = "i_rated"', "[check] code", "by", "enum parameter"),
    ("table = { K = 1372.0, N", "table = { K = 1372.0, S = 2, N", "[params] fs_c", "table", "no choice"),
    ('from = "tc_type"', 'from = "i_rated"', "[params] fs_c", "from", "no parameter with an enum"),
    ("default = 30000.0", "default = 99.0", "[params] i_rated", "default", "99 is outside 100 to 60000 A"),
    ('default = "N"', 'default = "S"', "[params] tc_type", "default", "'S' is none of K, N"),
    ("write = \"output\", value = 1", 'write = "run", value = 1', '[sequence.start] steps 2', "write", "no command"),
    ("value = 1 }", "value = 70000 }", "[sequence.start] steps 2", "value", "does not fit into u16"),
    ("value = 0.0", "value = 40000.0", "[sequence.start] steps 1", "value", "outside its limits"),
    ('"status.remote", within_s = 2.0', '"status.remote"', "[sequence.take_remote] steps 1", "within_s", "is missing"),
    ("{ delay_s = 0.5 }", "{ pause = 1 }", "[sequence.start] steps 3", "", "exactly one of write, wait"),
    ("[sequence.stop]", '[sequence.stop]\npre = ["status.remote"]', "[sequence.stop]", "pre", "from every state"),
    ("[sequence.stop]", "[sequence.halt]", "", "sequence", "needs [sequence.stop]"),
    ("link = [10, 11]", "link = [6, 11]", "[exceptions]", "", "code 6 stands in two lists"),
    ("link = [10, 11]", "link = [0]", "[exceptions]", "link", "no list of whole numbers from 1 to 255"),
    ('point = "current"\nreg', 'point = "currant"\nreg', "[[vector]] 1", "point", "no point"),
    ("expect = 30000.0", "", "[[vector]] 1", "", "exactly one of expect and quality"),
    ("[0x0004, 0x93E0]", "[70000]", "[[vector]] 1", "registers", "from 0 to 65535"),
    ("expect = 30000.0", "expect = 1\nparams = { i_rated = 1 }", "[[vector]] 1 params", "i_rated", "1 is outside"),
]  # fmt: skip


@pytest.mark.parametrize("case", ALONE, ids=lambda case: f"{case[2]} {case[3]}: {case[4]}")
def test_one_mistake_is_the_one_reported(tmp_path: Path, case: tuple[str, ...]) -> None:
    old, new, table, key, part = case
    found = mistakes_in(tmp_path, changed(RIGHT, old, new))
    same = [m for m in found if (m.table, m.key) == (table, key) and part in m.text]
    assert same, [str(m) for m in found]
    assert found == tuple(same), [str(m) for m in found]
    assert str(same[0]).startswith(f"{tmp_path / 'device.toml'}: {table}".rstrip())


def test_the_profile_they_start_from_has_none(tmp_path: Path) -> None:
    assert mistakes_in(tmp_path, RIGHT) == ()
    assert mistakes_in(tmp_path, ASCII) == ()


@pytest.mark.parametrize("table", ["bus", "identity", "watchdog", "profile"])
def test_a_mandatory_table_is_missed(tmp_path: Path, table: str) -> None:
    head, rest = RIGHT.split(f"[{table}]\n")
    without = head + rest[rest.index("\n[") :]
    assert ("", table, "is missing") in [m[1:] for m in mistakes_in(tmp_path, without)]


def test_none_needs_a_reason(tmp_path: Path) -> None:
    (mistake,) = mistakes_in(tmp_path, changed(ASCII, 'reason = "it only measures"\n', ""))
    assert (mistake.table, mistake.key) == ("[watchdog]", "reason")
    (mistake,) = mistakes_in(tmp_path, changed(ASCII, 'reason = "the only module on its line"\n', ""))
    assert (mistake.table, mistake.key) == ("[identity]", "all")


ASCII_ALONE = [
    ('query = "#{addr:02X}"', 'query = "#{adr:02X}"', 'block "channels"', "query", "names adr; known are addr"),
    ('query = "#{addr:02X}"', 'query = "#{addr:02X"', 'block "channels"', "query", "cannot be filled in"),
    ('query = "#{addr:02X}"', 'query = "#{addr:02X}\\\\"', 'block "channels"', "query", "no plain line"),
    ('codec = "dcon_fields"', 'codec = "genesys_text"', 'block "channels"', "codec", "none of dcon_"),
    ('type = "decimal"', 'type = "i16"', 'point "t0"', "type", "none of decimal"),
    ('format = "+07.1f"', 'format = "7d"', 'point "t0"', "format", "no format of a decimal"),
    ('raw = "+9999.9"', "raw = 9999", 'point "t0" invalid "open_or_over"', "raw", "is no text"),
    ("n = [0, 1, 2]", "n = [0, 1, 1]", 'point "t{n}" repeat', "n", "different numbers"),
    ('name = "t{n}"', 'name = "t"', 'point "t"', "name", "must hold {n}"),
    ("repeat = { n = [0, 1, 2], stride = 1 }", "", 'point "t{n}"', "name", "there is no repeat"),
    ("field = 0", "field = -1", 'point "t0"', "field", "outside 0 to 63"),
    ("field = 0", "field = 0\nat = 0", 'point "t0"', "at", "unknown key"),
]


@pytest.mark.parametrize("case", ASCII_ALONE, ids=lambda case: f"{case[2]} {case[3]}: {case[4]}")
def test_one_mistake_of_an_ascii_profile(tmp_path: Path, case: tuple[str, ...]) -> None:
    old, new, table, key, part = case
    found = mistakes_in(tmp_path, changed(ASCII, old, new))
    assert [m for m in found if (m.table, m.key) == (table, key) and part in m.text], [str(m) for m in found]


def test_many_mistakes_at_once(tmp_path: Path) -> None:
    text = RIGHT
    chosen = [ALONE[i] for i in (0, 2, 15, 20, 31, 45, 55, 65, 84)]
    for old, new, *_ in chosen:
        text = changed(text, old, new)
    places = {(m.table, m.key) for m in mistakes_in(tmp_path, text)}
    assert {(table, key) for _, _, table, key, _ in chosen} <= places
    assert len(mistakes_in(tmp_path, text)) == len(chosen)


def test_a_signed_word_of_amperes_may_not_be_too_short_for_the_rating(tmp_path: Path) -> None:
    text = RIGHT.replace(
        'type = "i32"\nunit = "A"\nscale = 0.1\nplausible = [-50.0, 36000.0]', 'type = "i16"\nunit = "A"'
    )
    assert mistakes_in(tmp_path, text) == ()
    (mistake,) = mistakes_in(tmp_path, text.replace("default = 30000.0", "default = 40000.0"))
    assert (mistake.table, mistake.key) == (CURRENT, "type")
    assert "32767" in mistake.text


def test_masks_share_a_word_only_where_they_do_not_touch(tmp_path: Path) -> None:
    echo = 'name = "echo"\nblock = "fast"\nat = 4\ntype = "u16"\nmask = 0x00FF'
    high = '\n\n[[point]]\nname = "high"\nblock = "fast"\nat = 4\ntype = "u16"\nmask = 0xFF00'
    text = changed(RIGHT, 'name = "echo"\nblock = "fast"\nat = 4\ntype = "u16"', echo + high)
    assert mistakes_in(tmp_path, text) == ()
    (mistake,) = mistakes_in(tmp_path, changed(text, "0xFF00", "0xFF80"))
    assert "already belongs to point 'echo'" in mistake.text
    (mistake,) = mistakes_in(tmp_path, changed(text, "0xFF00", "0xA000"))
    assert "has a gap" in mistake.text


@pytest.mark.parametrize(("noun", "name"), [("point", "echo"), ("command", "output"), ("block", "fast")])
def test_a_name_belongs_to_one(tmp_path: Path, noun: str, name: str) -> None:
    start = RIGHT.index(f'[[{noun}]]\nname = "{name}"')
    table = RIGHT[start : RIGHT.index("\n\n", start)]
    found = mistakes_in(tmp_path, RIGHT.replace(table, f"{table}\n\n{table}"))
    assert f"there is already a {noun} '{name}'" in [m.text.split(";")[0] for m in found]


@pytest.mark.parametrize("content", [b"[profile\n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "device.toml"
    path.write_bytes(content)
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    (mistake,) = caught.value.mistakes
    assert "is no TOML" in mistake.text


@pytest.mark.parametrize(
    "text", ["", "profile = 3", "[profile]\nid = 3", "point = 3\n[[block]]", "params = 1", "[params]\nx = 1"]
)
def test_nonsense_is_refused_without_a_crash(tmp_path: Path, text: str) -> None:
    assert mistakes_in(tmp_path, text)
