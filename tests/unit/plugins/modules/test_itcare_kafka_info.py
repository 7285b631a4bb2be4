# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of Kafka against the simulator. What holds for every such list is in test_every_farm_info.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("options", "sent", "found"),
    [
        (dict(names=["billing_events"]), {"names": "billing_events"}, ["billing_events"]),
        (dict(services=["44413"]), {"services": "44413"}, []),
        (dict(statuses=["ACTIVE"]), {"statuses": "ACTIVE"}, ["billing_events"]),
        (dict(versions=["3.9"]), {"versions": "3.9"}, ["billing_events"]),
        (dict(versions=["3.6.0"]), {"versions": "3.6.0"}, []),
        (dict(backup_status=False), {"backupStatus": "false"}, []),
        (dict(tags={"no": "such"}), {"tags": "no:such"}, []),
    ],
)
def test_filter(filtered, options, sent, found):
    assert filtered("kafka", options) == ("/message-brokers", sent, found)


def test_details_show_what_no_listing_shows(rows_of):
    (row,), _asked = rows_of("kafka", names=["billing_events"], gather=["details"])
    assert (row["bootstrap_server"], row["overloaded_params"]) == ("billing-events.acme.example:9092", "")
