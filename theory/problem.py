"""A problem: the frozen, self-validating description that everything else starts from."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from theory.errors import InvalidProblemError

Loss = Literal["cross-entropy", "squared"]

LARGEST_TARGET = 1e150
LARGEST_SIZE = 10**7
"""Sizes beyond it are typing errors, and lists of modes would no longer fit in memory."""

MOST_DISTINCT_SIZES = 12
"""Distinct class sizes with cross-entropy: G of them need systems of about G² coupled numbers."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """The deep linear unconstrained features model.

    Minimise g(W_L⋯W_1 H) + (λ/2)(Σ_l ‖W_l‖_F² + ‖H‖_F²) over L weight matrices and d×N free features.

    Parameters
    ----------
    loss: ``"cross-entropy"`` (mean over samples) or ``"squared"`` ((1/2N)‖Z − Y‖_F²).
    classes: K ≥ 2 classes, or the number t ≥ 1 of regression targets when `target_spectrum` is given.
    depth: L ≥ 1 weight matrices act on the features; F = L + 1 factors are trained.
    weight_decay: λ > 0, the same for every factor (unequal decays act through their geometric mean).
    samples_per_class: n ≥ 1 (balanced); N = Kn samples.
    width: inner width d ≥ K; K itself when left out.
    target_spectrum: singular values of the centred t×N target matrix (squared loss with a free bias);
        at most `classes` values ≥ 0.
    class_sizes: n_1, …, n_K in place of n. The squared loss treats each class as a mode of its own;
        cross-entropy is solved for up to `MOST_DISTINCT_SIZES` distinct sizes.

    Raises InvalidProblemError naming the value, the rule and a remedy.

    >>> Problem(loss="cross-entropy", classes=4, depth=2, weight_decay=0.01).factors
    3
    """

    loss: Loss
    classes: int
    depth: int
    weight_decay: float
    samples_per_class: int = 1
    width: int | None = None
    target_spectrum: tuple[float, ...] | None = None
    class_sizes: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.loss not in get_args(Loss):
            raise InvalidProblemError(
                f"loss {self.loss!r} is unknown: use one of {', '.join(get_args(Loss))}"
            )
        fewest = 1 if self.target_spectrum is not None else 2
        _require_whole("classes", self.classes, fewest)
        _require_whole("depth", self.depth, 1)
        _require_whole("samples per class", self.samples_per_class, 1)
        if self.width is not None:
            _require_whole("width", self.width, 1)
            if self.width < self.classes:
                raise InvalidProblemError(
                    f"width {self.width} is below the number of classes {self.classes}: "
                    "the closed forms need width ≥ classes"
                )
        if not (math.isfinite(self.weight_decay) and self.weight_decay > 0):
            raise InvalidProblemError(
                f"weight decay {self.weight_decay} is not a positive finite number: "
                "the closed forms need λ > 0 (without decay the infimum is not attained)"
            )
        if self.class_sizes is not None:
            self._validate_sizes(self.class_sizes)
        if not math.isfinite(self.weight_decay * self.samples):
            raise InvalidProblemError(f"weight decay {self.weight_decay} overflows with N samples: lower it")
        if self.target_spectrum is not None:
            self._validate_spectrum(self.target_spectrum)

    def _validate_sizes(self, sizes: tuple[int, ...]) -> None:
        if self.target_spectrum is not None:
            raise InvalidProblemError(
                "class sizes and a target spectrum exclude each other: give one of them"
            )
        if len(sizes) != self.classes:
            raise InvalidProblemError(
                f"{len(sizes)} class sizes for {self.classes} classes: give one a class"
            )
        for size in sizes:
            _require_whole("class size", size, 1)
        distinct = len(set(sizes))
        if self.loss == "cross-entropy" and distinct > MOST_DISTINCT_SIZES:
            raise InvalidProblemError(
                f"{distinct} distinct class sizes are above {MOST_DISTINCT_SIZES}, the most that "
                "cross-entropy is solved for: round sizes to fewer distinct values, or use the squared loss"
            )

    def _validate_spectrum(self, spectrum: tuple[float, ...]) -> None:
        if self.loss != "squared":
            raise InvalidProblemError("a target spectrum belongs to the squared loss: use --loss squared")
        if not 1 <= len(spectrum) <= min(self.classes, self.samples):
            raise InvalidProblemError(
                f"{len(spectrum)} target singular values do not fit a {self.classes}×{self.samples} "
                f"target matrix: give between 1 and {min(self.classes, self.samples)}"
            )
        for value in spectrum:
            if not (math.isfinite(value) and value >= 0):
                raise InvalidProblemError(f"target singular value {value} is not finite and ≥ 0: correct it")
            if value > LARGEST_TARGET:
                raise InvalidProblemError(f"target singular value {value} has no square: rescale the targets")
        if sum(value > 0 for value in spectrum) >= self.samples:
            raise InvalidProblemError(
                f"{len(spectrum)} non-zero target singular values need more than {self.samples} samples: "
                "centred targets have rank at most samples − 1; raise the samples per class"
            )

    @property
    def factors(self) -> int:
        """F = L + 1."""
        return self.depth + 1

    @property
    def samples(self) -> int:
        """N = Σn_k, that is Kn when balanced."""
        if self.class_sizes is not None:
            return sum(self.class_sizes)
        return self.classes * self.samples_per_class

    @property
    def class_size(self) -> int:
        """n, the size of the first class where they are given one by one."""
        return self.samples_per_class if self.class_sizes is None else self.class_sizes[0]

    @property
    def sizes(self) -> tuple[int, ...]:
        """n_1, …, n_K."""
        return self.class_sizes or (self.samples_per_class,) * self.classes

    @property
    def balanced(self) -> bool:
        """Whether all classes have the same size."""
        return len(set(self.sizes)) == 1

    @property
    def scaled_decay(self) -> float:
        """μ = λ n^{1/F} (cross-entropy)."""
        return self.weight_decay * self.class_size ** (1.0 / self.factors)

    @property
    def mode_decay(self) -> float:
        """ν = Nλ (squared loss)."""
        return self.weight_decay * self.samples

    @property
    def targets(self) -> tuple[float, ...]:
        """Singular values of the targets: the given ones, or √n_k for each one-hot class."""
        if self.target_spectrum is not None:
            return self.target_spectrum
        return tuple(math.sqrt(size) for size in self.sizes)


def _require_whole(what: str, value: object, fewest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < fewest:
        raise InvalidProblemError(f"{what} {value} is not a whole number ≥ {fewest}: correct it")
    if value > LARGEST_SIZE:
        raise InvalidProblemError(f"{what} is above {LARGEST_SIZE}: lower it")
