"""Profiles: those that ship, those that are refused, and the schema of both.

Every broken profile in tests/data/broken_profiles is refused with exactly the words in the ``.txt`` beside
it. After a wording has been changed on purpose, rewrite the texts with
``python -m tests.season.test_profile`` and read the difference.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from matchsim import documents
from matchsim.errors import InputError
from matchsim.season.profile import Profile, load_profile, read_profile, shipped_profiles
from matchsim.season.profile.schema import profile_schema, reference, schema_text

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "tests" / "data" / "broken_profiles"
NAMES = sorted(path.stem for path in BROKEN.glob("*.yaml"))
# Wrong in a way that a schema of single values can see.
SEEN_BY_EDITORS = ["no_type", "unknown_type", "unknown_keys", "letters_and_pathway", "kinds", "words"]


def said_about(name: str) -> str:
    with pytest.raises(InputError) as caught:
        load_profile(f"{name}.yaml")
    return f"{caught.value}\n"


def test_the_collection_is_whole() -> None:
    assert len(NAMES) >= 15
    assert sorted(path.stem for path in BROKEN.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_profile_is_refused_in_these_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    assert said_about(name) == (BROKEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_message_speaks_the_language_of_the_machinery(name: str) -> None:
    told = (BROKEN / f"{name}.txt").read_text(encoding="utf-8")
    for jargon in ("pydantic", "Input should", "NoneType", "literal", "dict", "Traceback", "isoformat"):
        assert jargon not in told


def test_three_profiles_ship() -> None:
    assert list(shipped_profiles()) == ["non-us-img-j1", "reapplicant-with-gap", "us-img"]
    types = {name: load_profile(name).applicant_type for name in shipped_profiles()}
    assert types == {"non-us-img-j1": "non_us_img", "reapplicant-with-gap": "non_us_img", "us-img": "us_img"}


def test_a_shipped_profile_is_the_file_of_the_checkout() -> None:
    assert load_profile("us-img") == load_profile(ROOT / "scenarios" / "profiles" / "us-img.yaml")


def test_they_travel_where_the_wheel_puts_scenarios() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"scenarios" = "matchsim/data/scenarios"' in pyproject


def test_a_name_nearly_right() -> None:
    with pytest.raises(InputError, match=r"no profile is called 'us-imq' \(did you mean 'us-img'\? shipped"):
        load_profile("us-imq")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"mine\.yaml: there is no such file"):
        load_profile("mine.yaml")


def test_values_know_where_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("applicant_type: us_img\nvisa: none\n")
    loaded = read_profile(tmp_path / "x.yaml")
    assert loaded.document.place_of(("visa",)).line == 2


def test_a_pathway_may_be_accepted_on_the_day_of_the_application(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("applicant_type: us_img\npathway: {applied: 2026-10-03, accepted: 2026-10-03}\n")
    assert load_profile(file).pathway.accepted == load_profile(file).pathway.applied


def test_a_profile_is_frozen() -> None:
    with pytest.raises(Exception, match="frozen"):
        load_profile("us-img").visa = "j1"  # type: ignore[misc]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(profile_schema())
    return jsonschema.Draft202012Validator(profile_schema())


def test_the_committed_schema_is_current() -> None:
    """After a change of the model: ``matchsim schema profile > matchsim/data/profile.schema.json``."""
    assert (files("matchsim.data") / "profile.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_committed_reference_is_current() -> None:
    """After a change of the model: ``matchsim schema profile --markdown > docs/reference/profile.md``."""
    assert (ROOT / "docs" / "reference" / "profile.md").read_text(encoding="utf-8") == reference()


def test_the_reference_has_every_key_of_the_top() -> None:
    assert all(f"| `{name}` |" in reference() for name in Profile.model_fields)


def test_every_key_of_the_reference_has_a_meaning() -> None:
    assert "|  |" not in reference()


def test_shipped_profiles_fit_the_schema(validator: jsonschema.Draft202012Validator) -> None:
    for name, entry in shipped_profiles().items():
        validator.validate(documents.parsed_document(entry.read_text(encoding="utf-8"), name).data)


@pytest.mark.parametrize("name", SEEN_BY_EDITORS)
def test_editors_see_what_is_wrong(name: str, validator: jsonschema.Draft202012Validator) -> None:
    assert not validator.is_valid(documents.read_document(BROKEN / f"{name}.yaml").data)


if __name__ == "__main__":
    os.chdir(BROKEN)
    for one in NAMES:
        Path(f"{one}.txt").write_text(said_about(one), encoding="utf-8")
