# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue says about the options of an OpenSearch cluster."""

from __future__ import annotations

from ..preflight import Offer
from .shared.offers import FARM_OFFERS, farm_sizings


def _respelled(rows, spellings):
    return [{**row, "sizing": spellings.get(row["sizing"], row["sizing"])} for row in rows]


OPENSEARCH_OFFERS = (
    *FARM_OFFERS("OPENSEARCH"),
    Offer(
        "nodes",
        farm_sizings("OPENSEARCH"),
        word="the size",
        values=lambda wanted, record: sorted({row["sizing"] for row in wanted["nodes"]}),
        respelled=_respelled,
    ),
)
