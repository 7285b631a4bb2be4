# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie: interpreters, virtual environments, home directories and copies of the checkout.

Everything is created under .cache/ (kept between runs) or .build/ (thrown away), nothing in the user's home.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
BUILD = ROOT / ".build"
COLLECTION = Path("ansible_collections/cegedim/cloud")
EXPORT = BUILD / COLLECTION
REQUIREMENTS = ROOT / "tests" / "requirements"
# Every simulator of a run appends the operations of the API that were called.
OPERATIONS = CACHE / "operations-exercised.txt"


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


# ansible-core, and the Pythons to run it on, best first: for the oldest ones the oldest, as in execution environments.
CORES = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
}
LOCKED_FROM = "# Locked from "
# Whether to install from the lock files: make test LOCKED=1. An index may lack the versions that they name.
LOCKED = os.environ.get("LOCKED", "0") not in ("", "0")


@dataclass(frozen=True)
class Recipe:
    """What an environment is made from: files of requirements, further requirements, and the oldest Python for it."""

    files: tuple[Path, ...]
    packages: tuple[str, ...]
    lowest: str

    def text(self) -> str:
        """All requirements, one a line, without comments."""
        lines = [line.partition("#")[0].strip() for file in self.files for line in file.read_text().splitlines()]
        return "".join(f"{line}\n" for line in (*self.packages, *filter(None, lines)))

    def digest(self) -> str:
        """What a lock file says it was made from."""
        return hashlib.sha256(f"{self.lowest}\n{self.text()}".encode()).hexdigest()


_UNIT, _TARGETS, _SIMULATOR = (
    ROOT / "tests" / name / "requirements.txt" for name in ("unit", "integration", "simulator")
)
_CORE = (REQUIREMENTS / "ansible-test.txt", _UNIT, _TARGETS, _SIMULATOR)
_NEWEST = list(CORES)[-1]
# Every environment of the checks that is made with pip, by the name of its lock file.
RECIPES = {
    **{f"core-{core}": Recipe(_CORE, (f"ansible-core=={core}.*",), min(CORES[core], key=_minor)) for core in CORES},
    **{
        name: Recipe((*_CORE, REQUIREMENTS / f"{name}.txt"), (f"ansible-core=={_NEWEST}.*",), "3.12")
        for name in ("runner", "properties", "referee")
    },
    **{name: Recipe((REQUIREMENTS / f"{name}.txt",), (), "3.11") for name in ("lint", "docs", "importer", "rulebook")},
    **{name: Recipe((REQUIREMENTS / f"{name}.txt",), (), "3.12") for name in ("authlib", "mitmproxy")},
    "peers": Recipe((REQUIREMENTS / "peers.txt", _SIMULATOR), (), "3.11"),
    "modules": Recipe((_TARGETS,), (), "3.9"),
}

# ansible-test hands on a short list of environment variables only. In the matrix's virtual environments this line,
# which Python runs when it starts, adds those that the leg has written into its own home directory.
HAND_ON_VARIABLES = (
    'import os; p = os.path.expanduser("~/test-environment"); '
    'os.path.exists(p) and os.environ.update(line.split("=", 1) for line in open(p).read().splitlines())\n'
)

_locks: dict[str, threading.Lock] = defaultdict(threading.Lock)


@functools.cache
def interpreters() -> dict[str, Path]:
    """Find the real Pythons, by version. A pyenv shim is none: ansible-test fails on the first one it calls."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    folders = [Path(folder) for folder in _search_path()]
    folders += sorted(pyenv.glob("versions/*/bin"), reverse=True)
    found: dict[str, Path] = {}
    for version in [f"3.{minor}" for minor in range(9, 16)]:
        for candidate in [Path(sys.executable), *(folder / f"python{version}" for folder in folders)]:
            if candidate.exists() and _usable_as(version, candidate):
                found[version] = candidate
                break
    return found


def _search_path() -> list[str]:
    return [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if not folder.endswith("/shims")]


def _usable_as(version: str, candidate: Path) -> bool:
    """Ask the interpreter itself. Without ensurepip (Debian's python3-venv) it makes no virtual environment."""
    question = f"import ensurepip, ssl, sys; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
    return subprocess.run([candidate, "-c", question], capture_output=True, check=False).returncode == 0


def core_python(core: str, found: dict[str, Path]) -> Path | None:
    """The interpreter on which an ansible-core is tested, or None where none fits."""
    return next((found[version] for version in CORES[core] if version in found), None)


def core_venv(leg, core: str, python: Path, more: str = "") -> Path:
    """An environment with one ansible-core and all that the tests import; with ``more``, one of that name.

    It has the requirements of that name, too.
    """
    needs = [
        REQUIREMENTS / "ansible-test.txt",
        ROOT / "tests" / "unit" / "requirements.txt",
        ROOT / "tests" / "integration" / "requirements.txt",
        ROOT / "tests" / "simulator" / "requirements.txt",
    ]
    needs += [REQUIREMENTS / f"{more}.txt"] if more else []
    return venv(leg, more or f"core-{core}", python, needs, [f"ansible-core=={core}.*"])


def venv(
    leg, name: str, python: Path, files: list[Path], packages: list[str] | None = None, lock: str | None = None
) -> Path:
    """Make a virtual environment, or take the one that was made from the same requirements; answer its directory.

    With LOCKED it is installed from the lock file of that name (default: the environment's), and nothing else.
    """
    from leg import Failed

    packages = packages or []
    files = [file for file in files if file.exists()]
    requirements = [*packages, *(word for file in files for word in ("-r", file))]
    if LOCKED and (lock or name) in RECIPES:
        if not is_locked(lock or name):
            raise Failed(f"the lock file of {lock or name} is out of date; run make lock")
        files, packages = [lock_of(lock or name)], []
        requirements = ["--require-hashes", "-r", lock_of(lock or name)]
    recipe = "\n".join([str(python.resolve()), HAND_ON_VARIABLES, *packages, *(file.read_text() for file in files)])
    wanted = hashlib.sha256(recipe.encode()).hexdigest()
    place = CACHE / "venv" / name
    stamp = place / "made-from"
    with _locks[name]:
        if stamp.exists() and stamp.read_text() == wanted:
            return place
        shutil.rmtree(place, ignore_errors=True)
        leg.run(python, "-m", "venv", place)
        # Python compiles what is used when it is first used, and that is little.
        leg.run(place / "bin" / "python", "-m", "pip", "install", "--no-compile", *requirements)
        (next(place.glob("lib/python*/site-packages")) / "hand_on_variables.pth").write_text(HAND_ON_VARIABLES)
        stamp.write_text(wanted)
    return place


def lock_of(name: str) -> Path:
    """The lock file of an environment (it may not exist)."""
    return REQUIREMENTS / "locked" / f"{name}.txt"


def is_locked(name: str) -> bool:
    """Whether an environment has a lock file that was made from its present requirements."""
    place, recipe = lock_of(name), RECIPES.get(name)
    return bool(recipe) and place.exists() and place.read_text().startswith(f"{LOCKED_FROM}{recipe.digest()}\n")


def awx_collection(leg, python: Path) -> Path:
    """A directory of collections with awx.awx only, from the PyPI package that brings it; it is on no other index.

    The wheel is downloaded once. Its other collections stay in it.
    """
    requirement = (REQUIREMENTS / "awx.txt").read_text()
    place = CACHE / "collections"
    stamp = place / "made-from"
    with _locks["collections"]:
        if not stamp.exists() or stamp.read_text() != requirement:
            shutil.rmtree(place, ignore_errors=True)
            words = ("--no-deps", "--only-binary", ":all:", "--dest", place, "-r", REQUIREMENTS / "awx.txt")
            leg.run(python, "-m", "pip", "download", *words)
            (wheel,) = place.glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                wanted = [name for name in archive.namelist() if name.startswith("ansible_collections/awx/")]
                archive.extractall(place, wanted)
            wheel.unlink()
            stamp.write_text(requirement)
    return place


def home(name: str, variables: dict[str, str]) -> Path:
    """A home directory for one leg, with what the user's pip needs to know and the variables to hand on."""
    place = CACHE / "home" / name
    (place / ".config" / "pip").mkdir(parents=True, exist_ok=True)
    (place / "test-environment").write_text("".join(f"{key}={value}\n" for key, value in variables.items()))
    # ansible-test starts pip without our environment: PIP_INDEX_URL and its like become a configuration file.
    settings = {key[4:].lower().replace("_", "-"): value for key, value in pip_environment().items()}
    config = place / ".config" / "pip" / "pip.conf"
    config.touch(mode=0o600)
    config.write_text("[global]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
    for source, link in ((_user_pip_config(), place / ".pip" / "pip.conf"), (Path.home() / ".netrc", place / ".netrc")):
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        if source.exists():
            link.symlink_to(source)
    return place


def pip_environment() -> dict[str, str]:
    """The user's own settings of pip, and a cache of ours, so that nothing is written outside the checkout."""
    settings = {key: value for key, value in os.environ.items() if key.startswith("PIP_")}
    return {"PIP_CACHE_DIR": str(CACHE / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_QUIET": "2", **settings}


def _user_pip_config() -> Path:
    modern = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "pip" / "pip.conf"
    return modern if modern.exists() else Path.home() / ".pip" / "pip.conf"


def variables(home_directory: Path, *first_on_path: Path) -> dict[str, str]:
    """The environment of a leg's commands: the user's, without what would bend Python or Ansible."""
    bent = (
        "ANSIBLE_",
        "PYTHON",
        "VIRTUAL_ENV",
        "XDG_",
        "ITCARE_",
        "COCKPIT_",
        "GOPAAS_",
        "OVC_",
        "PYTEST_",
        "GALAXY_",
        "PIP_",
    )
    clean = {key: value for key, value in os.environ.items() if not key.startswith(bent)}
    # sanity looks for python3.9, python3.10 ... on PATH
    pythons = dict.fromkeys(str(python.parent) for python in interpreters().values())
    path = [*(str(folder) for folder in first_on_path), *pythons, *_search_path()]
    return {
        **clean,
        **pip_environment(),
        "HOME": str(home_directory),
        "PATH": os.pathsep.join(path),
    }


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait until no other make is at work in this checkout: all use .build/."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def export() -> None:
    """Copy what git knows, or would add, to .build/ansible_collections/cegedim/cloud.

    ansible-test wants a real path of that form (a link does not do), and a copy is not changed while legs run.
    """
    shutil.rmtree(BUILD / "ansible_collections", ignore_errors=True)
    shutil.rmtree(BUILD / "legs", ignore_errors=True)
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, target = ROOT / name, EXPORT / name
        if source.is_file():  # git also lists what was deleted and not yet committed
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # A checkout of its own: the one around it ignores .build/, and tools that ask git would see no file at all.
    subprocess.run(["git", "init", "--quiet", "--template=", EXPORT], check=True)


def copy_for(name: str) -> Path:
    """A copy of the export for one leg: ansible-test writes into the tree it tests."""
    target = BUILD / "legs" / name / COLLECTION
    shutil.rmtree(BUILD / "legs" / name, ignore_errors=True)
    shutil.copytree(EXPORT, target, symlinks=True)
    return target
