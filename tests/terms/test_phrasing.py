"""Phrasing gathers what reports need under one name."""

from petscribe.terms import phrasing


def test_everything_promised_is_there():
    assert [name for name in phrasing.__all__ if not callable(getattr(phrasing, name))] == []
