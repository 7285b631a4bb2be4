# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of the matrix, in one line at the end, and no setting or token of the user's."""

from __future__ import annotations

import collections
import os

import pytest

FIGURES = ("cells", "faults", "succeeded", "duplicates", "leaks", "tracebacks", "troubles")


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: as in the unit tests, whose tables are used")


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("ITCARE_", "COCKPIT_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def pytest_terminal_summary(terminalreporter):
    total = collections.Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name in FIGURES and getattr(report, "when", None) == "call":
                    total[name] += value
    if total["cells"]:
        terminalreporter.write_line(
            "matrix: %d cells tried, %d faults injected, %d succeeded all the same, duplicates %d, leaks %d, "
            "tracebacks %d, other troubles %d" % tuple(total[name] for name in FIGURES)
        )
