"""Networks with truncated weights: ranks chosen or from a budget, numbers saved, outputs guaranteed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray
from numerics.descent.network import Network, checked_inputs, network_outputs
from numerics.tails import tail_features
from theory.errors import InvalidProblemError
from theory.networks.compression import TruncatedMap, output_change, saves, stored_numbers, truncated


@dataclass(frozen=True)
class Compression:
    """The original network, the compressed one, and the rank kept of every weight (None: as it was)."""

    original: Network
    network: Network
    ranks: tuple[int | None, ...]

    @property
    def numbers(self) -> tuple[int, int]:
        """Weights and biases stored before and after."""
        biases = sum(bias.size for bias in self.original.biases)
        weights = self.original.weights
        after = [
            weight.size if rank is None else stored_numbers(weight.shape[0], weight.shape[1], rank)
            for weight, rank in zip(weights, self.ranks, strict=True)
        ]
        return sum(weight.size for weight in weights) + biases, sum(after) + biases

    @property
    def saved(self) -> float:
        """The share of stored numbers saved."""
        before, after = self.numbers
        return 1 - after / before

    def guaranteed_change(self, inputs: ArrayLike) -> FloatArray:
        """A bound on ‖change of the outputs‖ for every column, known from norms before the compressed run."""
        return output_change(_maps(self.original, checked_inputs(self.original, inputs), self.ranks))

    def measured_change(self, inputs: ArrayLike) -> FloatArray:
        """‖change of the outputs‖ of every column."""
        moved = network_outputs(self.network, inputs) - network_outputs(self.original, inputs)
        return np.linalg.norm(moved, axis=0)

    def decided(self, inputs: ArrayLike) -> FloatArray:
        """1.0 where the guarantee alone shows that a column's largest output stays the largest, else 0.0.

        Two outputs move apart by at most √2 times the change.
        """
        outputs = np.sort(network_outputs(self.original, inputs), axis=0)
        if outputs.shape[0] < 2:
            return np.ones(outputs.shape[1])
        return (outputs[-1] - outputs[-2] > np.sqrt(2) * self.guaranteed_change(inputs)).astype(np.float64)


def compress(network: Network, ranks: int | Sequence[int | None]) -> Compression:
    """Truncate every weight to its rank (or to one for all) where two factors take less room.

    Raises
    ------
    InvalidProblemError
        If there is not one rank for each weight, or one is negative or no integer.

    Examples
    --------
    >>> network = Network((np.diag([4.0, 1.0, 1.0, 1.0]), np.ones((1, 4))), (), "relu")
    >>> found = compress(network, 1)
    >>> found.ranks, found.numbers, found.guaranteed_change(np.ones((4, 1))).tolist()
    ((1, None), (20, 12), [4.0])
    """
    weights = network.weights
    chosen = [ranks] * len(weights) if isinstance(ranks, int) else list(ranks)
    if len(chosen) != len(weights):
        raise InvalidProblemError(
            f"{len(chosen)} ranks for {len(weights)} weights: pass one each, or one for all"
        )
    kept: list[int | None] = []
    for weight, rank in zip(weights, chosen, strict=True):
        if rank is not None and not _is_rank(rank):
            raise InvalidProblemError(f"rank {rank!r} is not an integer of at least 0: pass one, or None")
        kept.append(rank if rank is not None and saves(weight.shape[0], weight.shape[1], rank) else None)
    smaller = tuple(
        weight if rank is None else truncated(weight, rank)
        for weight, rank in zip(weights, kept, strict=True)
    )
    compressed = Network(smaller, network.biases, network.activation, residual=network.residual)
    return Compression(network, compressed, tuple(kept))


def _is_rank(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def compress_within(network: Network, inputs: ArrayLike, budget: float) -> Compression:
    """Choose the least ranks that guarantee a change of at most `budget` on every one of the columns.

    Each weight may use an equal share of the budget; what a weight leaves over the next ones may use.

    Raises
    ------
    InvalidProblemError
        If the budget is not positive, or the inputs do not fit.

    Examples
    --------
    >>> network = Network((np.diag([4.0, 0.1, 0.1, 0.1]), np.ones((1, 4))), (), "relu")
    >>> compress_within(network, np.ones((4, 3)), 1.0).ranks
    (1, None)
    """
    if not (budget > 0 and np.isfinite(budget)):
        raise InvalidProblemError(f"budget {budget} must be positive and finite")
    data = checked_inputs(network, inputs)
    ranks: list[int | None] = [None] * len(network.weights)
    left = budget
    for index, weight in enumerate(network.weights):
        share = left / (len(network.weights) - index)
        alone: list[int | None] = [None] * len(network.weights)
        for rank in range(min(weight.shape)):
            if not saves(weight.shape[0], weight.shape[1], rank):
                break
            alone[index] = rank
            change = float(np.max(output_change(_maps(network, data, alone))))
            if change <= share:
                ranks[index] = rank
                left -= change
                break
    return compress(network, ranks)


def _maps(network: Network, data: FloatArray, ranks: Sequence[int | None]) -> list[TruncatedMap]:
    """Norms of the maps; the bound is a sum over truncated maps, since truncation lowers no ‖W‖ used here."""
    maps: list[TruncatedMap] = []
    layers = zip(network.weights, ranks, tail_features(network, data), network.skips, strict=True)
    for weight, rank, inputs, skip in layers:
        values = np.linalg.svd(weight, compute_uv=False)
        cut = 0.0 if rank is None or rank >= values.size else float(values[rank])
        maps.append(TruncatedMap(float(values[0]), cut, np.linalg.norm(inputs, axis=0), skip=skip))
    return maps
