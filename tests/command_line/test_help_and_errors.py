import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import rankcollapse

Shell = Callable[..., subprocess.CompletedProcess[str]]
Invoke = Callable[..., Result]

PREDICT = ["predict", "--loss", "squared", "--classes", "3", "--depth", "2", "--weight-decay", "0.01"]

LOADED = """
import sys
from verify.command_line import main
try:
    main({arguments})
except SystemExit as ending:
    assert not ending.code, ending.code
names = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names)
print(*sorted(names), file=sys.stderr)
"""

OURS = {"__main__", "rankcollapse", "theory", "verify", "click"}
ENVIRONMENT = {"_distutils_hack", "_virtualenv", "sitecustomize"}
NUMBERS = {"numpy", "scipy", "sympy", "mpmath", "flint", "cython_runtime", "gmpy2"}


def loaded(arguments: list[str], environment: dict[str, str]) -> set[str]:
    code = LOADED.format(arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    names = set(done.stderr.split())
    return {name for name in names if not name.startswith(("_cy", "_module", "_csparse", "_sysconfigdata"))}


def test_help_loads_nothing_but_the_parser(environment: dict[str, str]) -> None:
    assert loaded(["--help"], environment) <= OURS | ENVIRONMENT


def test_predict_loads_no_solver_or_compiler(environment: dict[str, str]) -> None:
    assert loaded([*PREDICT, "--json"], environment) <= OURS | ENVIRONMENT | NUMBERS


def test_help_and_version(invoke: Invoke) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        result = invoke(*arguments)
        assert result.exit_code == 0
        assert all(name in result.stdout for name in ("claims", "verify", "predict", "bench"))
    assert invoke("--version").stdout == f"rankcollapse {rankcollapse.__version__}\n"
    for name in ("claims", "verify", "predict", "bench"):
        assert invoke(name, "--help").exit_code == 0


def changed(**options: str) -> list[str]:
    """Return the good prediction with options replaced or added; `_` stands for a hyphen."""
    arguments = list(PREDICT)
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if option in arguments:
            arguments[arguments.index(option) + 1] = value
        else:
            arguments += [option, value]
    return arguments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command"),
        (["--nonsense"], "No such option"),
        (["claims", "chain/cost-of-product"], "did you mean chain/cost-of-a-product"),
        (["claims", "--bib", "--json"], "give one of them"),
        (["verify", "chain/cost-of-product"], "did you mean chain/cost-of-a-product"),
        (["verify", "--seed", "-1"], "-1 is not in the range"),
        (["verify", "--jobs", "0"], "0 is not in the range"),
        (["verify", "--jobs", "many"], "'many' is not a valid integer"),
        (["verify", "--level", "deep"], "'deep' is not one of"),
        (["verify", "--from", "absent.py"], "does not exist"),
        (["verify", "--from", "."], "not a regular file"),
        (["verify", "--replay", "absent.json"], "cannot be read"),
        (["verify", "--replay", "."], "cannot be read"),
        (["verify", "--report", 300 * "a"], "300 bytes"),
        (["verify", "--from", 300 * "a"], "300 bytes"),
        (changed(classes="100000", check="1"), "leave out --check"),
        (["verify", "x", "--replay", "absent.json"], "leave out IDs"),
        (["verify", "--jobs", "2", "--replay", "absent.json"], "leave out IDs"),
        (["predict"], "Missing option '--loss'"),
        (changed(loss="hinge"), "'hinge' is not one of"),
        (changed(weight_decay="-1"), "weight decay -1.0"),
        (changed(weight_decay="0"), "weight decay 0.0"),
        (changed(weight_decay="nan"), "weight decay nan"),
        (changed(weight_decay="inf"), "weight decay inf"),
        (changed(weight_decay="much"), "'much' is not a valid float"),
        (changed(classes="1"), "classes 1"),
        (changed(classes="2.5"), "'2.5' is not a valid integer"),
        (changed(classes="1" + 400 * "0"), "is above"),
        (changed(depth="0"), "depth 0"),
        (changed(width="2"), "width 2 is below"),
        (changed(samples_per_class="0"), "samples per class 0"),
        (changed(samples_per_class="2", class_sizes="1,2,3"), "give one of them"),
        (changed(class_sizes="1,2"), "2 class sizes for 3 classes"),
        (changed(class_sizes="1,two,3"), "'two' is not a whole number"),
        (changed(class_sizes="1,,3"), "'' is not a whole number"),
        (
            changed(classes="13", class_sizes=",".join(map(str, range(1, 14))), loss="cross-entropy"),
            "13 distinct class sizes are above 12",
        ),
        (changed(target_spectrum="1,x"), "'x' is not a number"),
        (changed(target_spectrum="1,inf"), "target singular value inf"),
        (changed(target_spectrum="3,2,1", check="1"), "raise the samples per class"),
        (changed(check="0"), "0 is not in the range"),
        (changed(seed="-1"), "-1 is not in the range"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(
    arguments: list[str], message: str, invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if arguments[0] == "predict":
        arguments = [*arguments, "--out", "out"]
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["file", "file/below"])
@pytest.mark.parametrize("arguments", [["verify", "--report"], [*PREDICT, "--out"]])
def test_an_unwritable_place_is_refused_before_any_work(
    arguments: list[str], place: str, invoke: Invoke, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("kept")
    result = invoke(*arguments, str(tmp_path / place))
    assert result.exit_code == 2
    assert "is not a directory" in result.stderr
    assert result.stderr.count("\n") == 1
    assert (tmp_path / "file").read_text() == "kept"


def test_the_process_refuses_the_same_way(shell: Shell) -> None:
    done = shell("predict", "--loss", "squared", "--classes", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: Invalid value for '--classes': 'x' is not a valid integer.\n"


def test_a_reader_that_goes_away_is_no_error(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rankcollapse", "claims", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=60) == 141
