"""Settings: defaults, TAXI_ variables over them, options over both; a wrong one is named with what to do."""

from pathlib import Path

import pytest

from taxi.errors import BadInput
from taxi.settings import Settings


def test_a_variable_is_over_a_default_and_an_option_over_both(monkeypatch):
    assert Settings.given().port == 8000
    monkeypatch.setenv("TAXI_PORT", "8001")
    monkeypatch.setenv("TAXI_MODEL_PATH", "elsewhere.pkl")
    assert Settings.given(port=None, host=None).port == 8001
    settings = Settings.given(port=8002)
    assert (settings.port, settings.model_path) == (8002, Path("elsewhere.pkl"))


def test_variables_of_other_programs_are_not_read(monkeypatch):
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("TAXI_FARE", "2.5")
    assert Settings.given() == Settings()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("TAXI_PORT", "abc", "Input should be a valid integer"),
        ("TAXI_PORT", "65536", "Input should be less than or equal to 65535"),
        ("TAXI_PORT", "-1", "Input should be greater than or equal to 0"),
        ("TAXI_MAX_BODY_BYTES", "0", "Input should be greater than 0"),
        ("TAXI_MAX_BATCH_BYTES", "64k", "Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_named_with_its_variable(monkeypatch, name, value, reason):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as caught:
        Settings.given()
    assert str(caught.value).startswith(f"{name}={value}: {reason}")
    assert str(caught.value).endswith(". Set it right, or unset it")


def test_a_smaller_body_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("TAXI_MAX_BODY_BYTES", "1000")
    assert Settings.given().max_body_bytes == 1000
