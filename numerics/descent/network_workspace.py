"""A network and its data laid out for the kernels, and run by as many threads as there are."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from numerics.arrays import FloatArray
from numerics.descent.aligned_rows import laid_out, row_stride, rows_at, starts_of, zeros_on_lines
from numerics.descent.fit import CROSS_ENTROPY, LANES
from numerics.descent.heavy_ball import RUNNING, STANDSTILL, Control, State
from numerics.descent.network import Activation, Network
from numerics.descent.network_kernels import ALL, LOTS, REST, advance_network
from numerics.descent.network_layout import LINEAR, RELU, TANH, Layers
from numerics.descent.outcome import Progress
from numerics.descent.recording import Snapshot

ACTIVATION_CODES: Final[dict[Activation, int]] = {"linear": LINEAR, "tanh": TANH, "relu": RELU}

BLOCK: Final = 64
"""Samples that go through the network at a time: few enough for the cache, enough for a product."""

APPLIED: Final[dict[int, Callable[[FloatArray], FloatArray]]] = {
    LINEAR: lambda values: values,
    TANH: np.tanh,
    RELU: lambda values: np.maximum(values, 0.0),
}

MOST_LOTS: Final = 8
"""Most sums kept apart. A constant, not the number of threads: the digits must not depend on that."""

WORTH_TURNING: Final = 32
"""Samples from which on the transposed weights repay their making at every step."""

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
        """Weights, then biases, then free features (transposed) in one vector, zeros between rows."""
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
        count = first
        while True:
            lots = iter(range(self.layers.fits.size))  # whoever is free takes the next
            tasks = [
                self.helpers.submit(self._take_lots, control, count, last, lots)
                for _ in range(self.threads - 1)
            ]
            self._take_lots(control, count, last, lots)
            for task in tasks:
                task.result()
            progress = self._stage(control, count, last, REST, (0, 0))
            if progress.status != RUNNING:
                return progress
            count = progress.step

    def _take_lots(self, control: Control, count: int, last: int, lots: Iterator[int]) -> None:
        for lot in lots:
            self._stage(control, count, last, LOTS, (lot, lot + 1))

    def _stage(self, control: Control, first: int, last: int, stage: int, lots: tuple[int, int]) -> Progress:
        return Progress(*advance_network(self.state, self.layers, control, first, last, stage, *lots))

    def gradient_at(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the objective elsewhere; the descent is left there."""
        self.parameters[:] = parameters
        self.advance(STANDSTILL, 0, 0)
        return self.layers.gradient.copy()

    def direction(self, rng: np.random.Generator) -> FloatArray:
        """Return a random direction in the layout of the parameters."""
        drawn = zeros_on_lines(self.parameters.size)
        for part in self.parts(drawn):
            part[:] = rng.standard_normal(part.shape)
        return drawn

    def in_threads(self, helpers: Executor, threads: int) -> "NetworkDescent":
        """Return the same descent sharing its lots among threads, where that pays."""
        useful = min(threads, self.layers.fits.size, self.work // WORTH_A_THREAD)
        return replace(self, helpers=helpers, threads=useful) if useful > 1 else self

    def parts(self, flat: FloatArray) -> list[FloatArray]:
        """Return views of weights and biases in a vector, and of the features as N × p if they are free."""
        widths, starts = self.layers.widths.tolist(), self.state.starts.tolist()
        samples, depth = self.layers.targets.shape[1], len(widths) - 1
        shaped = [
            rows_at(flat, start, (after, before))
            for start, before, after in zip(starts[:depth], widths[:-1], widths[1:], strict=True)
        ]
        if self.layers.biased:
            places = zip(starts[depth : 2 * depth], widths[1:], strict=True)
            shaped += [flat[start : start + width] for start, width in places]
        return [*shaped, rows_at(flat, starts[-2], (samples, widths[0]))] if self.layers.free else shaped

    @property
    def data(self) -> FloatArray:
        """View the inputs, or the free features, N × p."""
        shape = (self.layers.targets.shape[1], int(self.layers.widths[0]))
        if self.layers.free:
            return rows_at(self.parameters, int(self.state.starts[-2]), shape)
        return rows_at(self.layers.inputs, 0, shape)

    def snapshot(self) -> Snapshot:
        """Return copies of weights, of what enters the last one, and of the outputs where last evaluated."""
        depth, biased = self.layers.activations.size, self.layers.biased
        parts = [part.copy() for part in self.parts(self.parameters)]
        biases = parts[depth : 2 * depth - 1] if biased else []
        before = values = self.data.T
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
        widths, cuts, samples = self.layers.widths[1:-1], self.layers.starts[:-1], self.layers.block
        inside = [
            [
                np.array(rows_at(half, start, (samples, width)).T, order="C")
                for start, width in zip(cuts, widths, strict=True)
            ]
            for half in np.split(self.layers.scratch[0], 2)
        ]
        return [np.array(self.data.T, order="C"), *inside[0]], [
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
    biases = [bias[None, :] for bias in network.biases] or [np.zeros((0, 1))] * depth
    parameters, starts = laid_out([*network.weights, *biases, *([data.T] if free else [])])
    lots = 1 if whole else min(MOST_LOTS, -(-samples // BLOCK))
    block = samples if whole else min(BLOCK, samples)
    values = starts_of([(block, width) for width in widths[1:-1]])
    turned = starts_of([weight.shape[::-1] for weight in network.weights[:-1]])
    room = int(turned[-1]) if samples >= WORTH_TURNING else 0
    all_decays = [*decays, *[0.0] * depth, features_decay] if features_decay is not None else decays
    layers = Layers(
        widths=widths,
        strides=np.array([row_stride(width) for width in widths], dtype=np.int64),
        activations=np.array([ACTIVATION_CODES[each] for each in network.activations], dtype=np.int64),
        skips=np.array(network.skips, dtype=np.int64),
        biased=bool(network.biases),
        free=free,
        inputs=np.zeros(0) if free else laid_out([data.T])[0],
        kind=kind,
        targets=targets,
        outputs=np.zeros(targets.shape),
        residual=np.zeros(targets.shape),
        lanes=np.zeros((LANES, samples)),
        lots=_lots(samples, block, lots),
        block=block,
        starts=values,
        scratch=_of_each_lot(lots, 2 * int(values[-1])),
        turned_starts=turned,
        turned=_of_each_lot(lots, room),
        shares=_of_each_lot(lots, int(starts[2 * depth])),
        fits=np.zeros(lots),
        gradient=zeros_on_lines(parameters.size),
    )
    velocity = zeros_on_lines(parameters.size if momentum else 0)
    state = State(parameters, velocity, starts, np.array(all_decays, dtype=np.float64))
    return NetworkDescent(state, layers)


def _lots(samples: int, block: int, lots: int) -> np.ndarray:
    """Cut the samples into lots of whole blocks, as even as can be."""
    blocks = -(-samples // block)
    return np.array([min(blocks * lot // lots * block, samples) for lot in range(lots + 1)], dtype=np.int64)


def _of_each_lot(lots: int, size: int) -> FloatArray:
    return zeros_on_lines(lots * size).reshape(lots, size)
