"""What a plant file becomes, twenty mistakes at once, and files that are no plant files at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from controller.settings import PlantFileError, load_plant
from tests.support.plant_text import DEMO, PLANTS, edited, mistakes_of, with_cell_keys


def loaded(folder: Path, text: str) -> Path:
    path = folder / "plant.toml"
    path.write_text(text, encoding="utf-8")
    return path


def line_of(text: str) -> str:
    return f"line {DEMO.count(chr(10), 0, DEMO.index(text)) + 1},"


def test_what_is_left_out_comes_from_the_design() -> None:
    ce1, prnd1 = load_plant(PLANTS / "demo.toml").cells
    assert ce1.control.current_target_a == ce1.design.nominal_current_a == 25000.0
    assert ce1.control.hold_current_a == ce1.limits.hold_current_a == ce1.design.hold_current_a
    assert ce1.limits.current_a_max == 30000.0, "the cell is rated lower than the envelope's 40 kA"
    assert ce1.limits.cell_voltage_v_max == 15.0, "the cell's limit is below the envelope's 25 V"
    assert ce1.limits.bath_temperature_degc_max == 920.0, "the product's band ends below the envelope"
    assert prnd1.limits.bath_temperature_degc_max == 1070.0
    assert ce1.limits.dose_kg_max == 2.0 * ce1.control.dose_kg
    assert not ce1.limits.shadow
    assert ce1.product.id == "ce"
    assert [device.role for device in ce1.devices][:2] == ["rectifier", "bath_temperature"]


def test_what_is_given_binds(tmp_path: Path) -> None:
    text = with_cell_keys(
        "current_target_a = 24000",
        "hold_current_a = 16000.0",
        "fresh_s = 2.5",
        "dose_kg = 0.5",
        "dose_kg_per_h_max = 60.0",
        "current_slew_up_a_per_s = 100.0",
        "bath_temperature_target_degc = 870.0",
        "process_safety_time_s = 37.5",
        'supply = "shared"',
        "[cell.envelope]",
        "current_a = [20000.0, 24500.0]",
        "temperature_degc = [700.0, 900.0]",
        "voltage_v = [6.0, 12.0]",
        "[cell.simulator]",
        "seed_offset = 3",
    )
    cell = load_plant(loaded(tmp_path, text), shadow=True).cells[0]
    assert (cell.control.current_target_a, cell.control.hold_current_a) == (24000.0, 16000.0)
    assert cell.control.bath_temperature_target_degc == 870.0
    assert cell.control.highest_current_a == cell.limits.current_a_max == 24500.0
    assert (cell.limits.bath_temperature_degc_max, cell.limits.cell_voltage_v_max) == (900.0, 12.0)
    assert (cell.limits.fresh_s, cell.limits.dose_kg_max, cell.limits.dose_kg_per_h_max) == (2.5, 1.0, 60.0)
    assert cell.limits.current_slew_up_a_per_s == 100.0
    assert cell.limits.shadow
    assert (cell.supply, cell.control.supply_is_private) == ("shared", False)
    assert cell.simulator["seed_offset"] == 3


def test_the_channels_beyond_the_cells_anodes_supply_nothing() -> None:
    ce1 = load_plant(PLANTS / "demo.toml").cells[0]
    monitor = next(device for device in ce1.devices if device.role == "anode_current")
    assert ce1.design.anodes.count == 18
    assert sorted(monitor.signals.values()) == sorted(f"anode_current_{n}_a" for n in range(1, 19))


def test_an_empty_signal_takes_a_point_away(tmp_path: Path) -> None:
    text = edited(DEMO, ("i_rated = 30000.0 }", 'i_rated = 30000.0 }\nsignals = { "status.remote" = "" }'))
    rectifier = load_plant(loaded(tmp_path, text)).cells[0].devices[0]
    assert "rectifier_remote" not in rectifier.signals.values()
    assert "rectifier_running" in rectifier.signals.values()


def test_paths_start_at_the_plant_files_folder(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    (folder / "cells").mkdir(parents=True)
    shipped = PLANTS.parent / "cells" / "ce_25ka.toml"
    own = shipped.read_text(encoding="utf-8").replace('name = "cerium 25 kA"', 'name = "ours"')
    (folder / "cells" / "ours.toml").write_text(own, encoding="utf-8")
    (folder / "password").write_text("secret\n", encoding="utf-8")
    (folder / "password").chmod(0o600)
    text = edited(
        DEMO,
        ('design = "ce_25ka"', 'design = "cells/ours.toml"'),
        ("/tmp/didymium-demo/journal", "var/journal"),
        ("/tmp/didymium-demo/didymium.sock", "didymium.sock"),
        ("port = 18830", 'username = "didymium"\npassword_file = "password"'),
    )
    plant = load_plant(loaded(folder, text))
    assert plant.cells[0].design.name == "ours"
    assert plant.journal_directory == folder / "var" / "journal"
    assert plant.command_socket == folder / "didymium.sock"
    assert plant.mqtt is not None
    assert (plant.mqtt.port, plant.mqtt.username, plant.mqtt.password) == (1883, "didymium", "secret")


def test_without_a_broker(tmp_path: Path) -> None:
    text = edited(DEMO, ('[mqtt]\nhost = "127.0.0.1"\nport = 18830\n', ""))
    assert load_plant(loaded(tmp_path, text)).mqtt is None


def test_the_settings_hash_tells_files_and_profiles_apart(tmp_path: Path) -> None:
    same = load_plant(loaded(tmp_path, DEMO)).settings_hash
    assert same == load_plant(PLANTS / "demo.toml").settings_hash
    assert same != load_plant(loaded(tmp_path, with_cell_keys("fresh_s = 2.5"))).settings_hash
    profile = (PLANTS.parent / "devices" / "rectifier_plc.toml").read_text(encoding="utf-8")
    own = edited(DEMO, ('"rectifier_plc"', '"own.toml"'))
    hashes = []
    for timeout_s in ("0.4", "0.45"):
        text = profile.replace("timeout_s = 0.4\n", f"timeout_s = {timeout_s}\n", 1)
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
        hashes.append(load_plant(loaded(tmp_path, own)).settings_hash)
    assert hashes[0] != hashes[1]


def test_twenty_mistakes_at_once(tmp_path: Path) -> None:
    text = edited(
        DEMO,
        ('area = "hall1"', 'area = "Hall 1"'),
        ("scan_period_s = 1.0", "scan_period_s = 5"),
        ("port = 18830", 'port = "18830"\nhots = "x"'),
        ("/tmp/didymium-demo/didymium.sock", "/tmp/" + "x" * 200),
        (
            'design = "ce_25ka"\n',
            'design = "ce_25ka"\nproduct = "eu"\nfresh_s = true\ndose_kg = nan\nsuply = "private"\n',
        ),
        ("tcp://127.0.0.1:15021\"\nunit = 1", "tcp://127.0.0.1:15021\"\nunit = 256"),
        ("ce1-thermocouples?baud=9600", "ce1-thermocouples?baud=9601"),
        ('t0 = "bath_temperature_1_degc"', 't77 = "bath_temperature_1_degc"'),
        ('profile = "feeder_abb"', 'profile = "feeder_abc"'),
        ("tcp://127.0.0.1:15022", "15022"),
        ('role = "anode_current"', 'role = "anodes"'),
        (
            'design = "prnd_25ka"\n',
            'design = "prnd_25ka"\ncurrent_target_a = 31000.0\nhold_current_a = 32000.0\noxide_target_wt_pct = 9.0\n'
            "bath_temperature_target_degc = 990.0\n",
        ),
        ("tcp://127.0.0.1:15031", "tcp://127.0.0.1:15024"),
        ("tc_type = \"S\"", "tc_type = \"Q\""),
        ("prnd1-instruments?baud=19200\"\nunit = 2", "prnd1-instruments?baud=19200\"\nunit = 3"),
    )  # fmt: skip
    mistakes = mistakes_of(tmp_path, text)
    wanted = [
        '[plant] area = "Hall 1"',
        "[plant] scan_period_s = 5",
        '[mqtt] port = "18830"',
        '[mqtt] hots = "x"',
        "[command] socket",
        'cell "ce1" product = "eu"',
        'cell "ce1" fresh_s = true',
        'cell "ce1" dose_kg = nan',
        'cell "ce1" suply = "private"',
        'cell "ce1" device "rectifier" unit = 256',
        'cell "ce1" device "thermocouples" link',
        'cell "ce1" device "thermocouples" signals t77',
        'cell "ce1" device "feeder" profile = "feeder_abc"',
        'cell "ce1" device "feeder" link',
        'cell "ce1" device "anodes" role = "anodes"',
        'cell "prnd1" current_target_a = 31000',
        'cell "prnd1" hold_current_a = 32000',
        'cell "prnd1" oxide_target_wt_pct = 9',
        'cell "prnd1" bath_temperature_target_degc = 990',
        'cell "prnd1" device "thermocouples" profile = "icpdas_m7018_rtu"',
        'cell "prnd1" device "rectifier" link',
        'cell "prnd1" device "hopper" link',
    ]
    for start in wanted:
        assert any(mistake.startswith(start) for mistake in mistakes), (start, mistakes)
    assert len(mistakes) == len(set(mistakes))


def test_nothing_is_said_of_keys_that_rest_on_a_wrong_one(tmp_path: Path) -> None:
    """The default that stands in for a wrong value is nobody's: no message speaks of it."""
    text = with_cell_keys('current_target_a = "20100"', "hold_current_a = 20500.0")
    assert [mistake.partition(" = ")[0] for mistake in mistakes_of(tmp_path, text)] == ['cell "ce1" current_target_a']
    text = edited(with_cell_keys("fresh_s = 3.0"), ("scan_period_s = 1.0", "scan_period_s = 5.0"))
    assert [mistake.partition(" = ")[0] for mistake in mistakes_of(tmp_path, text)] == ["[plant] scan_period_s"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (DEMO.replace("unit = 1\n", "unit 1\n", 1), line_of("unit = 1")),
        (DEMO.replace('name = "ce1"', 'name = "ce1'), line_of('name = "ce1"')),
        (DEMO + '[plant]\nsite = "x"\n', f"line {DEMO.count(chr(10)) + 1},"),
        ("x = [" + "[" * 20000, "too deep"),
        ("x = " + "9" * 5000, "is no TOML"),
        (b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe", "no text in UTF-8 (line 1, byte 10"),
        (b'[plant]\nsite = "\xe9"\n', "no text in UTF-8 (line 2"),
        (b"\x00" * 100, "is no TOML"),
        (b"#" * 1_000_001, "longer than"),
    ],
    ids=["key", "quote", "twice", "deep", "digits", "binary", "latin-1", "zeros", "long"],
)
def test_a_file_that_is_no_toml(content: str | bytes, said: str, tmp_path: Path) -> None:
    (mistake,) = mistakes_of(tmp_path, content)
    assert said in mistake


def test_an_empty_file_lacks_every_table(tmp_path: Path) -> None:
    said = mistakes_of(tmp_path, "")
    assert [line.partition(":")[0] for line in said] == ["[plant]", "[journal]", "[command]", "[[cell]]"]


@pytest.mark.parametrize(
    ("path", "said"), [("", "is a directory"), ("none.toml", "no such file"), ("a\0b", "cannot be read")]
)
def test_a_path_that_leads_to_no_file(path: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PlantFileError, match=said):
        load_plant(f"{tmp_path}/{path}")


def test_an_endless_file(tmp_path: Path) -> None:
    with pytest.raises(PlantFileError, match="longer than"):
        load_plant("/dev/zero")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read(tmp_path: Path) -> None:
    path = loaded(tmp_path, DEMO)
    path.chmod(0)
    with pytest.raises(PlantFileError, match="Permission denied"):
        load_plant(path)


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"hush-hush", 0o640, "others may read it; chmod 600"),
        (b"hush-hush", 0o604, "others may read it; chmod 600"),
        (b" \n", 0o600, "is empty"),
        (b"\xff\xfe", 0o600, "no text in UTF-8"),
    ],
)
def test_a_password_file(content: bytes, mode: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(content)
    (tmp_path / "password").chmod(mode)
    (mistake,) = mistakes_of(tmp_path, edited(DEMO, ("18830", '18830\nusername = "d"\npassword_file = "password"')))
    assert mistake.startswith(f'[mqtt] password_file = "{tmp_path}/password": ')
    assert said in mistake
    assert "hush-hush" not in mistake


def test_a_password_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    (tmp_path / "password").chmod(0o600)
    (mistake,) = mistakes_of(tmp_path, edited(DEMO, ("18830", '18830\npassword_file = "password"')))
    assert "add username" in mistake


@pytest.mark.parametrize("content", ["x = " + "9" * 5000, "x = " + "[" * 20000, "[cell", b"\xff"], ids=range(4))
def test_a_cell_file_that_is_none(content: str | bytes, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    (mistake,) = mistakes_of(tmp_path, edited(DEMO, ('"ce_25ka"', '"own.toml"')))
    assert mistake.startswith(f'cell "ce1" design = "own.toml": {tmp_path}/own.toml: ')
