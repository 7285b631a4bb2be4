# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of each role is part of the smoke test, which runs on every ansible-core."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marks
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent.name == "roles" and item.name.startswith("test_example"):
            item.add_marker("smoke")
