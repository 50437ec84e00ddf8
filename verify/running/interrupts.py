"""Ctrl-C that cannot get lost, and a time limit for code of others in this process.

Python raises KeyboardInterrupt wherever it happens to be; inside a callback of the garbage collector, such
as Hypothesis installs, the exception is printed and dropped. So the signal is also remembered.
"""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether Ctrl-C was pressed since the start."""

    def __init__(self) -> None:
        self.pressed = False

    def raise_if_pressed(self) -> None:
        """Raise KeyboardInterrupt if an earlier one got lost."""
        if self.pressed:
            raise KeyboardInterrupt


@contextmanager
def at_most(seconds: float) -> Generator[None]:
    """Raise TimeoutError after the seconds; no limit in other threads than the main one, or without SIGALRM.

    It ends what Python runs, loops and sleeps among it, not a call that never returns to Python.
    """
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done within {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def remembered() -> Generator[Interrupts]:
    """Remember SIGINT while raising it as usual; in other threads than the main one, do nothing."""
    interrupts = Interrupts()
    previous = signal.getsignal(signal.SIGINT)
    if (
        threading.current_thread() is not threading.main_thread()
        or previous is not signal.default_int_handler
    ):
        yield interrupts
        return

    def handle(number: int, frame: FrameType | None) -> None:
        interrupts.pressed = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, handle)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, previous)
