# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenSearch as ITCare documents it (the API reference, OpenSearch). Its nodes are in opensearch_nodes.py."""

from __future__ import annotations

from .opensearch_nodes import NODE_COUNT, NODE_PREFIX, NODES, SIZING_OF_NODES, check_new, read_nodes
from .shared.farm import DATABASES, farm, version
from .shared.rules import PASSWORD_12_20, farm_name, within


def offers():
    """For Resource.offers."""
    from .opensearch_offers import OPENSEARCH_OFFERS  # only a change needs them

    return OPENSEARCH_OFFERS


OPENSEARCH = farm(
    "opensearch",
    "/databases/opensearch",
    "OPENSEARCH",
    # The prose has 5 to 60 lowercase letters and digits (choices.rst).
    name=farm_name("[a-z0-9_-]{4,60}", "4 to 60 lowercase letters, digits, hyphens and underscores"),
    password=PASSWORD_12_20,
    disk=within("disk_size", 40, 1024, "GB"),  # a product table says 100 to 8000 (choices.rst)
    listed=DATABASES,
    needs=("platform",),
    check_new=check_new,
    offers=offers,
    also_read={"nodes": read_nodes},
    lacks=("resize",),
    fields=(
        SIZING_OF_NODES,
        version("clusterVersion"),
        NODE_PREFIX,
        NODE_COUNT,
        NODES,
    ),
)
