"""The same work on a Ray cluster, when Ray is installed; every node must reach the store's folder.

Knows Ray's three calls and nothing of what is done.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, TypeVar

from petscribe.core.errors import InputError

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")


def map_on_ray(
    function: Callable[[Shared, Item], Result], shared: Shared, items: Sequence[Item]
) -> Iterator[Result]:
    """Yield `function(shared, item)` of every item as they finish, made on the cluster.

    Raises:
        InputError: Ray is not installed (code `ray-missing`).
    """
    try:
        ray: Any = import_module("ray")
    except ImportError as fault:
        raise InputError(
            "ray-missing", "Ray is not installed here; use --workers instead of --ray"
        ) from fault
    if not ray.is_initialized():
        ray.init(ignore_reinit_error=True, log_to_driver=False)
    remote = ray.remote(function)
    kept = ray.put(shared)
    waiting = [remote.remote(kept, item) for item in items]
    while waiting:
        ready, waiting = ray.wait(waiting, num_returns=1)
        yield ray.get(ready[0])
