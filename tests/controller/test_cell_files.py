from __future__ import annotations

from pathlib import Path

import pytest

from controller.cell_files import CONFIG, CellFileError, load_cell_design, load_product

CELLS = sorted(path.stem for path in (CONFIG / "cells").glob("*.toml"))
PRODUCTS = sorted(path.stem for path in (CONFIG / "products").glob("*.toml"))


def test_what_is_shipped() -> None:
    assert {"ce_25ka", "prnd_25ka", "ndfe_20ka", "nd_6ka", "lab_400a"} <= set(CELLS)
    assert {"ce", "la", "pr", "nd", "prnd", "mischmetal", "ndfe", "prfe", "gdfe", "dyfe"} <= set(PRODUCTS)


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_product_can_be_liquid_in_its_band(name: str) -> None:
    product = load_product(name)
    low, high = product.bath_temperature_band_degc
    assert low < high
    assert product.metal_melting_point_degc + 15.0 <= high
    assert product.electrons_per_atom == 3.0


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_runs_inside_the_window_of_its_product(name: str) -> None:
    design, simulator = load_cell_design(name)
    product = load_product(design.product)
    low, high = product.bath_temperature_band_degc
    assert design.id == name
    assert low <= design.bath_temperature_target_degc <= high
    assert design.bath_temperature_target_degc >= design.bath_liquidus_degc + 30.0
    assert design.bath_temperature_target_degc >= product.metal_melting_point_degc + 15.0
    assert design.dose_kg <= 0.0005 * design.bath_mass_kg
    assert simulator["arrangement"] in ("plates", "ring")


@pytest.mark.parametrize("name", CELLS)
def test_the_carbon_of_an_anode_is_that_of_its_working_face(name: str) -> None:
    design, simulator = load_cell_design(name)
    anodes = design.anodes
    thickness_cm = anodes.gap_worn_cm - anodes.gap_new_cm
    volume_cm3 = anodes.width_cm * anodes.immersion_cm * thickness_cm
    if simulator["arrangement"] == "ring":
        new_radius_cm = anodes.gap_new_cm + simulator["cathode_diameter_cm"] / 2.0
        volume_cm3 *= 1.0 + thickness_cm / (2.0 * new_radius_cm)
    face_kg = volume_cm3 * anodes.carbon_density_g_per_cm3 / 1000.0
    assert anodes.carbon_new_kg == pytest.approx(face_kg * (1.0 + design.excess_carbon_fraction), rel=0.01)


def test_a_path_loads_like_a_name(tmp_path: Path) -> None:
    copy = tmp_path / "own.toml"
    copy.write_text((CONFIG / "cells" / "ce_25ka.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert load_cell_design(copy) == load_cell_design("ce_25ka")
    assert load_cell_design(str(copy)) == load_cell_design("ce_25ka")


def test_all_mistakes_of_a_cell_file_come_at_once(tmp_path: Path) -> None:
    text = (CONFIG / "cells" / "ce_25ka.toml").read_text(encoding="utf-8")
    for before, after in (
        ("bath_mass_kg = 4470.0", "bath_mass_kg = -1.0"),
        ("rated_current_a = 30000.0", 'rated_current_a = "much"'),
        ("count = 18", "count = 18.5"),
        ("normal_voltage_v = [6.0, 8.5]", "normal_voltage_v = [8.5, 6.0]"),
        ("dose_kg = 1.0", "doze_kg = 1.0"),
        ("current_efficiency = 0.80", "current_efficiency = nan"),
        ("[simulator]", "[simulater]"),
    ):
        assert before in text
        text = text.replace(before, after, 1)
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CellFileError) as caught:
        load_cell_design(path)
    mistakes = caught.value.mistakes
    for words in (
        ("bath_mass_kg = -1.0", "1–50000"),
        ("rated_current_a", "must be a number"),
        ("[cell.anodes] count = 18.5", "whole number"),
        ("normal_voltage_v", "below the second"),
        ("unknown key 'doze_kg'",),
        ("[cell] dose_kg is missing",),
        ("current_efficiency = nan", "must be a number"),
        ("'simulater'",),
    ):
        assert any(all(word in line for word in words) and str(path) in line for line in mistakes), words
    assert len(mistakes) == 8


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("lif_wt_pct = 16.0", "lif_wt_pct = 26.0", "must make 100"),
        ("hold_current_a = 18000.0", "hold_current_a = 28000.0", "hold_current_a <= nominal_current_a"),
        ("oxide_target_wt_pct = 1.20", "oxide_target_wt_pct = 1.50", "the window is 0.97–1.43"),
        ("gap_new_cm = 8.0", "gap_new_cm = 15.0", "gap_new_cm must be below"),
        ("voltage_limit_v = 15.0", "voltage_limit_v = 8.0", "normal_voltage_v reaches above"),
    ],
)
def test_numbers_that_disagree_are_seen(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = (CONFIG / "cells" / "ce_25ka.toml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "bad.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(CellFileError, match=said):
        load_cell_design(path)


def test_unknown_names_list_what_there_is() -> None:
    with pytest.raises(CellFileError, match=r"ce_25ka.*prnd_25ka"):
        load_cell_design("ce_26ka")
    with pytest.raises(CellFileError, match="mischmetal"):
        load_product("unobtainium")


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file"), ("[cell", "bad.toml"), ("", "[cell] is missing")]
)
def test_unreadable_files_are_a_mistake_and_no_traceback(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "bad.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CellFileError) as caught:
        load_cell_design(path)
    assert any(said in line for line in caught.value.mistakes)


@pytest.mark.parametrize("consumable", ["true", "false"])
def test_a_plants_own_product_of_a_refused_element_does_not_load(tmp_path: Path, consumable: str) -> None:
    text = (CONFIG / "products" / "nd.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace("Nd2O3", "Sm2O3") + f"consumable_cathode = {consumable}\n", encoding="utf-8")
    with pytest.raises(CellFileError, match="metallothermic"):
        load_product(path)
