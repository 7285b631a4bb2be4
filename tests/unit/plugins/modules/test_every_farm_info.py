# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the list of every product that is made of nodes: exactly what is asked, and what is shown.

What only one of them has is in its own file.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ansible_collections.cegedim.cloud.plugins import modules
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import Listing
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm_listing import FARM_FILTERS


def farm_listings():
    """``{noun: (Listing, choices of gather)}`` of the info modules of what is made of nodes."""
    found = {}
    for path in sorted(Path(next(iter(modules.__path__))).glob("itcare_*_info.py")):
        module = importlib.import_module("%s.%s" % (modules.__name__, path.stem))
        for one in vars(module).values():
            if isinstance(one, Listing) and one.own_path and set(FARM_FILTERS) <= set(one.filters):
                choices = module.SPEC["argument_spec"]["gather"]["choices"]
                found[path.stem[len("itcare_") : -len("_info")]] = one, choices
    return found


FARMS = farm_listings()
every_farm = pytest.mark.parametrize("noun", FARMS)


def test_products_made_of_nodes_are_found():
    expected = {"glusterfs", "kafka", "mariadb", "opensearch", "postgresql", "rabbitmq", "redis", "sqlserver"}
    assert set(FARMS) >= expected


@pytest.fixture
def there(sim):
    """``there(noun)``: the records of that kind, which the simulator calls as the last part of the path does."""
    return lambda noun: list(sim.state.live(FARMS[noun][0].own_path.rsplit("/", 1)[1].replace("-", "_")))


def names(rows):
    return [row["name"] for row in rows]


@every_farm
def test_list_shows_no_other_product(rows_of, there, noun):
    rows, asked = rows_of(noun)
    assert names(rows) == names(there(noun)) != []
    assert [path for path, _query in asked] == [FARMS[noun][0].path]
    assert {row["source"] for row in rows} == {"listing"}


@every_farm
@pytest.mark.usefixtures("silent_rows")
def test_row_that_does_not_say_what_it_is_counts_where_its_own_path_shows_it(rows_of, there, noun):
    rows, _asked = rows_of(noun, gather=["nodes"])
    assert names(rows) == names(there(noun))


@every_farm
def test_by_id(rows_of, there, noun):
    record = there(noun)[0]
    (row,), asked = rows_of(noun, id=record["id"])
    assert asked == [("%s/%d" % (FARMS[noun][0].own_path, record["id"]), {})]
    assert (row["name"], row["source"]) == (record["name"], "details")


@every_farm
def test_gather_nodes_and_networks(sim, rows_of, there, noun):
    record = there(noun)[0]
    (row,), asked = rows_of(noun, names=[record["name"]], gather=["nodes", "networks"])
    nodes = list(sim.state.nodes(record["id"]))
    assert names(row["nodes"]) == names(nodes) != []
    assert len(row["networks"]) == len(nodes)
    assert len(asked) == 3


@every_farm
def test_gather_everything(rows_of, there, noun):
    choices = FARMS[noun][1]
    rows, _asked = rows_of(noun, gather=choices)
    assert len(rows) == len(there(noun))
    assert all(set(choices) - {"details"} <= set(row) and row["source"] == "details" for row in rows)
