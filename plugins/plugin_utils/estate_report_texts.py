# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate report (see estate_report.py) as CSV, and as the data of the page. Pure.

Texts come from the platform, where anybody who may name a machine can write anything: here they stay texts.
"""

from __future__ import annotations

import csv
import io
import json

UNKNOWN = "unknown"
# Where nothing is not the same as not known.
MAY_BE_EMPTY = frozenset(("node_of", "node_of_name", "patch_reason", "comment", "url", "machine_id", "before", "after"))

OF_RESOURCES = "id name service service_id environment category type family platform status"
OF_RESOURCES += " support_phase extended_support end_of_support backup monitoring replication patching patch_reason"
COLUMNS = {
    "machines": OF_RESOURCES
    + " kind node_of node_of_name region zone sizing cpu ram storage ip_address snapshot created comment tags",
    "products": OF_RESOURCES + " version region sizing cpu ram node_count url created comment tags",
    "others": OF_RESOURCES + " created comment tags",
    "loadbalancers": "id name service service_id environment status ip_address monitoring urls"
    " member machine_id port state health",
    "services": "id name environment machines products loadbalancers patching",
    "attention": "check table id name service environment detail",
    "changes": "what table id name service environment before after",
}
# The characters by which HTML begins a tag, an entity or a comment, and two that end a line in JavaScript.
ESCAPES = {ord(one): "\\u%04x" % ord(one) for one in "<>&\u2028\u2029"}


def to_csv(report, table):
    """A table of the report as CSV (str): UTF-8, every cell quoted, one line of headings.

    A program for tables must not take a text for a formula: one that begins like a formula gets an apostrophe.
    """
    columns = COLUMNS[table].split()
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    for row in _rows(report, table):
        writer.writerow([_cell(column, row.get(column)) for column in columns])
    return text.getvalue()


def _rows(report, table):
    if table == "attention":
        return [{"check": check["key"], **item} for check in report["attention"] for item in check["items"]]
    if table == "loadbalancers":
        return [
            {**one, **member, "member": member.get("name"), "name": one["name"]}
            for one in report[table] or ()
            for member in one["members"] or [{"machine_id": "", "port": "", "state": "", "health": "", "name": ""}]
        ]
    return report[table] or ()


def _cell(column, value):
    if value is None:
        return "" if column in MAY_BE_EMPTY else UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return value
    return harmless_cell(_in_words(value))


def harmless_cell(text):
    """A text that no program for tables takes for a formula."""
    return "'" + text if text.lstrip()[:1] in tuple("=+-@") or text[:1] in tuple("\t\r\n") else text


def _in_words(value):
    if isinstance(value, dict):
        return "; ".join("%s=%s" % (key, _in_words(item)) for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def to_page(report, link=""):
    """The data of the page (str): JSON that can stand in a script element. Tables are columns and rows, to be short.

    ``link`` is the address of a resource's own page, with ``{id}`` in it.
    """
    tables = {name: _compact(report[name]) for name in ("machines", "products", "others")}
    return json.dumps({**report, **tables, "link": link}, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def _compact(rows):
    """``{"columns": [...], "rows": [[...]], "texts": [...]}``: a text is its place in ``texts``; None if left out."""
    if not rows:
        return None if rows is None else {"columns": [], "texts": [], "rows": []}
    columns, texts = list(rows[0]), {}

    def short(value):
        if isinstance(value, dict):
            value = _in_words(value)
        return [texts.setdefault(value, len(texts))] if isinstance(value, str) else value

    packed = [[short(row[column]) for column in columns] for row in rows]
    return {"columns": columns, "texts": list(texts), "rows": packed}
