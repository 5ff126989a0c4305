"""The doctor reports what fails and goes on."""

import pytest

from petscribe import doctor
from petscribe.core.errors import OutputError


def test_a_failing_check_is_reported_and_the_next_ones_run(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OutputError("cannot-write", "cannot write x: No space left on device")

    monkeypatch.setattr(doctor, "write_text", fail)
    monkeypatch.setattr(doctor, "_phantom", lambda _: (True, "skipped here"))
    results = {check.name: check for check in doctor.examine()}
    assert not results["writing files"].ok
    assert "No space left" in results["writing files"].detail
    assert results["lesion of known size"].ok
    assert results["SUV of a known dose"].ok


def test_a_wrong_number_is_not_ok(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("petscribe.quant.suv_metrics.suv_peak", lambda *_: {1: 9.9})
    monkeypatch.setattr(doctor, "_phantom", lambda _: (True, "skipped here"))
    results = {check.name: check.ok for check in doctor.examine()}
    assert not results["lesion of known size"]
