"""What holds for every setting."""

import pytest

from pillarbox.settings import Setting, catalogue
from pillarbox.settings.declare import Declared, Group

SETTINGS = [setting for setting in catalogue.CATALOGUE if isinstance(setting, Setting)]


def test_no_two_settings_share_a_key() -> None:
    """Ours: a snapshot finds a value by its setting's key."""
    keys = [key for setting in catalogue.CATALOGUE for line in setting.described() for key in line.spellings()]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_default_can_be_written(setting: Setting[object]) -> None:
    """Ours: the documentation shows defaults as they would be written."""
    assert setting.kind.parse(setting.kind.show(setting.default)) == setting.default


@pytest.mark.parametrize("setting", catalogue.CATALOGUE, ids=lambda setting: setting.key)
def test_a_setting_is_documented_in_whole_sentences(setting: Declared[object]) -> None:
    """Ours."""
    assert all(line.doc[0].isupper() and line.doc.endswith(".") for line in setting.described())


def test_every_declaration_is_in_a_group_and_every_group_in_the_catalogue() -> None:
    """Ours: a setting that no group names would never be read."""
    named = [getattr(catalogue, name) for name in catalogue.__all__]
    settings = {value.key for value in named if hasattr(value, "described")}

    assert settings == {setting.key for setting in catalogue.CATALOGUE}
    assert {value.title for value in named if isinstance(value, Group)} == {group.title for group in catalogue.GROUPS}
