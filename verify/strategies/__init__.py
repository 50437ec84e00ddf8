"""Hypothesis strategies for this subject's objects: numbers, matrices, problems, networks, targets.

They yield valid objects only, small and readable ones first, and shrink towards the simplest; each
function says what it draws and where it shrinks. Use them in claims and in tests of one's own:

    @given(any_problems())
    def test_my_prediction(problem: Problem) -> None: ...
"""

from verify.strategies.codes import code_instances
from verify.strategies.matrices import (
    PrescribedMatrix,
    any_matrices,
    integer_matrices,
    matrices_with_spectrum,
    rational_frames,
    shapes,
)
from verify.strategies.networks import LabelledNetwork, build_network, network_instances
from verify.strategies.numbers import (
    log_uniform_floats,
    positive_rationals,
    powers_of_ten,
    small_fractions,
    weight_decays,
)
from verify.strategies.problems import (
    any_problems,
    cross_entropy_problems,
    regression_problems,
    squared_loss_problems,
    unbalanced_problems,
)
from verify.strategies.regression import low_rank_matrices, regression_pairs
from verify.strategies.spectra import (
    any_spectra,
    ill_conditioned_spectra,
    near_degenerate_spectra,
    plain_spectra,
    rank_deficient_spectra,
)

__all__ = [
    "LabelledNetwork",
    "PrescribedMatrix",
    "any_matrices",
    "any_problems",
    "any_spectra",
    "build_network",
    "code_instances",
    "cross_entropy_problems",
    "ill_conditioned_spectra",
    "integer_matrices",
    "log_uniform_floats",
    "low_rank_matrices",
    "matrices_with_spectrum",
    "near_degenerate_spectra",
    "network_instances",
    "plain_spectra",
    "positive_rationals",
    "powers_of_ten",
    "rank_deficient_spectra",
    "rational_frames",
    "regression_pairs",
    "regression_problems",
    "shapes",
    "small_fractions",
    "squared_loss_problems",
    "unbalanced_problems",
    "weight_decays",
]
