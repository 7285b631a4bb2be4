# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of SQL Servers against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(services=["44412"]), {"services": "44412"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["billsql01"]),
        (dict(topologies=["STANDALONE"]), {"topologies": "STANDALONE"}, ["billsql01"]),
        (dict(versions=["2022 SE"]), {"versions": "2022 SE"}, ["billsql01"]),
        (dict(versions=["2019 SE"]), {"versions": "2019 SE"}, []),
        (dict(backup_status=True), {"backupStatus": "true"}, ["billsql01"]),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("sqlserver", options) == ("/databases", sent, found)


def test_details_show_the_listener(sim, rows_of):
    sim.state.named("billsql01", "sqlserver")[0]["_listener"] = "billlsnr01"
    (row,), _asked = rows_of("sqlserver", names=["billsql01"], gather=["details"])
    assert row["ag_options"]["ag_listener"] == "billlsnr01"
