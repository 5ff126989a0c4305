"""Ray is used by its few calls, and missed politely."""

import sys
from types import SimpleNamespace

import pytest

from petscribe.core.errors import InputError
from petscribe.dataset.building.cluster import map_on_ray


def fake_ray(begun: list[bool]) -> SimpleNamespace:
    """Return a cluster of one that runs its tasks when their results are asked for."""
    return SimpleNamespace(
        is_initialized=lambda: bool(begun),
        init=lambda **_: begun.append(True),
        put=lambda value: [value],
        remote=lambda function: SimpleNamespace(remote=lambda kept, item: (function, kept, item)),
        wait=lambda waiting, num_returns: (waiting[-num_returns:], waiting[:-num_returns]),
        get=lambda task: task[0](task[1][0], task[2]),
    )


def test_every_item_is_done_once(monkeypatch: pytest.MonkeyPatch):
    begun: list[bool] = []
    monkeypatch.setitem(sys.modules, "ray", fake_ray(begun))
    assert sorted(map_on_ray(lambda a, b: a + b, 10, [1, 2, 3])) == [11, 12, 13]
    assert begun == [True]


def test_without_ray_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError) as fault:
        list(map_on_ray(max, 0, [1]))
    assert fault.value.code == "ray-missing"
