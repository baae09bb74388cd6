"""Every profile that ships: it loads, resolves for every choice, agrees with its golden vectors and says who it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.ascii.codecs import CODECS
from drivers.profiles.codec import BlockDecoder, encode_command, encode_point
from drivers.profiles.load import (
    ProfileError,
    find_profile,
    load_profile,
    minimum_timeout_s,
    resolve,
    shipped_profiles,
    vector_mistakes,
)
from drivers.profiles.schema import Profile, ResolvedProfile
from drivers.reading import Quality

NAMES = (
    "adam_4118",
    "anode_monitor",
    "digital_io",
    "feeder_abb",
    "genesys",
    "icpdas_m7018_dcon",
    "icpdas_m7018_rtu",
    "load_cell",
    "rectifier_plc",
)

# Signals the process image is filled from, by profile; what the plant file assigns is not here.
SIGNALS = {
    "rectifier_plc": {
        "line_current_a",
        "cell_voltage_v",
        "current_setpoint_readback_a",
        "rectifier_ready",
        "rectifier_running",
        "rectifier_remote",
        "rectifier_tripped",
        "rectifier_fallback",
        "rectifier_heartbeat_echo",
    },
    "genesys": {"line_current_a", "cell_voltage_v", "current_setpoint_readback_a", "rectifier_running"},
    "anode_monitor": {f"anode_current_{n}_a" for n in range(1, 21)},
    "load_cell": {"hopper_mass_kg"},
    "feeder_abb": {"feeder_ready", "feeder_running", "dose_done_id", "dose_done_kg"},
    "digital_io": {"permit_contact_closed", "coolant_flow_healthy", "off_gas_flow_healthy"},
}


@pytest.fixture(params=NAMES)
def profile(request: pytest.FixtureRequest) -> Profile:
    return load_profile(find_profile(str(request.param)))


def every_choice(profile: Profile) -> Iterator[ResolvedProfile]:
    yield resolve(profile, {})
    for name, parameter in profile.parameters.items():
        for choice in parameter.choices:
            yield resolve(profile, {name: choice})


def test_these_ship() -> None:
    assert tuple(shipped_profiles()) == NAMES


def test_it_agrees_with_its_golden_vectors(profile: Profile) -> None:
    assert vector_mistakes(profile) == ()
    vectors = resolve(profile, {}).vectors
    assert len(vectors) >= 3
    assert all(vector.source for vector in vectors)
    if any(point.invalid for point in resolve(profile, {}).points.values()):
        assert any(vector.quality for vector in vectors)


def test_it_resolves_for_every_choice(profile: Profile) -> None:
    for resolved in every_choice(profile):
        assert resolved.content_hash == profile.content_hash
        assert re.fullmatch("[0-9a-f]{64}", resolved.content_hash)
        for block in resolved.blocks:
            BlockDecoder(resolved, block)


def test_it_says_who_it_is_and_that_it_is_simulated(profile: Profile) -> None:
    for resolved in every_choice(profile):
        identity = resolved.identity
        assert identity.all
        assert identity.simulated is not None
        assert identity.simulated.point not in {condition.point for condition in identity.all}
        for condition in (*identity.all, identity.simulated, *resolved.checks):
            for value in condition.allowed:
                point = resolved.points[condition.point]
                encode_point(point, value)  # a simulated instrument has to be able to say it


def test_a_map_of_our_own_making_is_marked_unverified(profile: Profile) -> None:
    resolved = resolve(profile, {})
    if "Didymium reference map" in profile.source and "manual" not in profile.source:
        assert all(point.unverified for point in resolved.points.values())
        assert all(command.unverified for command in resolved.commands.values())


def test_it_has_time_to_answer_at_9600_baud(profile: Profile) -> None:
    resolved = resolve(profile, {})
    assert minimum_timeout_s(resolved, 9600) <= resolved.bus.timeout_s


def test_ascii_blocks_name_fields_their_grammar_has(profile: Profile) -> None:
    resolved = resolve(profile, {})
    for block in resolved.blocks.values():
        if block.codec is None:
            continue
        points = [point for point in resolved.points.values() if point.block == block.name]
        texts = {
            point.field: str(encode_point(point, "X" if point.type == "text" else 1.0 if point.labels else 20.0))
            for point in points
        }
        assert set(CODECS[block.codec].decode(CODECS[block.codec].encode(texts, 1), 1, block.fields)) == set(texts)


@pytest.mark.parametrize(("name", "signals"), SIGNALS.items())
def test_it_supplies_the_signals_of_its_role(name: str, signals: set[str]) -> None:
    points = resolve(load_profile(find_profile(name)), {}).points.values()
    supplied = {p.signal for p in points} | {bit.signal for p in points for bit in p.bits}
    assert signals <= supplied


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("rectifier_plc", {"current_setpoint_a", "heartbeat"}),
        ("genesys", {"current_setpoint_a"}),
        ("feeder_abb", {"dose_kg"}),
        ("digital_io", {"permit_contact", "alive_pulse"}),
    ],
)
def test_it_takes_the_commands_of_its_role(name: str, commands: set[str]) -> None:
    resolved = resolve(load_profile(find_profile(name)), {})
    assert commands <= {command.signal for command in resolved.commands.values()}


def test_the_rating_scales_the_rectifier() -> None:
    profile = load_profile(find_profile("rectifier_plc"))
    for rated_a in (30000.0, 40000.0):
        command = resolve(profile, {"i_rated": rated_a}).commands["current_sp"]
        assert encode_command(command, rated_a) == (27648,)
        assert command.limits is not None
        assert command.limits.high == rated_a


def test_taking_over_a_running_rectifier_writes_nothing_but_remote() -> None:
    sequence = resolve(load_profile(find_profile("rectifier_plc")), {}).sequences["take_remote"]
    assert [step.write for step in sequence.steps if step.write] == ["remote"]


def test_a_dose_and_its_number_are_neighbours_and_never_repeated() -> None:
    commands = resolve(load_profile(find_profile("feeder_abb")), {}).commands
    dose, number = commands["dose_kg"], commands["dose_id"]
    assert dose.extra == ("dose_id",)
    assert dose.fc == 16
    assert number.at == dose.at + 1
    assert not dose.idempotent
    assert encode_command(number, 65535.0) == (65535,)


@pytest.mark.parametrize(("anodes", "line_current_a"), [(10, 25000.0), (16, 25000.0), (18, 40000.0)])
def test_the_anode_monitor_holds_the_reference_cells(anodes: int, line_current_a: float) -> None:
    resolved = resolve(load_profile(find_profile("anode_monitor")), {})
    # Twice the mean is what one anode may carry with its neighbours passive; 6 kA at the least.
    for current_a in (line_current_a / anodes, 2.0 * line_current_a / anodes, 6000.0):
        point = resolved.points[f"anode_{anodes}"]
        raw = encode_point(point, current_a)
        assert isinstance(raw, tuple)
        image = [0] * resolved.blocks["anodes"].count
        image[point.at] = raw[0]
        reading = BlockDecoder(resolved, "anodes").decode(image, 0.0)[point.name]
        assert reading.quality is Quality.GOOD
        assert isinstance(reading.value, float)
        assert abs(reading.value - current_a) <= 0.25


def test_a_name_that_does_not_ship() -> None:
    with pytest.raises(ProfileError, match=r"shipped are adam_4118, .*rectifier_plc"):
        find_profile("rectifier")


def test_a_path_no_file_can_have() -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        find_profile("x" * 5000 + ".toml")


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(find_profile("load_cell").read_text())
    assert find_profile(path) == path
    assert load_profile(path).content_hash == load_profile(find_profile("load_cell")).content_hash
