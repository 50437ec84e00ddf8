import numpy as np
import pytest

from numerics.descent.initialisation import chain_shapes, gaussian_factors
from numerics.descent.linear_chain import descend_cross_entropy, descend_squared_loss
from numerics.descent.network import Network, network_outputs, random_network, random_residual_network
from numerics.descent.recording import Record, Recorder
from numerics.descent.training import train_network
from numerics.metrics.spectrum import effective_rank
from theory.errors import InvalidProblemError

LABELS = np.array([0, 0, 1, 1, 2, 2])
START = gaussian_factors(
    chain_shapes(classes=3, samples=6, depth=2, width=4), scale=0.6, rng=np.random.default_rng(0)
)


def test_quantities_at_a_step_are_those_of_the_descent_that_stops_there() -> None:
    recorder = Recorder(
        (
            "loss",
            "singular-values",
            "weight-singular-values",
            "within-class-variation",
            "margins",
            "effective-rank",
        ),
        steps=[37, 0, 100],
    )
    descend_cross_entropy(START, LABELS, 0.01, step=0.2, max_steps=150, recorder=recorder)
    assert [record.step for record in recorder.records] == [0, 37, 100]
    for record in recorder.records[1:]:
        there = descend_cross_entropy(START, LABELS, 0.01, step=0.2, max_steps=record.step)
        logits, features = there.product, there.factors[1] @ there.factors[0]
        own = logits[LABELS, np.arange(6)]
        others = np.where(np.eye(3, dtype=bool)[:, LABELS], -np.inf, logits).max(axis=0)
        means = np.stack([features[:, k == LABELS].mean(axis=1) for k in range(3)], axis=1)
        values = record.values
        assert values["loss"] == there.loss
        np.testing.assert_allclose(values["margins"], own - others, rtol=1e-12)
        np.testing.assert_allclose(
            values["singular-values"], np.linalg.svd(logits, compute_uv=False), rtol=1e-10, atol=1e-14
        )
        for ours, weight in zip(values["weight-singular-values"], there.factors[1:], strict=True):
            np.testing.assert_allclose(ours, np.linalg.svd(weight, compute_uv=False), rtol=1e-12)
        assert values["within-class-variation"] == pytest.approx(
            np.sum((features - means[:, LABELS]) ** 2) / 6, rel=1e-12
        )
        assert values["effective-rank"] == pytest.approx(effective_rank(logits), rel=1e-12)


def test_watching_changes_nothing_and_streams() -> None:
    seen: list[Record] = []
    recorder = Recorder(("loss",), steps=7, receive=seen.append)
    watched = descend_cross_entropy(
        START, LABELS, 0.01, step=0.2, max_steps=100, momentum=0.5, record_every=1, recorder=recorder
    )
    alone = descend_cross_entropy(START, LABELS, 0.01, step=0.2, max_steps=100, momentum=0.5, record_every=1)
    np.testing.assert_array_equal(watched.product, alone.product)
    assert recorder.records == []
    assert [record.step for record in seen] == list(range(0, 100, 7))
    assert [record.values["loss"] for record in seen] == alone.loss_history[::7].tolist()


@pytest.mark.parametrize("residual", [False, True])
def test_networks_are_recorded_as_they_are(residual: bool) -> None:
    rng = np.random.default_rng(1)
    if residual:
        network = random_residual_network(4, 5, 3, "tanh", rng, blocks=2)
    else:
        network = random_network([4, 5, 3], "relu", rng)
    inputs = rng.standard_normal((4, 6))
    recorder = Recorder(("singular-values", "within-class-variation"), steps=[10])
    train_network(
        network, inputs, LABELS, 0.01, loss="cross-entropy", step=0.1, max_steps=20, recorder=recorder
    )
    there = train_network(network, inputs, LABELS, 0.01, loss="cross-entropy", step=0.1, max_steps=10)
    outputs = network_outputs(there, inputs)
    (record,) = recorder.records
    np.testing.assert_allclose(
        record.values["singular-values"], np.linalg.svd(outputs, compute_uv=False), rtol=1e-10
    )
    # What enters the last weight: the outputs of the same network with the identity in its place.
    size = there.weights[-1].shape[1]
    cut = Network(
        (*there.weights[:-1], np.eye(size)),
        (*there.biases[:-1], np.zeros(size)),
        there.activation,
        residual=residual,
    )
    features = network_outputs(cut, inputs)
    means = np.stack([features[:, k == LABELS].mean(axis=1) for k in range(3)], axis=1)
    variation = np.sum((features - means[:, LABELS]) ** 2) / 6
    assert record.values["within-class-variation"] == pytest.approx(variation, rel=1e-10)


def test_what_cannot_be_recorded_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="sharpness"):
        Recorder(("sharpness",), steps=1)  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidProblemError, match="none"):
        Recorder((), steps=1)
    with pytest.raises(InvalidProblemError, match="every 0"):
        Recorder(("loss",), steps=0)
    with pytest.raises(InvalidProblemError, match="-1"):
        Recorder(("loss",), steps=[-1])
    with pytest.raises(InvalidProblemError, match="classes"):
        descend_squared_loss(
            START, np.ones((3, 6)), 0.1, step=0.1, max_steps=5, recorder=Recorder(("margins",), steps=1)
        )
