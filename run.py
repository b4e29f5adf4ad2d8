"""The two commands: `python3 run.py demo` shows the product, `python3 run.py test` checks it.

Needs Python 3.11 or newer and nothing else: it makes `.venv`, installs the locked requirements there, and goes on.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
USAGE = (
    "usage: python3 run.py demo [options] | python3 run.py test [pytest options] | python3 run.py crisis COMMAND ..."
)


def installed(lock: Path) -> None:
    """Installs a lock file once; a stamp with its hash says when it must be done again."""
    wanted = hashlib.sha256(lock.read_bytes() + (HERE / "pyproject.toml").read_bytes()).hexdigest()
    stamp = VENV / f"{lock.stem}.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not (BIN / "python").exists() and not (BIN / "python.exe").exists():
        print("Making .venv ...", flush=True)
        try:
            venv.create(VENV, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("Python's venv module is incomplete here. On Debian and Ubuntu: apt-get install python3-venv")
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print(f"Installing {lock.name} (once; about a minute) ...", flush=True)
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(lock)], check=True)  # the lock names them all
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(HERE)], check=True)
    stamp.write_text(wanted)


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit("Crisis needs Python 3.11 or newer; this is " + sys.version.split()[0])
    match sys.argv[1:]:
        case ["test", *rest]:
            installed(HERE / "requirements-test.txt")
            command = [str(BIN / "python"), "-m", "pytest", *rest]
        case ["crisis", *rest]:
            installed(HERE / "requirements.txt")
            command = [str(BIN / "crisis"), *rest]
        case ["demo", *rest]:
            installed(HERE / "requirements.txt")
            command = [str(BIN / "crisis"), "demo", *rest]
        case _:
            sys.exit(USAGE)
    compiled_once = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    try:
        sys.exit(subprocess.run(command, cwd=HERE, env=compiled_once, check=False).returncode)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
