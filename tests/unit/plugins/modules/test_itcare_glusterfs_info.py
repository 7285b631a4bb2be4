# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of GlusterFS against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest

PATH = "/storage/glusterfs"


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=["billing_files"]), {"names": "billing_files"}, ["billing_files"]),
        (dict(services=["44413"]), {"services": "44413"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["billing_files"]),
        (dict(versions=["10.2"]), {"versions": "10.2"}, ["billing_files"]),
        (dict(topologies=["STANDALONE"]), {"topologies": "STANDALONE"}, []),
        (dict(virtual_ips=["10.62.0.50"]), {"virtualIps": "10.62.0.50"}, ["billing_files"]),
        (dict(backup_status=False), {"backupStatus": "false"}, []),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("glusterfs", options) == ("/storage/glusterfs", sent, found)


def test_gather_volumes(sim, rows_of):
    (row,), asked = rows_of("glusterfs", names=["billing_files"], gather=["volumes"])
    assert row["volumes"] == [
        {
            "name": "data",
            "disk_size": 100,
            "free": 50,
            "mounting_point": "/data/data",
            "size_of": 100,
            "type": "glusterfs",
        }
    ]
    assert [path for path, _query in asked] == [
        PATH,
        "%s/%d/volumes" % (PATH, sim.state.named("billing_files")[0]["id"]),
    ]
