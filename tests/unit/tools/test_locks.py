# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock files of the checks' environments are of today's requirements, pin everything, and name no index."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "tools"))
import environment  # noqa: E402

# What the collection needs at run time (requirements.txt), and what that brings.
RUNTIME = {"requests", "certifi", "charset-normalizer", "idna", "urllib3"}


def pins(name):
    """``{package: [line, hash, ...]}`` of a lock file."""
    text = environment.lock_of(name).read_text().replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {line[0].partition("==")[0]: line for line in lines}


@pytest.mark.parametrize("name", environment.RECIPES)
def test_lock_file_is_of_the_present_requirements(name):
    assert environment.is_locked(name), "run make lock"


@pytest.mark.parametrize("name", environment.RECIPES)
def test_everything_is_pinned_and_hashed(name):
    found = pins(name)
    assert found
    for line in found.values():
        assert re.fullmatch(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", line[0]), line[0]
        assert any(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in line), line[0]


@pytest.mark.parametrize("name", environment.RECIPES)
def test_no_address_is_in_a_lock_file(name):
    text = environment.lock_of(name).read_text()
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_every_environment_is_locked():
    """But for what makes and checks the lock files, and a package of which only a collection is unpacked."""
    names = {path.stem for path in environment.REQUIREMENTS.glob("*.txt")}
    assert names - {"lock", "supply-chain", "awx", "ansible-test"} <= set(environment.RECIPES)


def test_no_lock_file_is_left_over():
    assert {path.stem for path in environment.lock_of("x").parent.glob("*.txt")} == set(environment.RECIPES)


def test_run_time_needs_are_few_and_bounded():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert lines == ["requests>=2.25,<3"]
    assert set(pins("modules")) == RUNTIME
