"""Ctrl-C that cannot get lost.

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
