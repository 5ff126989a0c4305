"""Being asked to stop: SIGTERM is noted, and the loop ends after its step with all saved."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Whether somebody asked the run to stop."""

    def __init__(self) -> None:
        """Nobody has yet."""
        self.made = False


@contextmanager
def heed_sigterm() -> Iterator[StopRequest]:
    """Yield a request that SIGTERM makes; outside the main thread no signal is heeded."""
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        request.made = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield request
    finally:
        signal.signal(signal.SIGTERM, before)
