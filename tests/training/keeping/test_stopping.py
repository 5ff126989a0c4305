"""SIGTERM is noted once asked to be, and not after."""

import os
import signal
import threading

from petscribe.training.keeping.stopping import heed_sigterm


def test_sigterm_makes_the_request():
    with heed_sigterm() as request:
        assert not request.made
        os.kill(os.getpid(), signal.SIGTERM)
        assert request.made


def test_the_handler_from_before_comes_back():
    before = signal.getsignal(signal.SIGTERM)
    with heed_sigterm():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_another_thread_leaves_signals_alone():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def run() -> None:
        with heed_sigterm() as request:
            seen.append((request.made, signal.getsignal(signal.SIGTERM) == before))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [(False, True)]
