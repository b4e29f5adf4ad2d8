"""A look is not called slow here: a machine that runs many tests at once may be."""

from datetime import timedelta

import pytest

from crisis.sentinel import auditor


@pytest.fixture(autouse=True)
def a_patient_auditor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditor, "SLOW", timedelta(minutes=1))
