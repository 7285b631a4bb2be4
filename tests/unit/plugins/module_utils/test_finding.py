# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is meant, where an answer shows less than the user said."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import NotFound
from ansible_collections.cegedim.cloud.plugins.module_utils.finding import find
from ansible_collections.cegedim.cloud.plugins.module_utils.products.postgresql import POSTGRESQL

SERVICES = [{"id": 5, "name": "billing"}, {"id": 6, "name": "intranet"}]


class Api:
    """Lists one database that shows its service by the id only."""

    def pages(self, path, query):
        if path == "/compute/services":
            return [row for row in SERVICES if row["name"] in query["names"]]
        return [{"id": 1, "name": "orders", "serviceId": 5}]


@pytest.mark.parametrize("service", ["billing", "5"])
def test_service_shown_by_its_id_only(service):
    assert find(Api(), POSTGRESQL, {"name": "orders", "service_id": service})["id"] == 1


@pytest.mark.parametrize("service", ["intranet", "6"])
def test_same_name_in_another_service(service):
    assert find(Api(), POSTGRESQL, {"name": "orders", "service_id": service}) is None


def test_unknown_service():
    with pytest.raises(NotFound, match="there is no service called nowhere"):
        find(Api(), POSTGRESQL, {"name": "orders", "service_id": "nowhere"})
