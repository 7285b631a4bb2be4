# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of RabbitMQ against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=["intranet-rmq"]), {"names": "intranet-rmq"}, ["intranet-rmq"]),
        (dict(services=["44411"]), {"services": "44411"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["intranet-rmq"]),
        (dict(versions=["3.13"]), {"versions": "3.13"}, ["intranet-rmq"]),
        (dict(versions=["3.12"]), {"versions": "3.12"}, []),
        (dict(backup_status=True), {"backupStatus": "true"}, []),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("rabbitmq", options) == ("/message-brokers", sent, found)


def test_details_show_what_no_listing_shows(rows_of):
    (row,), _asked = rows_of("rabbitmq", names=["intranet-rmq"], gather=["details"])
    assert (row["tls_enabled"], row["broker_size"], row["broker_count"]) == (True, "2cpu4gb", 1)
