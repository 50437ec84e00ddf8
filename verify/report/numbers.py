"""Numbers for readers: few digits, powers of ten as such, and never a NaN or an infinity."""

import math
import re
from fractions import Fraction
from typing import Any

from verify.margin import Margin

NOTHING = "—"
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
EXPONENT = re.compile(r"(?<=\d)e([+-]?\d+)\b")
MINUS = re.compile(r"(?<![\w.)-])-(?=\d)")
NOT_A_NUMBER = re.compile(r"(?<![\w.])[-+−]?(?:nan|inf(?:inity)?)(?![\w.])", re.IGNORECASE)


def number(value: Any, digits: int = 4) -> str:
    """A value as tables print it; an em dash for None, NaN and infinity.

    >>> number(2.5e-13), number(20000), number(0.08), number(float("nan")), number(True)
    ('2.5×10⁻¹³', '20\u202f000', '0.08', '—', 'yes')
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _grouped(value)
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)
    if isinstance(value, float):
        return _float(value, digits)
    return plain(str(value))


def plain(text: str) -> str:
    """The text with em dashes where it would print a NaN or an infinity.

    >>> plain("worst margin nan")
    'worst margin —'
    """
    return NOT_A_NUMBER.sub(NOTHING, text)


def readable(text: str) -> str:
    """The text with powers of ten and minus signs as a page sets them.

    >>> readable("worst margin -4.2e-22")
    'worst margin −4.2×10⁻²²'
    """
    powers = EXPONENT.sub(lambda match: "×10" + str(int(match[1])).translate(SUPERSCRIPTS), text)
    return MINUS.sub("−", powers)


def power_of_ten(value: float) -> str:
    """A tick of a logarithmic axis: plain near one, a power of ten elsewhere.

    >>> power_of_ten(1e-3), power_of_ten(20.0), power_of_ten(5e6)
    ('10⁻³', '20', '5×10⁶')
    """
    if not math.isfinite(value) or value <= 0:
        return ""
    if 0.01 <= value < 10_000:
        return f"{value:g}"
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    return power if mantissa == "1" else f"{mantissa}×{power}"


def margin(value: Margin | None) -> str:
    """A margin with its error bound: ``0.0107 ± 2×10⁻¹⁵``, or ``1 exactly``."""
    if value is None or not math.isfinite(value.value):
        return NOTHING
    if value.error == 0:
        return f"{number(value.value)} exactly"
    return f"{number(value.value)} ± {number(value.error, 1)}"


def _grouped(value: int) -> str:
    text = f"{value:,}" if abs(value) >= 10_000 else str(value)
    return text.replace(",", "\u202f").replace("-", "−")


def _float(value: float, digits: int) -> str:
    if not math.isfinite(value):
        return NOTHING
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    mantissa = mantissa.replace("-", "−")
    if not exponent:
        return mantissa
    return f"{mantissa}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"
