"""Every eigenvalue of the Hessian at a collapse point, with its multiplicity.

Statement   At balanced factors of αS⊗1ᵀ with the critical decay the Hessian is, in an orthonormal basis and
            in units of λ, the block form of `theory.landscape.collapse_hessian`; its critical eigenvalue is
            Fα/K − (F−2), K(K−3)/2-fold, its nullity L(rd − r(r+1)/2) with r = K − 1 unless a block is
            singular. K = 2 has neither critical directions nor Q₁₁ (`TWO_CLASS_BLOCKS`).
Source      derived for this project; extends 2410.23169, Theorem 4 (sharp form) and Theorem 5 (nullity).
Computed    all eigenvalues of the dense Hessian against the block form; characteristic polynomials and
            explicit eigenvectors over the rationals.
Tight       equality, for every K ≥ 2, F ≥ 2, n ≥ 1, d ≥ K − 1 and α > 0, with equal decays.
Argument    The steps are identities; they make up the statement as follows, by linear algebra alone.
            1. A_j = sU_jU_{j−1}ᵀ, U_j with r orthonormal columns: U_F spans 1^⊥, U_0 = U_F⊗1/√n, s^F = α√n.
            Softmax less labels is p1 − Kpe_k = −KpSe_k, so g' = −(λ/s^{F−2})U_FU_0ᵀ, zero off the ranges.
            2. Let V_j complete U_j to a basis. A_F⋯A_{j+1} and A_{i−1}⋯A_1 are s^{F−j}U_FU_jᵀ and
            s^{i−1}U_{i−1}U_0ᵀ, so ⟨g', A_F⋯B_j⋯B_i⋯A_1⟩ is −λ tr(b_jb_i), b_j = U_jᵀB_jU_{j−1}, and for
            neighbours, with I between them, also −λ tr(o_jt_i), o_j = U_jᵀB_jV_{j−1}, t_i = V_iᵀB_iU_{i−1}.
            3. δZ sees Σb_j, the features w = U_1ᵀB_1V_0, and V_FᵀB_FU_{F−1}, along 1 where softmax is flat.
            4. So four kinds of coordinates do not meet. (a) Pairs (t_j, o_{j+1}), j = 1…L, of r(d−r) entries
            each: 0 and 2. (b) V_jᵀB_jV_{j−1} for all j, and V_FᵀB_FU_{F−1}: 1. (c) The antisymmetric parts
            of the b_j: 0 where they add to zero (L-fold), F(1 + α/K) along equal ones; ⟨A, Y⟩ = 0, A has no
            diagonal, and A, Y annihilate 1, so the fit keeps A apart. Symmetric parts that add to zero: 2.
            (d) Y, equal symmetric parts, and w: deviations within a class, r for each of the K(n−1), and the
            part y common to all samples, which alone meets Y. Class means of δZ are s^{F−1}M/√n with
            M = √F(Y + A) + y1ᵀ/√K; ‖M‖² = F‖Y‖² + F‖A‖² + ‖y‖², and M_kk = √F Y_kk + y_k/√K.
            5. For K ≥ 3, Y ↦ diag Y maps the symmetric matrices on 1^⊥ onto ℝ^K, with kernel of dimension
            K(K−3)/2, orthogonal to every S·diag(v)·S: tr(Y diag v) = 0. On these, v ∝ 1 and Σv = 0 are
            orthogonal; the latter, with y ∝ v, is K − 1 copies of Q. For K = 2 only v ∝ 1 is left.
"""

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_DECAY
from theory.landscape.collapse_hessian import (
    COLLAPSE_BLOCKS,
    CONTRAST,
    CRITICAL_EIGENVALUE,
    OFF_CLASS,
    SCALE_EIGENVALUE,
    STANDARD_COUPLING,
    STANDARD_FACTORS,
    STANDARD_FEATURES,
    TWO_CLASS_BLOCKS,
    collapse_spectrum,
)
from theory.landscape.dimension import DEPTH, ORBIT_DIMENSION, RANK, WIDTH
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.evidence import Evidence, Plot, Series, Table, overall
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Identity, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals


def dense_spectrum(instance: Instance) -> tuple[NDArray[np.floating], float]:
    """Eigenvalues of the dense Hessian in units of λ, ascending, and their error bound in the same units."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.landscape.hessian import cross_entropy_hessian

    classes, samples, factors = instance["classes"], instance["samples_per_class"], instance["factors"]
    scale = float(instance["scale"])
    decay = float(np.exp(COLLAPSE.log_decay(scale=scale, classes=classes, factors=factors)))
    decay /= samples ** (1 / factors)
    logits = np.kron(scale * (np.eye(classes) - 1 / classes), np.ones((1, samples)))
    generator = np.random.default_rng(instance["width"])
    chain = balanced_factors(logits, factors=factors, width=instance["width"], rng=generator)
    hessian = cross_entropy_hessian(chain, np.repeat(np.arange(classes), samples), decay) / decay
    size = float(np.linalg.norm(hessian))
    return np.linalg.eigvalsh(hessian), LINEAR_ALGEBRA * (1 + scale) * size


def margin(instance: Instance) -> Margin:
    """Minus the largest difference between the dense eigenvalues and those of the block form."""
    found, error = dense_spectrum(instance)
    names = ("classes", "factors", "width", "samples_per_class")
    predicted = collapse_spectrum(scale=float(instance["scale"]), **{name: instance[name] for name in names})
    listed = np.repeat([value for value, _ in predicted], [count for _, count in predicted])
    if listed.size != found.size:
        return Margin.equal(listed.size, found.size, error=0.0)
    return Margin.equal(float(np.max(np.abs(listed - found))), 0.0, error=error)


def is_wide_enough(instance: Instance) -> bool:
    """K ≥ 2, F ≥ 2, n ≥ 1, d ≥ K − 1, and a scale at which floats can see the Hessian."""
    return (
        instance["classes"] >= 2
        and instance["factors"] >= 2
        and instance["samples_per_class"] >= 1
        and instance["width"] >= instance["classes"] - 1
        and 0 < instance["scale"] <= 30
    )


def instances() -> Any:
    """Few classes, samples and factors, a rational scale."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 5),
            "samples_per_class": st.integers(1, 3),
            "factors": st.integers(2, 5),
            "width": st.integers(1, 6),
            "scale": positive_rationals(largest=20),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to 6 classes, 6 factors and width 8, scales from 0.05 to 25."""
    classes = int(generator.integers(2, 7))
    return {
        "classes": classes,
        "samples_per_class": int(generator.integers(1, 4)),
        "factors": int(generator.integers(2, 6)),
        "width": int(generator.integers(classes - 1, classes + 2)),
        "scale": float(0.05 * 500 ** generator.uniform()),
    }


def partition_steps(scale: sp.Expr = SCALE) -> tuple[Step, ...]:
    """1 + (K−1)e^{−α} > 0, so that softmax weights are defined; opens every proof that names them."""
    small = sp.exp(-scale)
    return (
        Step("one", Fact(sp.Integer(1), ">"), Evident(), "a number"),
        Step("K − 1", Fact(CLASSES - 1, ">"), RationalSign(), "two classes or more"),
        Step("e^{−α}", Fact(small, ">"), Evident(), "an exponential"),
        Step(
            "partition",
            Fact(1 + (CLASSES - 1) * small, ">"),
            Combination(((sp.Integer(1), "one"), ("K − 1", "e^{−α}"))),
            "so the softmax is defined",
        ),
    )


def same(name: str, left: sp.Expr, right: sp.Expr, because: str) -> Step:
    """The step left = right, by identity."""
    return Step(name, Fact(left, "=", right), Identity(), because)


_SIZES = (
    Variable(CLASSES, "K", sp.Integer(2)),
    Variable(FACTORS, "F", sp.Integer(2)),
    Variable(SAMPLES_PER_CLASS, "n", sp.Integer(1)),
    Variable(SCALE, "α", sp.Integer(0), open_low=True),
)


def _fit() -> Proof:
    """Curvature of the fit on class means M (K×K, zero column sums) and within classes."""
    p, own, rest = sp.Symbol("p", positive=True), *sp.symbols("own rest", nonnegative=True)
    on_class = 1 - (CLASSES - 1) * p
    n, off = SAMPLES_PER_CLASS, OFF_CLASS.expression
    root = (SCALE * sp.sqrt(n)) ** (1 / FACTORS)
    decay = off * root ** (FACTORS - 2) / sp.sqrt(n)
    return Proof(
        title="the fit's curvature is (α/K)(‖M‖² + K(1 − Kp)Σ_k M_kk²) in units of λ",
        variables=(
            *_SIZES,
            Variable(p, "softmax off its class", sp.Integer(0), open_low=True),
            Variable(own, "m_k, a column's entry on its class, up to sign", sp.Integer(0)),
            Variable(rest, "sum of the squares of its other entries, which add to −m_k", sp.Integer(0)),
        ),
        steps=(
            *partition_steps(),
            same(
                "column",
                on_class * own**2 + p * rest - (on_class * own - p * own) ** 2,
                p * (own**2 + rest) + CLASSES * p * (1 - CLASSES * p) * own**2,
                "mᵀ(diag π − ππᵀ)m for a column m of zero sum; deviations within a class are such, too",
            ),
            same("contrast", CONTRAST.expression, 1 - CLASSES * off, "c = 1 − Kp"),
            same("gradient", on_class - 1, p - CLASSES * p, "a column of g' is (p1 − Kpe_k)/N = −KpSe_k/N"),
            same(
                "decay",
                decay,
                COLLAPSE_DECAY.expression / n ** (1 / FACTORS),
                "λ = p s^{F−2}/√n with s^F = α√n is the scale equation",
            ),
            same(
                "unit",
                root ** (2 * FACTORS - 2) / (n * CLASSES) * off / decay,
                SCALE / CLASSES,
                "class means of δZ are s^{F−1}M/√n, and the fit averages over N = Kn columns",
            ),
        ),
        goals=("column", "contrast", "gradient", "decay", "unit"),
    )


def _products() -> Proof:
    """λΣ‖B_j‖² + 2⟨g', Σ_{i<j} …B_j…B_i…⟩ with g' = −(λ/s^{F−2}) UVᵀ, entry by entry."""
    total, squares = sp.symbols("total squares", nonnegative=True)
    into, out = sp.symbols("into out", nonnegative=True)
    cross = (total**2 - squares) / 2
    return Proof(
        title="decay and the product's second derivative, in units of λ",
        variables=(
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(total, "Σ_j b_j for one entry b_j of the B_j within the ranges", sp.Integer(0)),
            Variable(squares, "Σ_j b_j²", sp.Integer(0)),
            Variable(into, "an entry of B_j from the range into spare width", sp.Integer(0)),
            Variable(out, "the entry of B_{j+1} back from there", sp.Integer(0)),
        ),
        steps=(
            same(
                "symmetric",
                squares - 2 * cross,
                2 * squares - total**2,
                "tr(B_jB_i) pairs symmetric parts with +, and 2Σ_{i<j}b_ib_j = (Σb_j)² − Σb_j²",
            ),
            same("antisymmetric", squares + 2 * cross, total**2, "and antisymmetric parts with −"),
            same(
                "shared",
                (2 * squares - total**2).subs(squares, total**2 / FACTORS),
                -(FACTORS - 2) * total**2 / FACTORS,
                "equal b_j: symmetric −(F−2); the others, Σb_j = 0, have 2 and antisymmetric ones 0",
            ),
            same(
                "spare width",
                into**2 + out**2 - 2 * into * out,
                (into - out) ** 2,
                "only neighbours meet in spare width: eigenvalues 0 and 2; all else has 1",
            ),
        ),
        goals=("symmetric", "antisymmetric", "shared", "spare width"),
    )


def _entry(name: str) -> sp.Expr:
    """The entry of the block of that name."""
    return next(block.rows[0][0] for block in COLLAPSE_BLOCKS.blocks if block.name == name)


def _blocks() -> Proof:
    """The quadratic form on Y (symmetric, zero row sums) and y by the symmetry of the classes."""
    k, f, c, size = CLASSES, FACTORS, CONTRAST.expression, sp.Symbol("size", positive=True)
    share = (k - 2) / k
    p = OFF_CLASS.expression
    return Proof(
        title="the blocks of (Fα/K − (F−2))‖Y‖² + (1 + α/K)‖y‖² + αc Σ_k(√F Y_kk + y_k/√K)²",
        variables=(
            *_SIZES[:2],
            _SIZES[3],
            Variable(size, "|v|², Σv_i = 0", sp.Integer(0), open_low=True),
        ),
        steps=(
            *partition_steps(),
            same(
                "critical",
                1 - (f - 1) + f * (SCALE / k),
                CRITICAL_EIGENVALUE.expression,
                "B_j = Y for all j with zero diagonal: decay, F−1 partners, and the fit of the sum FY",
            ),
            same(
                "dimensions",
                1 + (k - 1) + k * (k - 3) / 2,
                k * (k - 1) / 2,
                "multiples of S, S·diag(v)·S, and zero diagonal: all symmetric matrices on 1^⊥ (K ≥ 3)",
            ),
            same(
                "scale",
                CRITICAL_EIGENVALUE.expression + SCALE * c * f * k * ((k - 1) / k) ** 2 / (k - 1),
                SCALE_EIGENVALUE.expression,
                "Y = S/√(K−1) has diagonal (K−1)/K/√(K−1)",
            ),
            same(
                "scale as printed",
                SCALE_EIGENVALUE.expression,
                f * SCALE * (1 - (k - 1) * p) - (f - 2),
                "which vanishes at the turning scale",
            ),
            same(
                "norm",
                (1 - 2 / k) ** 2 * size + (2 * k - 4) * size / k**2,
                share * size,
                "(S·diag(v)·S)_ij = v_iδ_ij − (v_i+v_j)/K and Σ_{ij}(v_i+v_j)² = 2K|v|²",
            ),
            same(
                "diagonal",
                (1 - 2 / k) ** 2 * size,
                share * (share * size),
                "its diagonal is (1 − 2/K)v: normalised, of squared length (K−2)/K",
            ),
            same(
                "factors",
                CRITICAL_EIGENVALUE.expression + SCALE * c * f * share,
                STANDARD_FACTORS.expression,
                "Q₁₁, from the coefficient of ‖Y‖² and the diagonal",
            ),
            same(
                "factors as printed",
                STANDARD_FACTORS.expression,
                f * SCALE * ((k - 1) / k - (k - 2) * p) - (f - 2),
                "Q₁₁",
            ),
            same(
                "antisymmetric",
                1 + (f - 1) + f * (SCALE / k),
                _entry("antisymmetric directions"),
                "equal A: decay, F−1 partners with the other sign, and the fit of FA, which has no diagonal",
            ),
            same(
                "deviations",
                1 + SCALE / k,
                _entry("samples within a class"),
                "a deviation w of one sample's column, away from Se_k: decay and (α/K)‖w‖²",
            ),
            same(
                "own deviation",
                1 + SCALE / k + SCALE * c * ((k - 1) ** 2 + (k - 1)) / k**2,
                _entry("samples within a class, along its own logit"),
                "along Se_k the entry on the class has the square ‖Se_k‖² = (K−1)/K of the whole",
            ),
            same(
                "features",
                STANDARD_FEATURES.expression,
                1 + SCALE * (2 - k * p) / k,
                "Q₂₂: y moves the diagonal by v/√K",
            ),
            same(
                "coupling",
                STANDARD_COUPLING.expression**2,
                (SCALE * c) ** 2 * f * share / k,
                "Q₁₂²; K = 2 has no such Y, and the features' entry alone is left",
            ),
        ),
        goals=(
            "critical", "dimensions", "scale", "scale as printed", "norm", "diagonal",
            "factors", "factors as printed", "antisymmetric", "deviations", "own deviation", "features",
            "coupling",
        ),
    )  # fmt: skip


def _count() -> Proof:
    """The blocks exhaust the parameters."""
    k, f, n, d = CLASSES, FACTORS, SAMPLES_PER_CLASS, WIDTH
    return Proof(
        title="the multiplicities add up to the number of parameters",
        variables=(*_SIZES[:3], Variable(WIDTH, "d", sp.Integer(1))),
        steps=(
            same(
                "count",
                COLLAPSE_BLOCKS.size.expression,
                d * k * n + (f - 2) * d**2 + k * d,
                "features, inner weights and last weights",
            ),
            same(
                "two classes",
                TWO_CLASS_BLOCKS.size.at({CLASSES: 2}),
                2 * d * n + (f - 2) * d**2 + 2 * d,
                "K = 2, where the symmetric directions are those of the scale",
            ),
            same(
                "nullity",
                COLLAPSE_BLOCKS.blocks[0].multiplicity,
                DEPTH * ((k - 1) * (d - (k - 1)) + (k - 1) * (k - 2) / 2),
                "spare width, and antisymmetric directions that cancel in the sum: dimension of the orbit",
            ),
            same(
                "orbit",
                COLLAPSE_BLOCKS.blocks[0].multiplicity,
                ORBIT_DIMENSION.at({RANK: k - 1}),
                "L(rd − r(r+1)/2) at r = K − 1",
            ),
        ),
        goals=("count", "two classes", "nullity", "orbit"),
    )


def characteristic_polynomials(run: Run) -> Evidence:
    """det(x − H) over the rationals is the product of the blocks' polynomials."""
    from numerics.landscape.characteristic import block_polynomial
    from numerics.landscape.exact import collapse_point, rational_gradient, rational_hessian

    largest = 6 if run.level == "quick" else 8
    agree: list[bool] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for classes in range(3, largest + 1):
        for factors in (2, 3, 4) if run.level == "quick" else (2, 3, 4, 5, 6):
            width, root = classes + factors % 2, Fraction(factors + 2, 3)
            p = Fraction(1, classes + factors)
            point = collapse_point(classes=classes, factors=factors, width=width, root=root, off_class=p)
            values = {
                SCALE: root**factors, CLASSES: classes, FACTORS: factors, WIDTH: width, SAMPLES_PER_CLASS: 1
            }  # fmt: skip
            blocks = block_polynomial(
                COLLAPSE_BLOCKS, values, exponential=p / (1 - (classes - 1) * p), unit=point.decay
            )
            critical = all(gradient == 0 * gradient for gradient in rational_gradient(point))
            agree.append(critical and rational_hessian(point).charpoly() == blocks)
            rows.append((classes, factors, width, point.parameters, agree[-1]))
    return Evidence(
        kind="construction",
        outcome=overall([Margin.exact(1 if all(agree) else -1)]),
        summary=f"{len(rows)} characteristic polynomials agree over the rationals",
        instances=len(rows),
        tables=(
            Table(
                "Characteristic polynomial of the exact Hessian against the blocks",
                ("K", "F", "d", "parameters", "equal"),
                tuple(rows),
            ),
        ),
    )


def explicit_eigenvectors(run: Run) -> Evidence:
    """B_j = Y for all j, Y = (e_a − e_b)(e_c − e_d)ᵀ + transpose: HB = λ(Fα/K − (F−2))B, exactly."""
    from numerics.landscape.exact import collapse_point, exact_rank, rational_hessian

    deepest = 6 if run.level == "quick" else 9
    rows: list[tuple[str | int | float | bool, ...]] = []
    holds = True
    for classes in range(4, 9):
        for factors in range(2, deepest + 1):
            root = Fraction(5, 4)
            point = collapse_point(
                classes=classes, factors=factors, width=classes, root=root, off_class=Fraction(1, 2 * classes)
            )
            vectors = _four_cycles(classes, factors)
            value = factors * root**factors / classes - (factors - 2)
            image = rational_hessian(point) * vectors
            exact = image == vectors * (point.decay * fmpq(value.numerator, value.denominator))
            rank = exact_rank(vectors)
            holds &= exact and rank == classes * (classes - 3) // 2
            rows.append((classes, factors, rank, exact))
    return Evidence(
        kind="construction",
        outcome=overall([Margin.exact(1 if holds else -1)]),
        summary=f"explicit eigenvectors exact for K = 4…8, {len(rows)} depths",
        instances=len(rows),
        tables=(
            Table(
                "Explicit eigenvectors", ("K", "F", "independent ones", "HB = λ(Fα/K − (F−2))B"), tuple(rows)
            ),
        ),
        plots=(_first_to_turn(),),
    )


def _four_cycles(classes: int, factors: int) -> fmpq_mat:
    """Columns: the directions B_1 = … = B_F = Y, one for each 4-cycle a, c, b, d of classes."""
    columns: list[list[int]] = []
    for a in range(classes):
        for b in range(a):
            for c in range(b):
                for d in range(c):
                    for first, second in (((a, b), (c, d)), ((a, c), (b, d))):
                        y = [[0] * classes for _ in range(classes)]
                        for i, sign_i in zip(first, (1, -1), strict=True):
                            for j, sign_j in zip(second, (1, -1), strict=True):
                                y[i][j] = y[j][i] = sign_i * sign_j
                        columns.append([entry for row in y for entry in row] * factors)
    return fmpq_mat([[fmpq(entry) for entry in row] for row in columns]).transpose()


def _first_to_turn() -> Plot:
    scales = np.linspace(0.05, 5, 120)
    values = {"classes": 5, "factors": 4}
    block = [
        np.array([[STANDARD_FACTORS(scale=s, **values), STANDARD_COUPLING(scale=s, **values)],
                  [STANDARD_COUPLING(scale=s, **values), STANDARD_FEATURES(scale=s, **values)]])
        for s in scales
    ]  # fmt: skip
    curves = {
        "critical": CRITICAL_EIGENVALUE(scale=scales, **values),
        "standard, smaller": [np.linalg.eigvalsh(matrix)[0] for matrix in block],
        "scale": SCALE_EIGENVALUE(scale=scales, **values),
    }
    return Plot(
        "Smallest eigenvalues at collapse in units of λ (K = 5, F = 4)",
        "α",
        "eigenvalue",
        tuple(Series(name, tuple(map(float, scales)), tuple(map(float, y))) for name, y in curves.items()),
        vertical_lines=((2.5, "K(F−2)/F"),),
    )


CLAIM = Claim(
    id="landscape/collapse-spectrum",
    title="The Hessian at a collapse point, all eigenvalues with multiplicities",
    statement=(
        r"\tfrac1\lambda\operatorname{spec}\nabla^2\mathcal L=\Bigl\{\tfrac{F\alpha}K-(F-2)\ "
        r"\bigl[\tfrac{K(K-3)}2\bigr],\ F\alpha(1-(K-1)p)-(F-2)\ [1],\ \operatorname{spec}Q\ [K-1],\ "
        r"F(1+\tfrac\alpha K)\ \bigl[\tfrac{(K-1)(K-2)}2\bigr],\ 1+\tfrac\alpha K,\ 1+\alpha(1-(K-1)p),\ "
        r"2,\ 1,\ 0\ \bigl[L(rd-\tfrac{r(r+1)}2)\bigr]\Bigr\},\quad K\ge3\ "
        r"(K=2:\ Q=Q_{22},\ \text{no }\tfrac{F\alpha}K-(F-2))"
    ),
    source=RANKCOLLAPSE.at("extends 2410.23169, Theorem 4"),
    computed="dense eigenvalues against the block form; exact characteristic polynomials and eigenvectors",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=is_wide_enough,
    margin=margin,
    proofs=(_fit(), _products(), _blocks(), _count()),
    experiments=(characteristic_polynomials, explicit_eigenvectors),
    quick_samples=150,
    full_samples=2_000,
)
