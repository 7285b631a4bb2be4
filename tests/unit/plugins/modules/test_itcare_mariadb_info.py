# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of MariaDB against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(services=["44411"]), {"services": "44411"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["portal-maria"]),
        (dict(topologies=["CLUSTER"]), {"topologies": "CLUSTER"}, ["portal-maria"]),
        (dict(versions=["10.11"]), {"versions": "10.11"}, ["portal-maria"]),
        (dict(versions=["10.6"]), {"versions": "10.6"}, []),
        (dict(backup_status=True), {"backupStatus": "true"}, ["portal-maria"]),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("mariadb", options) == ("/databases", sent, found)
