# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup plugin as a template calls it."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.lookup import itcare
from ansible_collections.cegedim.cloud.plugins.plugin_utils import info_rows


@pytest.fixture(autouse=True)
def no_session_of_another_test():
    info_rows.forget()


@pytest.fixture
def query(auth):
    """``query("networks", service="billing")``: what the template gets, with the login of the simulator."""

    def look_up(*terms, **options):
        return itcare.LookupModule().run(list(terms), variables={}, **{**auth, **options})

    return look_up
