"""The scalar problem of Dang et al. in their variables, and the root their reference code returns.

With p = L weight matrices and c = b/n_k the class scalar x ≥ 0 minimises φ(x) = 1/(x^p + 1) + c x; a
non-zero critical point satisfies c = p x^{p−1}/(x^p + 1)².

Source: 2301.00437, Theorems 3.1 and 4.1, and the code published with it.
"""

from collections.abc import Mapping
from typing import Final

import sympy as sp

from theory.formula import Formula, ImplicitFormula
from theory.sources import DANG_2023
from theory.symbols import positive

LAYERS: Final = positive("layers")
"""p, number of weight matrices."""
CLASS_DECAY: Final = positive("class_decay")
"""c = b/n_k."""
CLASS_SCALAR: Final = positive("class_scalar")
"""x."""

OBJECTIVE: Final = Formula(
    "objective of a class",
    1 / (CLASS_SCALAR**LAYERS + 1) + CLASS_DECAY * CLASS_SCALAR,
    (CLASS_SCALAR, CLASS_DECAY, LAYERS),
    DANG_2023.theorem("3.1 and 4.1"),
    "φ(x); φ(0) = 1",
)

TURNING_SCALAR: Final = Formula(
    "scalar of the largest class decay",
    ((LAYERS - 1) / (LAYERS + 1)) ** (1 / LAYERS),
    (LAYERS,),
    DANG_2023.at("stationarity of the class scalar"),
    "x at which p x^{p−1}/(x^p + 1)² is largest",
)

EXISTENCE_CLASS_DECAY: Final = Formula(
    "largest class decay with a non-zero critical point",
    LAYERS * ((LAYERS - 1) / (LAYERS + 1)) ** ((LAYERS - 1) / LAYERS) * ((LAYERS + 1) / (2 * LAYERS)) ** 2,
    (LAYERS,),
    DANG_2023.at("stationarity of the class scalar"),
    "c above which zero is the only critical point",
)

GLOBAL_CLASS_DECAY: Final = Formula(
    "class decay of minority collapse",
    (LAYERS - 1) ** ((LAYERS - 1) / LAYERS) / LAYERS,
    (LAYERS,),
    DANG_2023.theorem("3.1 and 4.1"),
    "c above which zero is the global minimum",
)


def _bracket(parameters: Mapping[str, float]) -> tuple[float, float]:
    layers, class_decay = parameters["layers"], parameters["class_decay"]
    # c = p x^{p−1}/(x^p+1)² < p x^{−p−1} bounds the root from above
    high = 2 * (layers / class_decay) ** (1 / (layers + 1)) + 1
    return float(TURNING_SCALAR(layers=layers)), high


LARGEST_STATIONARY_SCALAR: Final = ImplicitFormula(
    "largest stationary class scalar",
    Formula(
        "logarithm of the stationarity of a class",
        sp.log(LAYERS)
        + (LAYERS - 1) * sp.log(CLASS_SCALAR)
        - 2 * sp.log(CLASS_SCALAR**LAYERS + 1)
        - sp.log(CLASS_DECAY),
        (CLASS_SCALAR, CLASS_DECAY, LAYERS),
        DANG_2023.at("stationarity of the class scalar"),
        "log p + (p−1) log x − 2 log(x^p + 1) − log c",
    ),
    "class_scalar",
    _bracket,
    "x · derivative = p − 1 − 2p x^p/(x^p+1) is negative beyond the turning scalar",
)
