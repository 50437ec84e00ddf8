"""A network and its data laid out for the kernels, and run by as many threads as there are."""

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.fit import CROSS_ENTROPY, LANES
from numerics.descent.heavy_ball import RUNNING, STANDSTILL, Control, State
from numerics.descent.network import Activation, Network
from numerics.descent.network_kernels import ALL, LOTS, REST, advance_network
from numerics.descent.network_layout import LINEAR, RELU, TANH, Layers
from numerics.descent.outcome import Progress
from numerics.descent.recording import Snapshot

ACTIVATION_CODES: Final[dict[Activation, int]] = {"linear": LINEAR, "tanh": TANH, "relu": RELU}

BLOCK: Final = 128
"""Samples that go through the network at a time: few enough for the cache, enough for BLAS."""

APPLIED: Final[dict[int, Callable[[FloatArray], FloatArray]]] = {
    LINEAR: lambda values: values,
    TANH: np.tanh,
    RELU: lambda values: np.maximum(values, 0.0),
}

MOST_LOTS: Final = 4
"""Most sums kept apart. A constant, not the number of threads: the digits must not depend on that."""

WORTH_A_THREAD: Final = 10_000_000
"""Multiplications of a step that repay handing half of them to another thread, twice over."""

MULTIPLICATIONS_PER_CALL: Final = 2_000_000_000
"""Of one uninterruptible call: a fraction of a second."""


@dataclass(frozen=True)
class NetworkDescent:
    """A network in the layout of the kernels: what `numerics.descent.running.run` drives."""

    state: State
    layers: Layers
    helpers: Executor | None = None
    threads: int = 1

    @property
    def parameters(self) -> FloatArray:
        """Weights, then biases, then free features (transposed) in one vector."""
        return self.state.parameters

    @property
    def penalised(self) -> bool:
        """Whether any weight has decay."""
        return bool(self.state.decays.any())

    @property
    def work(self) -> int:
        """Multiplications of a step."""
        widths = self.layers.widths
        return 3 * int(self.layers.targets.shape[1] * np.dot(widths[1:], widths[:-1]))

    @property
    def steps_per_call(self) -> int:
        """Steps after which Python gets a turn."""
        return max(MULTIPLICATIONS_PER_CALL // (self.work + 10_000), 1)

    def advance(self, control: Control, first: int, last: int) -> Progress:
        """Run steps first..last in place."""
        if self.helpers is None:
            return self._stage(control, first, last, ALL, (0, self.layers.fits.size))
        lots, threads = self.layers.fits.size, self.threads
        shares = list(itertools.pairwise(lots * share // threads for share in range(threads + 1)))
        count = first
        while True:
            tasks = [
                self.helpers.submit(self._stage, control, count, last, LOTS, share) for share in shares[1:]
            ]
            self._stage(control, count, last, LOTS, shares[0])
            for task in tasks:
                task.result()
            progress = self._stage(control, count, last, REST, (0, 0))
            if progress.status != RUNNING:
                return progress
            count = progress.step

    def _stage(self, control: Control, first: int, last: int, stage: int, lots: tuple[int, int]) -> Progress:
        return Progress(*advance_network(self.state, self.layers, control, first, last, stage, *lots))

    def gradient_at(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the objective elsewhere; the descent is left there."""
        self.parameters[:] = parameters
        self.advance(STANDSTILL, 0, 0)
        return self.layers.gradient.copy()

    def in_threads(self, helpers: Executor, threads: int) -> "NetworkDescent":
        """Return the same descent sharing its lots among threads, where that pays."""
        useful = min(threads, self.layers.fits.size, self.work // WORTH_A_THREAD)
        return replace(self, helpers=helpers, threads=useful) if useful > 1 else self

    def parts(self, flat: FloatArray) -> list[FloatArray]:
        """Return views of weights and biases in a vector, and of the features as N × p if they are free."""
        widths, starts = self.layers.widths, self.state.starts
        depth = widths.size - 1
        pieces = [flat[begin:end] for begin, end in itertools.pairwise(starts)]
        shaped = [pieces[index].reshape(widths[index + 1], widths[index]) for index in range(depth)]
        shaped += pieces[depth : 2 * depth] if self.layers.biased else []
        return [*shaped, pieces[-1].reshape(-1, widths[0])] if self.layers.free else shaped

    def snapshot(self) -> Snapshot:
        """Return copies of weights, of what enters the last one, and of the outputs where last evaluated."""
        depth, biased = self.layers.activations.size, self.layers.biased
        parts = [part.copy() for part in self.parts(self.parameters)]
        data = parts[-1].T if self.layers.free else self.layers.inputs.T
        biases = parts[depth : 2 * depth - 1] if biased else []
        before = values = data
        for index, weight in enumerate(parts[: depth - 1]):
            before, entered, values = values, before, weight @ values
            if biased:
                values = values + biases[index][:, None]
            values = APPLIED[int(self.layers.activations[index])](values)
            if self.layers.skips[index]:
                values = values + entered
        labels = self.layers.targets.argmax(axis=0) if self.layers.kind == CROSS_ENTROPY else None
        return Snapshot(tuple(parts[:depth]), values, self.layers.outputs.copy(), labels)

    def values_and_slopes(self) -> tuple[list[FloatArray], list[FloatArray]]:
        """Return what goes into every weight, and the gradient of the fit in what comes out, features × N.

        Only after a pass over all samples at once.
        """
        widths, cuts, samples = self.layers.widths, self.layers.starts, self.layers.block
        halves = np.split(self.layers.scratch[0], 2)
        inside = [
            [
                np.array(half[start : start + samples * width].reshape(samples, width).T, order="C")
                for start, width in zip(cuts[:-1], widths[1:-1], strict=True)
            ]
            for half in halves
        ]
        return [np.array(self.layers.inputs.T, order="C"), *inside[0]], [
            *inside[1],
            self.layers.residual.copy(),
        ]


def network_descent(
    network: Network,
    data: FloatArray,
    decays: FloatArray,
    kind: int,
    targets: FloatArray,
    *,
    momentum: bool = False,
    features_decay: float | None = None,
    whole: bool = False,
) -> NetworkDescent:
    """Lay out a network and checked data; `features_decay` frees the features, `whole` makes one block."""
    widths = np.array([data.shape[0], *(weight.shape[0] for weight in network.weights)], dtype=np.int64)
    depth, samples, free = len(network.weights), data.shape[1], features_decay is not None
    biases = network.biases or (np.zeros(0),) * depth
    features = data.T.ravel()
    blocks = [*(weight.ravel() for weight in network.weights), *biases, *([features] if free else [])]
    starts = _cuts([part.size for part in blocks])
    lots = 1 if whole else min(MOST_LOTS, -(-samples // BLOCK))
    block = samples if whole else min(BLOCK, samples)
    values = _cuts([block * width for width in widths[1:-1]])
    all_decays = [*decays, *[0.0] * depth, features_decay] if features_decay is not None else decays
    layers = Layers(
        widths=widths,
        activations=np.array([ACTIVATION_CODES[each] for each in network.activations], dtype=np.int64),
        skips=np.array(network.skips, dtype=np.int64),
        biased=bool(network.biases),
        free=free,
        inputs=np.zeros((1, 1)) if free else np.array(data.T, order="C"),
        kind=kind,
        targets=targets,
        outputs=np.zeros(targets.shape),
        residual=np.zeros(targets.shape),
        lanes=np.zeros((LANES, samples)),
        lots=_lots(samples, block, lots),
        block=block,
        starts=values,
        scratch=np.zeros((lots, 2 * values[-1])),
        shares=np.zeros((lots, starts[2 * depth])),
        fits=np.zeros(lots),
        gradient=np.zeros(starts[-1]),
    )
    parameters = np.concatenate(blocks)
    velocity = np.zeros(parameters.size if momentum else 0)
    state = State(parameters, velocity, starts, np.array(all_decays, dtype=np.float64))
    return NetworkDescent(state, layers)


def _lots(samples: int, block: int, lots: int) -> np.ndarray:
    """Cut the samples into lots of whole blocks, as even as can be."""
    blocks = -(-samples // block)
    return np.array([min(blocks * lot // lots * block, samples) for lot in range(lots + 1)], dtype=np.int64)


def _cuts(sizes: Sequence[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
