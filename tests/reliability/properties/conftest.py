# SPDX-License-Identifier: GPL-3.0-or-later
"""No setting and no token of the user's gets into an example."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: as in the unit tests, whose tables are used")


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("ITCARE_", "COCKPIT_", "GOPAAS_", "OVC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
