# SPDX-License-Identifier: GPL-3.0-or-later
"""What the hosts of an ITCare inventory are: their records, the groups that every host gets, and what names them."""

from __future__ import annotations

import marshal

from ..module_utils.errors import UnexpectedAnswer
from ..module_utils.products.shared.tag_values import to_dict
from .inventory_hosts import OfFields, Records, one, ordered, taken
from .inventory_trust import harmless_key

PARTS = {"hosts", "products", "dns_aliases", "notes"}  # see itcare_estate.py
SHOWN_OF_PRODUCTS = ("id", "name", "category", "type", "family", "productName", "productVersion", "status")


def _pairs(tags):
    for key, values in tags.items():
        for value in values if isinstance(values, list) else [values]:
            yield "%s_%s" % (key, value) if value not in (None, "") else str(key)


def _product(node_of, name):
    return one(node_of.get("product_name") if node_of else name)


def _names_of(links):
    return [link["name"] for link in links or () if link.get("name")]


GROUPS = {
    "service": OfFields("service_name"),
    "environment": OfFields("environment"),
    "status": OfFields("status"),
    "region": OfFields("label_region"),
    "area": OfFields("label_area"),
    "zone": OfFields("label_availability_zone"),
    "type": OfFields("type"),
    "family": OfFields("family"),
    "tagged": OfFields("tags", texts=lambda tags: map(str, tags)),
    "tag": OfFields("tags", texts=_pairs),
    "product": OfFields("node_of", "product_name", texts=_product),
    "node_of": OfFields("node_of", texts=lambda product: one(product["name"]) if product else ()),
    "load_balancer": OfFields("loadbalancers", texts=_names_of),
}


class Known:
    """What many hosts have alike."""

    def __init__(self, texts):
        self.records, self.tags = Records(texts), {}


def records(estate, texts):
    """The records (list of dict) of all hosts of an estate (see itcare_estate.py), by name and id. Empties it.

    ``texts`` (Texts) are those of all hosts.
    """
    found, known = [], Known(texts)
    for listing, rows in estate["hosts"].items():
        found.extend(_record(row, listing, None, estate, known) for row in taken(rows))
    for listing, products in estate["products"].items():
        for product in products:
            found.extend(_record(row, listing, product["product"], estate, known) for row in taken(product["nodes"]))
    return ordered(found)


def _record(row, listing, product, estate, known):
    tags = row.pop("tags", None) or ()
    plain, record = known.records.plain, known.records.of(row)
    record["listing"] = plain(listing)
    if product is not None:
        record["node_of"] = plain({key: product.get(key) for key in SHOWN_OF_PRODUCTS})
        tags = tags or product.get("tags") or ()
    record["tags"] = _tags_once(record, tags, known)
    if estate["dns_aliases"] is not None:
        record["dns_aliases"] = plain(estate["dns_aliases"].get(str(row["id"]), []))
    return record


def _tags_once(record, rows, known):
    """The tags in ``rows`` (dict), the same object for all hosts that have the same."""
    content = marshal.dumps(rows, 2)
    if content not in known.tags:
        known.tags[content] = {
            harmless_key(key): known.records.plain(value) for key, value in _tags(record, rows).items()
        }
    return known.tags[content]


def _tags(record, rows):
    try:
        return to_dict(rows)
    except UnexpectedAnswer as problem:
        raise UnexpectedAnswer("%s (id %s): %s" % (record.get("name"), record["id"], problem)) from None


def simple_choice(words):
    """A function of a record for an entry of ``hostnames`` that is no expression, or None."""
    if words in ("name", "ip_address"):
        return lambda record: record.get(words)
    if words == "dns_alias":
        return lambda record: next(iter(record["dns_aliases"]), None)
    if words.startswith("tag:"):
        return lambda record: _first(record["tags"].get(words[len("tag:") :]))
    return None


def _first(value):
    return value[0] if isinstance(value, list) else value


def question_about_tags(entries, records):
    """Where ``entries`` of ``hostnames`` name a tag that none of the records has: a question with the right one."""
    from ..module_utils.neighbours import asked_each  # only a refusal needs it

    keys = list(dict.fromkeys(key for record in records for key in record.get("tags") or ()))
    wanted = [entry[len("tag:") :] for entry in entries if entry.startswith("tag:")]
    return asked_each([key for key in wanted if key not in keys], keys)
