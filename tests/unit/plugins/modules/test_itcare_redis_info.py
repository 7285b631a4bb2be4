# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of Redis against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=["portalcache"]), {"names": "portalcache"}, ["portalcache"]),
        (dict(services=["44411"]), {"services": "44411"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["portalcache"]),
        (dict(topologies=["STANDALONE"]), {"topologies": "STANDALONE"}, ["portalcache"]),
        (dict(versions=["7.2"]), {"versions": "7.2"}, ["portalcache"]),
        (dict(versions=["6.2"]), {"versions": "6.2"}, []),
        (dict(backup_status=True), {"backupStatus": "true"}, []),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
        (dict(sort="name,desc"), {"sort": "name,desc"}, ["portalcache"]),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("redis", options) == ("/databases", sent, found)


def test_by_id_of_another_product(sim, run):
    number = sim.state.named("intrapg")[0]["id"]
    result = run("itcare_redis_info", id=number)
    assert result["failed"] and "intrapg" in result["msg"]


def test_details_show_what_no_listing_shows(rows_of):
    (row,), _asked = rows_of("redis", names=["portalcache"], gather=["details"])
    assert (row["persistence_mode"], row["tls_enabled"]) == ("PERSISTENT", True)
