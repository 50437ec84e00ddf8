"""An exception in one line: what a judgement or a refusal says of it."""

import textwrap
import traceback
from pathlib import Path

LONGEST = 300
"""Characters of a message worth keeping: enough for a sentence, short enough for a table."""


def describe(error: BaseException, file: Path | None = None) -> str:
    r"""Return the exception's type, message and innermost place (within `file` if it passed through it).

    >>> describe(ValueError("two\nlines"))
    'ValueError: two lines'
    """
    text = textwrap.shorten(str(error), LONGEST, placeholder=" …")
    words = f"{type(error).__name__}: {text}" if text else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if file is not None and frame.filename == str(file)] or frames
    return f"{words} ({Path(inside[-1].filename).name}:{inside[-1].lineno})" if inside else words
