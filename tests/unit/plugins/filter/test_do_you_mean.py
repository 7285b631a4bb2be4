# SPDX-License-Identifier: GPL-3.0-or-later
"""What may have been meant by a name that does not exist, in the messages of roles."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.cegedim.cloud.plugins.filter.do_you_mean import FilterModule

do_you_mean = FilterModule().filters()["do_you_mean"]
SERVICES = [{"id": 44411, "name": "billing"}, {"id": 44413, "name": "intranet"}, {"id": 5, "name": "Réservations"}]


@pytest.mark.parametrize(
    "wanted, asked",
    [
        (["biling"], ": do you mean billing (44411)?"),
        (["reservations"], ": do you mean Réservations (5)?"),
        (["biling", "intrant"], ". biling: do you mean billing (44411)? intrant: do you mean intranet (44413)?"),
        (["elsewhere"], ""),
        (["44412"], ""),
        ([], ""),
    ],
)
def test_question(wanted, asked):
    assert do_you_mean(wanted, SERVICES) == asked


@pytest.mark.parametrize("wanted, rows", [("biling", SERVICES), (["biling"], "billing")])
def test_what_is_not_a_list(wanted, rows):
    with pytest.raises(AnsibleFilterError, match="is not a list"):
        do_you_mean(wanted, rows)
