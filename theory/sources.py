"""The papers behind the formulas and claims: one place for keys, titles and identifiers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Citation:
    """A place in a paper.

    >>> GARROD_KEATING_2025.theorem(1).label
    '2410.23169, Theorem 1'
    """

    paper: "Paper"
    place: str

    @property
    def label(self) -> str:
        """The arXiv id (or the key) and the place: what tables print."""
        return f"{self.paper.identifier}, {self.place}" if self.place else self.paper.identifier


@dataclass(frozen=True)
class Paper:
    """One paper: BibTeX key, authors, title, year, venue, and its arXiv id when it has one."""

    key: str
    authors: str
    title: str
    year: int
    venue: str
    arxiv: str = ""

    @property
    def identifier(self) -> str:
        """The arXiv id, or the key where there is none."""
        return self.arxiv or self.key

    @property
    def bibtex(self) -> str:
        """A BibTeX entry."""
        fields = {"author": self.authors, "title": f"{{{self.title}}}", "year": str(self.year)}
        fields["note"] = self.venue
        if self.arxiv:
            fields |= {"eprint": self.arxiv, "archivePrefix": "arXiv"}
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
        return f"@misc{{{self.key},\n{body}\n}}"

    def at(self, place: str = "") -> Citation:
        """A citation of any place in the paper."""
        return Citation(self, place)

    def theorem(self, number: int | str) -> Citation:
        """A citation of a theorem by its number."""
        return Citation(self, f"Theorem {number}")

    def equation(self, number: int | str) -> Citation:
        """A citation of an equation by its number."""
        return Citation(self, f"equation {number}")


GARROD_KEATING_2025 = Paper(
    "garrod-keating-2025",
    "Garrod, Connall and Keating, Jonathan P.",
    "The Persistence of Neural Collapse Despite Low-Rank Bias",
    2025,
    "NeurIPS 2025",
    "2410.23169",
)
GARROD_KEATING_THRAMPOULIDIS_2026 = Paper(
    "garrod-keating-thrampoulidis-2026",
    "Garrod, Connall and Keating, Jonathan P. and Thrampoulidis, Christos",
    "The Implicit Bias of Depth: From Neural Collapse to Softmax Codes",
    2026,
    "ICML 2026",
    "2605.23087",
)
ZANGRANDO_2024 = Paper(
    "zangrando-2024",
    "Zangrando, Emanuele and Deidda, Piero and Brugiapaglia, Simone and Guglielmi, Nicola "
    "and Tudisco, Francesco",
    "Provable Emergence of Deep Neural Collapse and Low-Rank Bias in L2-Regularized Nonlinear Networks",
    2024,
    "version 1 (2024): Neural Rank Collapse: Weight Decay and Small Within-Class Variability Yield "
    "Low-Rank Bias; version 3 (2026)",
    "2402.03991",
)
RANGAMANI_UNAL_2026 = Paper(
    "rangamani-unal-2026",
    "Rangamani, Akshay and Unal, Altay",
    "Deep Neural Regression Collapse",
    2026,
    "CPAL 2026, PMLR 328:565-581",
    "2603.23805",
)
DANG_2023 = Paper(
    "dang-2023",
    "Dang, Hien and Tran, Tho and Osher, Stanley and Tran-The, Hung and Ho, Nhat and Nguyen, Tan",
    "Neural Collapse in Deep Linear Networks: From Balanced to Imbalanced Data",
    2023,
    "ICML 2023",
    "2301.00437",
)
SHANG_2020 = Paper(
    "shang-2020",
    "Shang, Fanhua and Liu, Yuanyuan and Shang, Fanjie and Liu, Hongying and Kong, Lin and Jiao, Licheng",
    "A Unified Scalable Equivalent Formulation for Schatten Quasi-Norms",
    2020,
    "Mathematics 8(8):1325",
)
ANDRIOPOULOS_2024 = Paper(
    "andriopoulos-2024",
    "Andriopoulos, George and Dong, Zixuan and Guo, Li and Zhao, Zifan and Ross, Keith",
    "The Prevalence of Neural Collapse in Neural Multivariate Regression",
    2024,
    "NeurIPS 2024",
    "2409.04180",
)
SUKENIK_2024 = Paper(
    "sukenik-2024",
    "Súkeník, Peter and Mondelli, Marco and Lampert, Christoph",
    "Neural Collapse vs. Low-Rank Bias: Is Deep Neural Collapse Really Optimal?",
    2024,
    "NeurIPS 2024",
    "2405.14468",
)
HORN_1950 = Paper(
    "horn-1950",
    "Horn, Alfred",
    "On the Singular Values of a Product of Completely Continuous Operators",
    1950,
    "Proceedings of the National Academy of Sciences 36(7):374-375",
)
HARDY_LITTLEWOOD_POLYA_1952 = Paper(
    "hardy-littlewood-polya-1952",
    "Hardy, Godfrey H. and Littlewood, John E. and Polya, George",
    "Inequalities",
    1952,
    "Cambridge University Press, second edition",
)
THRAMPOULIDIS_2022 = Paper(
    "thrampoulidis-2022",
    "Thrampoulidis, Christos and Kini, Ganesh Ramachandra and Vakilian, Vala and Behnia, Tina",
    "Imbalance Trouble: Revisiting Neural-Collapse Geometry",
    2022,
    "NeurIPS 2022",
)
PILANCI_ERGEN_2020 = Paper(
    "pilanci-ergen-2020",
    "Pilanci, Mert and Ergen, Tolga",
    "Neural Networks are Convex Regularizers: Exact Polynomial-Time Convex Optimization Formulations for "
    "Two-Layer Networks",
    2020,
    "ICML 2020",
    "2002.10553",
)
SAHINER_2021 = Paper(
    "sahiner-2021",
    "Sahiner, Arda and Ergen, Tolga and Pauly, John and Pilanci, Mert",
    "Vector-Output ReLU Neural Network Problems are Copositive Programs: Convex Analysis of Two Layer "
    "Networks and Polynomial-Time Algorithms",
    2021,
    "ICLR 2021",
    "2012.13329",
)
COVER_1965 = Paper(
    "cover-1965",
    "Cover, Thomas M.",
    "Geometrical and Statistical Properties of Systems of Linear Inequalities with Applications in "
    "Pattern Recognition",
    1965,
    "IEEE Transactions on Electronic Computers EC-14(3):326-334",
)
RANKCOLLAPSE = Paper(
    "rankcollapse",
    "The rankcollapse authors",
    "rankcollapse: theorems on neural collapse and low-rank bias, checked",
    2026,
    "derived for this project",
)

PAPERS: tuple[Paper, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Paper))
