"""Every kind of mistake alone: one line, which names cell or device, key, value, bound and a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.plant_text import DEMO, LAB, edited, mistakes_of, with_cell_keys

RECTIFIER = 'profile = "rectifier_plc"\nlink = "tcp://127.0.0.1:15021"\nunit = 1\n'
HOPPER = "serial:/tmp/didymium-demo/ce1-hopper?baud=9600"
OWN_RECTIFIER = ('profile = "rectifier_plc"', 'profile = "own.toml"')


def rectifier_profile(*edits: tuple[str, str]) -> str:
    source = Path(__file__).resolve().parents[2] / "config" / "devices" / "rectifier_plc.toml"
    return edited(source.read_text(encoding="utf-8"), *edits)


def only(folder: Path, text: str | bytes) -> str:
    mistakes = mistakes_of(folder, text)
    assert len(mistakes) == 1, mistakes
    return mistakes[0]


CELL_KEYS = [
    ("current_target_a = 45000.0", ("= 45000", "envelope 20000–40000", "reason"), 3),
    ("current_target_a = 35000.0", ("= 35000", "at most 30000", "ce_25ka"), 2),
    ("current_target_a = 15000.0", ("= 15000", "envelope 20000–40000"), 2),
    ("current_target_a = -1.0", ("= -1.0", "above 0"), 1),
    ('current_target_a = "25000"', ('= "25000"', "a number", "without quotes"), 1),
    ("current_target_a = true", ("= true", "a number"), 1),
    ("current_target_a = nan", ("= nan", "neither infinite nor nan"), 1),
    ("current_target_a = inf", ("= inf", "neither infinite nor nan"), 1),
    ("hold_current_a = 26000.0", ("= 26000", "at most current_target_a = 25000"), 1),
    ("current_ramp_up_pct_per_min = 25.0", ("= 25.0", "at most 20"), 1),
    ("current_slew_up_a_per_s = 1001", ("= 1001", "at most 1000"), 1),
    ("current_slew_up_a_per_s = 10.0", ("= 10", "at least 20.8", "current_ramp_up_pct_per_min = 5"), 1),
    ("bath_temperature_target_degc = 851.0", ("= 851", "at least 852", "liquidus 822", "30 K"), 1),
    ("bath_temperature_target_degc = 930.0", ("= 930", "850–920"), 1),
    ("oxide_target_wt_pct = 2.0", ("= 2", "0.97–1.43"), 1),
    ("oxide_target_wt_pct = 0.5", ("= 0.5", "0.97–1.43"), 1),
    ("dose_kg = 2.5", ("= 2.5", "at most 2.23", "clump"), 1),
    ("dose_kg_per_h_max = 5.0", ("= 5", "Faraday", "leave it out"), 1),
    ("feed_superheat_min_k = 101", ("= 101", "at most 100"), 1),
    ("feed_superheat_min_k = -1", ("= -1", "at least 0"), 1),
    ("anode_change_warning_h = 0", ("= 0", "above 0"), 1),
    ("fresh_s = 1.5", ("= 1.5", "2 scan periods (2 s)", "scan_period_s"), 1),
    ("fresh_s = 11", ("= 11", "at most 10"), 1),
    ("bath_temperature_lost_hold_s = 4000", ("= 4000", "at most 3600"), 1),
    ("process_safety_time_s = 30.0", ("= 30", "fresh_s 3", "watchdog 5", "ramp 30", "38 s"), 1),
    ('supply = "alone"', ('= "alone"', "'private' or 'shared'"), 1),
    ("hold_curent_a = 17000.0", ("= 17000.0", "no such key here", "did you mean hold_current_a?"), 1),
    ("zzz = 1", ("= 1", "no such key here", "current_target_a"), 1),
    ("simulator = 3", ("= 3", "a table"), 1),
    ("product = 7", ("= 7", "a text", "quotes"), 1),
    ('product = ""', ('= ""', "at least 1"), 1),
    ('product = "ce\\n"', ("'ce\\n'", "cannot be seen"), 2),
    ('product = "kryptonite"', ('= "kryptonite"', "shipped products", "prnd"), 1),
    ('product = "no/such.toml"', ("no/such.toml", "No such file"), 1),
]


@pytest.mark.parametrize(("line", "said", "count"), CELL_KEYS, ids=[line for line, _, _ in CELL_KEYS])
def test_a_key_of_a_cell(line: str, said: tuple[str, ...], count: int, tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, with_cell_keys(line))
    assert len(mistakes) <= count, mistakes
    key = line.partition(" ")[0]
    assert all(mistake.startswith('cell "ce1"') for mistake in mistakes)
    assert any(key in mistake and all(word in mistake for word in said) for mistake in mistakes), mistakes


REFUSED = [
    *((element, "metallothermic") for element in ("sm", "eu", "tm", "yb", "samarium", "Sm2O3")),
    *((element, "not electrolysed here") for element in ("sc", "y", "ho", "er", "lu", "pm")),
    *((element, "iron alloy") for element in ("dy", "gd", "tb", "dysprosium")),
]


@pytest.mark.parametrize(("element", "route"), REFUSED)
def test_an_element_that_is_not_made_this_way(element: str, route: str, tmp_path: Path) -> None:
    said = only(tmp_path, with_cell_keys(f'product = "{element}"'))
    assert said.startswith(f'cell "ce1" product = "{element}": ')
    assert route in said


def test_a_refused_element_is_told_even_where_other_keys_are_wrong(tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, with_cell_keys('product = "eu"', "fresh_s = 99"))
    assert any("metallothermic" in mistake for mistake in mistakes)
    mistakes = mistakes_of(tmp_path, edited(DEMO, ('design = "ce_25ka"', 'design = "none.toml"\nproduct = "yb"')))
    assert [mistake.partition(" = ")[0] for mistake in mistakes] == ['cell "ce1" design', 'cell "ce1" product']


def test_a_product_outside_its_window(tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, with_cell_keys('product = "nd"'))
    name = 'cell "ce1" bath_temperature_target_degc = 880: '
    assert all(mistake.startswith(name) for mistake in mistakes)
    assert any("neodymium is made at" in mistake and "ce_25ka is for ce" in mistake for mistake in mistakes)
    assert any(
        "melts at" in mistake and "+ 15 K" in mistake and "freezes on the cathode" in mistake for mistake in mistakes
    )


def test_a_set_point_below_the_melting_point_of_the_metal(tmp_path: Path) -> None:
    """The bath of the praseodymium–neodymium cell is liquid well below the metal."""
    text = edited(DEMO, ('design = "prnd_25ka"', 'design = "prnd_25ka"\nbath_temperature_target_degc = 1000.0'))
    assert any("melts at" in mistake and "at least" in mistake for mistake in mistakes_of(tmp_path, text))


ENVELOPES = [
    ("temperature_degc = [700.0, 960.0]", ("goes beyond [700, 950]", "reason = ")),
    ("current_a = [100.0, 40000.0]", ("goes beyond [20000, 40000]", "reason = ")),
    ("voltage_v = [6.0, 30.0]", ("goes beyond [6, 25]", "reason = ")),
    ('temperature_degc = [900.0, 700.0]\nreason = "none at all"', ("first number", "below the second")),
    ("temperature_degc = [700.0]", ("2 numbers", "[low, high]")),
    ("temperature_degc = [700.0, 800.0, 900.0]", ("2 numbers", "[low, high]")),
    ("temperature_degc = 900.0", ("= 900.0", "square brackets")),
    ("temperature_degc = [true, 950.0]", ("number 1 = true", "a number")),
    ("temperature_degc = [700.0, nan]", ("number 2 = nan", "nan")),
    ('reason = "short"', ('= "short"', "at least 10 characters")),
    ("temperatur_degc = [700.0, 950.0]", ("no such key", "did you mean temperature_degc?")),
    ("voltage_v = [9.0, 25.0]", ("[9, 25]", "runs at 6–8.5 V")),
]


@pytest.mark.parametrize(("line", "said"), ENVELOPES)
def test_an_envelope(line: str, said: tuple[str, ...], tmp_path: Path) -> None:
    text = edited(DEMO, ('design = "ce_25ka"\n', f'design = "ce_25ka"\n[cell.envelope]\n{line}\n'))
    mistakes = mistakes_of(tmp_path, text)
    assert all(mistake.startswith('cell "ce1" ') for mistake in mistakes)
    assert any("envelope" in mistake and all(word in mistake for word in said) for mistake in mistakes), mistakes


def test_a_cell_outside_the_usual_envelope_must_say_why(tmp_path: Path) -> None:
    """The shipped cells that need more say so; without their words they are refused."""
    said = only(
        tmp_path, edited(DEMO, ('reason = "Pr–Nd metal melts near 1000 °C, so this cell runs at 1050 °C"\n', ""))
    )
    assert said.startswith('cell "prnd1" envelope temperature_degc = [700, 1070]: goes beyond')
    envelope = LAB[LAB.index("[cell.envelope]") : LAB.index("# The supply's")]
    mistakes = mistakes_of(tmp_path, LAB.replace(envelope, ""))
    assert any("current_target_a = 400" in mistake and "[cell.envelope]" in mistake for mistake in mistakes)
    assert any("runs at 3.5–6 V" in mistake for mistake in mistakes)


DEVICES = [
    ((RECTIFIER, RECTIFIER.replace("unit = 1", "unit = 900")), ('"rectifier" unit = 900', "at most 255")),
    ((RECTIFIER, RECTIFIER.replace("unit = 1", "unit = 1.5")), ("unit = 1.5", "whole number")),
    ((RECTIFIER, RECTIFIER.replace("unit = 1", "unit = true")), ("unit = true", "whole number")),
    ((RECTIFIER, RECTIFIER.replace("unit = 1", 'unit = "1"')), ('unit = "1"', "without quotes")),
    (("i_rated = 30000.0", "i_rated = nan"), ("parameters i_rated = nan", "neither infinite nor nan")),
    (("i_rated = 30000.0", "i_rated = true"), ("parameters i_rated = true", "a number or a text")),
    (("i_rated = 30000.0", "i_rated = [1]"), ("parameters i_rated = [1]", "a number or a text")),
    (("i_rated = 30000.0", "i_rate = 30000.0"), ("rectifier_plc", "i_rate")),
    (("i_rated = 30000.0", "i_rated = 30.0"), ("i_rated", "100", "60000")),
    (("i_rated = 30000.0", "i_rated = 20000.0"), ("current_target_a = 25000", "at most 20000", "i_rated")),
    (('profile = "rectifier_plc"', 'profile = "rectifier"'), ('profile = "rectifier"', "shipped are", "genesys")),
    (('profile = "rectifier_plc"', 'profile = "no.toml"'), ("no.toml", "no such profile")),
    (('role = "rectifier"', 'role = "feeder"'), ('role = "feeder"', "profile of a rectifier")),
    (('role = "rectifier"', 'role = "pump"'), ('role = "pump"', "'rectifier'", "'feeder'")),
    (("tcp://127.0.0.1:15021", "udp://127.0.0.1:15021"), ("udp://127.0.0.1:15021", "unknown kind", "tcp://HOST:PORT")),
    (("tcp://127.0.0.1:15021", "tcp://127.0.0.1"), ("tcp://127.0.0.1", "a host and a port")),
    (("tcp://127.0.0.1:15021", "tcp://127.0.0.1:99999"), ("99999", "write one of")),
    ((HOPPER, "serial:/tmp/x?baud=9601"), ("baud 9601", "9600, 14400")),
    ((HOPPER, "serial:/tmp/x?bauds=9600"), ("unknown option bauds", "write one of")),
    ((HOPPER, "serial:/tmp/x?parity=X"), ("parity is N, E or O", "write one of")),
    (("ce1-thermocouples?baud=9600", "ce1-thermocouples?baud=1200"), ("1200 baud", "longest reply", "raise the baud")),
    ((HOPPER, "rtu+" + "tcp://127.0.0.1:1\"\nneeded = \"yes"), ('needed = "yes"', "true or false")),
    (("t0 = \"bath_temperature_1_degc\"", 't9 = "bath_temperature_1_degc"'), ("signals t9", "no such point", "t0, t1")),
    (("t0 = \"bath_temperature_1_degc\"", 't0 = "bath_1"'), ('signals t0 = "bath_1"', "bath_temperature_N_degc")),
    (("t0 = \"bath_temperature_1_degc\"", "t0 = 1"), ("signals t0 = 1", "a text")),
    (("t1 = \"bath_temperature_2_degc\"", 't1 = "bath_temperature_4_degc"'), ("without a gap", "1, 3, 4")),
    (("t1 = \"bath_temperature_2_degc\"", 't1 = "bath_temperature_1_degc"'), ("already supplied by", "point t0")),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "said"), DEVICES, ids=[str(number) for number in range(len(DEVICES))])
def test_a_key_of_a_device(edit: tuple[str, str], said: tuple[str, ...], tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, edited(DEMO, edit))
    assert all(mistake.startswith('cell "ce1"') for mistake in mistakes)
    assert any(all(word in mistake for word in said) for mistake in mistakes), mistakes


@pytest.mark.parametrize("unit", [0, 248])
def test_unit_0_is_everybody_on_a_serial_line_and_248_nobody(unit: int, tmp_path: Path) -> None:
    text = edited(DEMO, (f'link = "{HOPPER}"\nunit = 1', f'link = "{HOPPER}"\nunit = {unit}'))
    assert only(tmp_path, text).endswith(f'"hopper" unit = {unit}: modbus on this link has units 1 to 247')


def test_a_supply_has_31_addresses(tmp_path: Path) -> None:
    assert only(tmp_path, edited(LAB, ("unit = 6", "unit = 31"))).endswith("genesys on this link has units 0 to 30")


def test_ascii_needs_no_rtu_framing(tmp_path: Path) -> None:
    said = only(tmp_path, edited(LAB, ("serial:/tmp/didymium-lab/supply?baud=9600", "rtu+tcp://127.0.0.1:4001")))
    assert "is written tcp://HOST:PORT" in said


def test_an_anode_signal_beyond_the_cells_anodes(tmp_path: Path) -> None:
    """Written in the plant file it is a mistake; the spare channels of a monitor are none."""
    text = edited(
        DEMO,
        ('"tcp://127.0.0.1:15023"\nunit = 1', '"tcp://127.0.0.1:15023"\nsignals = { anode_18 = "anode_current_21_a" }'),
    )
    mistakes = mistakes_of(tmp_path, text)
    assert any('"anodes" signals anode_18 = "anode_current_21_a": the cell has 18 anodes' in m for m in mistakes), (
        mistakes
    )


def test_no_device_supplies_what_a_cell_needs(tmp_path: Path) -> None:
    text = edited(DEMO, ("parameters = { i_rated = 30000.0 }", 'parameters = {}\nsignals = { voltage = "" }'))
    assert '"rectifier": does not supply cell_voltage_v' in only(tmp_path, text)


def test_a_cell_has_one_rectifier_and_needs_it(tmp_path: Path) -> None:
    text = edited(DEMO, (RECTIFIER, RECTIFIER + "needed = false\n"))
    assert "needed = false: no cell can do without its rectifier" in only(tmp_path, text)
    start = DEMO.index('[[cell.device]]\nname = "rectifier"')
    end = DEMO.index('[[cell.device]]\nname = "thermocouples"')
    mistakes = mistakes_of(tmp_path, DEMO[:start] + DEMO[end:])
    assert any(mistake.startswith('cell "ce1": 0 devices with role = "rectifier"') for mistake in mistakes)
    second = DEMO[start:end].replace('"rectifier"\nrole', '"second"\nrole').replace("15021", "15029")
    mistakes = mistakes_of(tmp_path, DEMO[:end] + second + DEMO[end:])
    assert any('2 devices with role = "rectifier"' in mistake for mistake in mistakes)


PROFILE_EDITS = [
    (("[sequence.take_remote]", "[sequence.other]"), ("own.toml", "needs [sequence.take_remote]")),
    (('signal = "current_setpoint_a"\n', ""), ("no [[command]]", 'signal = "current_setpoint_a"')),
    (("device_timeout_s = 5.0", "device_timeout_s = 2.5"), ("watchdog of 2.5 s", "3 scan periods (3 s)")),
]


@pytest.mark.parametrize(("edit", "said"), PROFILE_EDITS)
def test_a_rectifier_profile_that_cannot_do(edit: tuple[str, str], said: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(rectifier_profile(edit), encoding="utf-8")
    mistakes = mistakes_of(tmp_path, edited(DEMO, OWN_RECTIFIER))
    assert any('"rectifier"' in mistake and all(word in mistake for word in said) for mistake in mistakes), mistakes


def test_a_rectifier_read_too_seldom_for_fresh_s(tmp_path: Path) -> None:
    slow = rectifier_profile()
    at = slow.index("every_s = ")
    slow = slow[:at] + "every_s = 2.5" + slow[slow.index("\n", at) :]
    (tmp_path / "own.toml").write_text(slow, encoding="utf-8")
    said = only(tmp_path, edited(DEMO, OWN_RECTIFIER))
    assert "fresh_s = 3" in said
    assert "read every 2.5 s" in said
    assert "at least 3.5" in said


def test_a_process_safety_time_nobody_keeps(tmp_path: Path) -> None:
    text = edited(LAB, ('design = "lab_400a"', 'design = "lab_400a"\nprocess_safety_time_s = 60'))
    assert "has no watchdog" in only(tmp_path, text)


INSTRUMENTS = 'prnd1-instruments?baud=19200"\nunit = 2'
AT_HOPPER = 'ce1-hopper?baud=9600"\nunit = 1'
LINKS = [
    ((AT_HOPPER, "ce1-thermocouples?baud=9600\"\nunit = 1"), 'is already cell "ce1" device "thermocouples"'),
    ((AT_HOPPER, "ce1-thermocouples?baud=9600\"\nunit = 2"), "a line carries one protocol"),
    ((INSTRUMENTS, "prnd1-instruments?baud=9600\"\nunit = 2"), "opens the same port as"),
    ((INSTRUMENTS, "prnd1-instruments?baud=19200&parity=E\"\nunit = 2"), "opens the same port as"),
    (("tcp://127.0.0.1:15031", "tcp://127.0.0.1:15021"), 'this link is already cell "ce1" device "rectifier"'),
    (("rtu+tcp://127.0.0.1:15034", "rtu+tcp://127.0.0.1:15033"), "opens the same port as"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "said"), LINKS, ids=[str(number) for number in range(len(LINKS))])
def test_two_devices_on_one_link(edit: tuple[str, str], said: str, tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, edited(DEMO, edit))
    assert any("link = " in mistake and said in mistake for mistake in mistakes), mistakes


def test_one_port_under_two_names(tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    (tmp_path / "by-id").symlink_to(port)
    text = edited(
        DEMO,
        ("serial:/tmp/didymium-demo/ce1-thermocouples?", f"serial:{port}?"),
        (HOPPER, f"serial:{tmp_path}/by-id?baud=9600"),
    )
    assert any("opens the same port as" in mistake for mistake in mistakes_of(tmp_path, text))


SECTION = [
    (('site = "demo"', 'site = "De mo"'), ('[plant] site = "De mo"', "lower-case letters")),
    (('site = "demo"\n', ""), ("[plant] site: is missing", 'site = "works"')),
    (("scan_period_s = 1.0", "scan_period_s = 0.1"), ("scan_period_s = 0.1", "at least 0.2")),
    (("scan_period_s = 1.0", "scan_period_s = 3"), ("scan_period_s = 3", "at most 2")),
    (("scan_period_s = 1.0", "scan_periods = 1.0"), ("did you mean scan_period_s?",)),
    (("port = 18830", "port = 0"), ("[mqtt] port = 0", "at least 1")),
    (("port = 18830", "port = 65536"), ("[mqtt] port = 65536", "at most 65535")),
    (('host = "127.0.0.1"\n', ""), ("[mqtt] host: is missing", "127.0.0.1")),
    (('directory = "/tmp/didymium-demo/journal"\n', ""), ("[journal] directory: is missing",)),
    (('[journal]\ndirectory = "/tmp/didymium-demo/journal"\n', ""), ("[journal]: is missing", "directory = ")),
    (("[command]", "[commands]"), ("commands = ", "did you mean command?")),
    (("/tmp/didymium-demo/didymium.sock", "/tmp/" + "x" * 120), ("[command] socket", "at most 107")),
    (("port = 18830", 'port = 18830\npassword_file = "none"\nusername = "x"'), ("password_file", "No such file")),
    (('name = "prnd1"', 'name = "ce1"'), ('cell "ce1" name: is given to more than one cell',)),
    (('name = "hopper"', 'name = "feeder"'), ('cell "ce1" device "feeder" name: is given to more than one',)),
    (('name = "ce1"\n', ""), ("cell number 1 name: is missing", 'name = "ce1"')),
    (('name = "ce1"', 'name = "CE 1"'), ('cell "CE 1" name = "CE 1"', "lower-case letters")),
    (('design = "ce_25ka"', 'design = "ce_26ka"'), ('design = "ce_26ka"', "shipped cells", "ce_25ka")),
    (('design = "ce_25ka"\n', ""), ('cell "ce1" design: is missing', 'design = "ce_25ka"')),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "said"), SECTION, ids=[str(number) for number in range(len(SECTION))])
def test_a_key_of_the_section(edit: tuple[str, str], said: tuple[str, ...], tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, edited(DEMO, edit))
    assert any(all(word in mistake for word in said) for mistake in mistakes), mistakes


def test_one_wrong_key_hides_no_other(tmp_path: Path) -> None:
    text = with_cell_keys('supply = "maybe"')
    text = edited(
        text,
        ('role = "rectifier"', 'role = "rectifer"'),
        (RECTIFIER, 'profile = "rectifier_pcl"\nlink = "tpc://127.0.0.1:15021"\nunit = 300\n'),
        ("[[cell.device]]", '[cell.envelope]\ncurrent_a = [4e4, 2e4]\nreason = "none at all"\n\n[[cell.device]]'),
    )
    said = (
        'cell "ce1" supply = "maybe"',
        'cell "ce1" device "rectifier" role = "rectifer"',
        'cell "ce1" device "rectifier" unit = 300',
        'cell "ce1" device "rectifier" link \'tpc://127.0.0.1:15021\'',
        'cell "ce1" device "rectifier" profile = "rectifier_pcl"',
        'cell "ce1" envelope current_a = [40000.0, 20000.0]: the first number must be below the second',
    )
    mistakes = mistakes_of(tmp_path, text)
    assert len(mistakes) == len(said)
    for words in said:
        assert any(mistake.startswith(words) for mistake in mistakes), (words, mistakes)


def test_a_file_without_cells(tmp_path: Path) -> None:
    head = DEMO[: DEMO.index("# Cerium, LiF")]
    assert only(tmp_path, head) == "[[cell]]: is missing; at least one is wanted"
    assert "write it as [[cell]] tables" in only(tmp_path, "cell = 3\n" + head)
    assert only(tmp_path, head + '[[cell]]\nname = "x"\ndesign = "ce_25ka"\n').startswith(
        'cell "x" [[cell.device]]: is missing'
    )
    assert "at most 64" in only(tmp_path, head + '[[cell]]\nname = "x"\n' * 65)


def test_a_slow_scan_outruns_fresh_s_and_watchdog(tmp_path: Path) -> None:
    mistakes = mistakes_of(tmp_path, edited(DEMO, ("scan_period_s = 1.0", "scan_period_s = 2.0")))
    assert sum("fresh_s = 3: must be at least 2 scan periods (4 s)" in mistake for mistake in mistakes) == 2
    assert sum("watchdog of 5 s is shorter than 3 scan periods (6 s)" in mistake for mistake in mistakes) == 2
    assert len(mistakes) == 4
