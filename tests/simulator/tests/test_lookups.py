# SPDX-License-Identifier: GPL-3.0-or-later
"""What is looked up before something is created."""

from __future__ import annotations

import pytest

DOMAINS = "/topology/regions/%s/areas/%s/availability-zones/%s/networks/%s/authentication-domains"


def test_authentication_domains_of_a_network_of_the_area(api):
    answer = api.get(DOMAINS % ("EB", "EB-EMEA", "EB-A", "1125"))
    assert [row["id"] for row in answer.json()] == ["CGDM-EMEA", "CGDM-HDS"]


@pytest.mark.parametrize("network", ["1130", "2210", "9999"])
def test_no_authentication_domains_of_a_network_out_of_reach(api, network):
    assert api.get(DOMAINS % ("EB", "EB-EMEA", "EB-A", network)).status_code == 404


def test_no_authentication_domains_for_an_unknown_platform(api):
    path = DOMAINS % ("EB", "EB-EMEA", "EB-A", "1125")
    assert len(api.get(path, platform="deb12").json()) == 2
    assert api.get(path, platform="deb1").json() == []
