"""Build the wheel, install it in a clean environment, run it from another folder: the same verdicts.

Run by `make wheel`; not collected by pytest.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    """Standard output of a command; its errors pass through."""
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def verdicts(executable: Path, cwd: Path) -> dict[str, str]:
    """Verdict of every claim as an installed command gives it."""
    return {item["id"]: item["verdict"] for item in json.loads(run(executable, "verify", "--json", cwd=cwd))}


def main() -> None:
    """Build, install, compare; exit 1 on any difference."""
    here = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(here / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "clean", with_pip=True)
        clean = folder / "clean" / "bin"
        pip = (clean / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "core.txt", cwd=folder)
        run(*pip, "--no-deps", wheel, cwd=folder)
        installed = verdicts(clean / "rankcollapse", folder)
        run(clean / "rankcollapse", "verify", "chain/cost-of-a-product", "--report", "page", cwd=folder)
        if not (folder / "page" / "index.html").is_file():
            sys.exit("the installed wheel wrote no report")
        checkout = verdicts(here / "rankcollapse", ROOT)
    if installed != checkout:
        sys.exit(f"verdicts differ: wheel {installed}, checkout {checkout}")
    print(f"{len(installed)} passed, 0 failed")


if __name__ == "__main__":
    main()
