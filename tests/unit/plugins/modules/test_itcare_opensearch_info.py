# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of OpenSearch against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(services=["44411"]), {"services": "44411"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["billing-search"]),
        (dict(versions=["2.19.0"]), {"versions": "2.19.0"}, ["billing-search"]),
        (dict(versions=["2.15.0"]), {"versions": "2.15.0"}, []),
        (dict(backup_status=True), {"backupStatus": "true"}, []),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("opensearch", options) == ("/databases", sent, found)
