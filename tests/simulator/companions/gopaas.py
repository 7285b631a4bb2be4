# SPDX-License-Identifier: GPL-3.0-or-later
"""GoPaaS as its documentation describes it, with a setting for each thing that it leaves open.

The application lies below `/app`. Its tables are dictionaries of items by id; a view shows columns of one table.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass, field
from email import message_from_bytes

from ..answer import Answer
from .server import Call, Companion, Operation, Violation

APPLICATION = "/app"
BEARER = "simulated-gopaas-user-token-93af17"
CLIENT_ID, CLIENT_SECRET = "api-user", "simulated-gopaas-secret-7c2b+%2F"
MESSAGES = {
    400: "Invalid version.",
    401: "Invalid API key.",
    500: "Something went wrong. Please try again later.",
}
GRANTS = ("client_credentials", "Client Credentials")


@dataclass
class Settings:
    """What the documentation leaves open, and times.

    latency: seconds before each answer. expires_in: seconds of a token; expires_as: text (as documented) or number.
    grants: how grant_type may be written (both spellings, or one).
    first_page: 0 or 1. page_zero: what page 0 is where pages count from 1: first, empty or refused.
    unpaged: a list without a number of page: first (page) or all. beyond: the page after the last: empty, last or 404.
    most_rows: the most rows of a page, whatever is asked. paged: whether page and rowPerPage count at all.
    shape: list, rows (an object with the list in `rows`), nested (`data.rows`) or numbered (an object by id).
    column_header: columns, colums (as the example spells it) or both. oauth2_options: whether the OAuth2 family honours
    more than advancedSearch.
    unknown_key: create, ignore or refuse. written: what a write answers: ok (`{"msg": "Ok"}`), items or empty.
    values: how a view shows values: text or kept. missing: an item that does not exist: 404, empty, null or 400.
    late: seconds until a view shows what was written.
    oauth2_files: whether the OAuth2 family has files. download: open (the address suffices) or bearer.
    elsewhere: the address of another host where files lie, instead of this one. relative: a download_url without host.
    """

    latency: float = 0
    expires_in: float = 60
    expires_as: str = "text"
    grants: tuple = GRANTS
    first_page: int = 1
    page_zero: str = "first"
    unpaged: str = "first"
    beyond: str = "empty"
    most_rows: int = 1000
    paged: bool = True
    shape: str = "rows"
    column_header: str = "both"
    oauth2_options: bool = False
    unknown_key: str = "create"
    written: str = "ok"
    values: str = "text"
    missing: str = "404"
    late: float = 0
    oauth2_files: bool = True
    download: str = "open"
    elsewhere: str = ""
    relative: bool = False


@dataclass
class View:
    """A list view: its table, its columns, and those that it hides."""

    table: str
    columns: tuple
    hidden: tuple = ()


@dataclass
class Tokens:
    """The tokens handed out, with the moment at which each ends."""

    access: dict = field(default_factory=dict)

    def revoke(self) -> None:
        self.access.clear()


# The login


def token(app: GoPaaS, call: Call) -> Answer:
    """POST api/oauth2/access_token/"""
    form = call.form()
    grants = app.settings.grants
    if form.get("grant_type") not in ([grants] if isinstance(grants, str) else grants):
        return app.refusal(400)
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return app.refusal(401, "Invalid Information.")
    access, seconds = "eyJ." + secrets.token_hex(18), app.settings.expires_in
    app.tokens.access[access] = time.time() + seconds
    number = f"{seconds:g}" if app.settings.expires_as == "text" else seconds
    return Answer(200, {"access_token": access, "token_type": "Bearer", "expires_in": number, "scope": "ADMIN"})


# Lists


def read_list(app: GoPaaS, call: Call) -> Answer | object:
    """GET list/{view}/: parameters are headers."""
    family, name = call.parts
    view = app.views.get(name)
    if view is None:
        return app.refusal(400)
    headers, settings = call.headers, app.settings
    more = family == "api" or settings.oauth2_options
    rows = [app.shown(item, view) for item in app.visible(view.table)]
    if "advancedSearch" in headers:
        rows = _searched(rows, headers["advancedSearch"])
    if more and "textSearch" in headers:
        rows = [row for row in rows if any(headers["textSearch"].lower() in str(one).lower() for one in row.values())]
    if more and _switched(headers, "onlyVisible"):
        rows = [{name: value for name, value in row.items() if name not in view.hidden} for row in rows]
    names = {"both": ("columns", "colums")}.get(settings.column_header, (settings.column_header,))
    with_columns = more and any(_switched(headers, name) for name in names)
    size, number = _number(headers, "rowPerPage"), _number(headers, "page")
    if settings.paged and size is not None:
        try:
            rows = _page(settings, rows, min(size, settings.most_rows), number)
        except LookupError as refused:
            return app.refusal(refused.args[0])
    columns = {name: {"visible": name not in view.hidden} for name in view.columns}
    return _shaped(settings.shape, rows, columns if with_columns else None)


def _searched(rows: list[dict], text: str) -> list[dict]:
    """`field|operator|value|` joined by `AND|`."""
    parts = text.split("|")
    if parts[-1] != "" or len(parts) % 4 != 0 or any(parts[number] != "AND" for number in range(3, len(parts) - 1, 4)):
        raise Violation(f"advancedSearch is not as documented: {text}")
    for start in range(0, len(parts), 4):
        name, operator, value = parts[start : start + 3]
        if operator == "contain":
            rows = [row for row in rows if value.lower() in str(row.get(name, "")).lower()]
        elif operator == "equal":
            rows = [row for row in rows if str(row.get(name, "")) == value]
        else:
            raise Violation(f"advancedSearch has an operator that is not documented: {operator}")
    return rows


def _switched(headers: object, name: str) -> bool:
    if headers.get(name, "on") != "on":
        raise Violation(f"{name} is not on")
    return name in headers


def _number(headers: object, name: str) -> int | None:
    text = headers.get(name)
    if text is not None and not text.isdecimal():
        raise Violation(f"{name} is not a number")
    return None if text is None else int(text)


def _page(settings: Settings, rows: list, size: int, number: int | None) -> list:
    """One page. Raises LookupError with a status where there is no such page."""
    if number is None:
        return rows if settings.unpaged == "all" else rows[:size]
    index, last = number - settings.first_page, max(0, (len(rows) - 1) // size)
    if index < 0:
        if settings.page_zero == "refused":
            raise LookupError(400)
        return rows[:size] if settings.page_zero == "first" else []
    if index > last and settings.beyond == "404":
        raise LookupError(404)
    index = min(index, last) if settings.beyond == "last" else index
    return rows[index * size : (index + 1) * size]


def _shaped(shape: str, rows: list, columns: dict | None) -> object:
    more = {} if columns is None else {"column": columns}
    if shape == "list" and columns is None:
        return rows
    if shape == "numbered":
        return {str(number): row for number, row in enumerate(rows, 1)} if not more else {"data": rows, **more}
    if shape == "nested":
        return {"status": "ok", "data": {"total": len(rows), "rows": rows}, **more}
    return {"rows": rows, "total": len(rows), **more}


# Items


def read_item(app: GoPaaS, call: Call) -> Answer | object:
    """GET item/{table}/{id}/: a flat object of fields."""
    _family, table, number = call.parts
    item = app.tables.get(table, {}).get(number)
    if item is not None:
        return {name: app.value(value) for name, value in item.items() if not name.startswith("_")}
    if app.settings.missing in ("404", "400"):
        return app.refusal(int(app.settings.missing))
    return Answer(200, {} if app.settings.missing == "empty" else b"null")


def write_items(app: GoPaaS, call: Call) -> Answer | object:
    """POST items/{table}/: a list of objects, each with its key."""
    _family, name = call.parts
    items, table = call.json(), app.tables.get(name)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Violation("a list of objects was expected")
    if any(not str(item.get("cle") or "") for item in items):
        raise Violation("an item has no key")
    if table is None:
        return app.refusal(400)
    known = {str(item["cle"]): item for item in table.values()}
    unknown = [item for item in items if str(item["cle"]) not in known]
    if unknown and app.settings.unknown_key == "refuse":
        return app.refusal(400, "Unknown cle.")
    for item in items:
        found = known.get(str(item["cle"]))
        if found is None and app.settings.unknown_key == "create":
            number = str(max(map(int, table), default=0) + 1)
            found = table[number] = known[str(item["cle"])] = {"id": number, "_since": time.time() + app.settings.late}
        if found is not None:
            found.update(item)
    call.applied = True
    return {"ok": {"msg": "Ok"}, "items": items}.get(app.settings.written) or Answer(200)


# Files


def upload(app: GoPaaS, call: Call) -> Answer | object:
    """POST file/{table}/: a form with one `file`."""
    family, table = call.parts
    if table not in app.tables or (family != "api" and not app.settings.oauth2_files):
        return app.refusal(404)
    form = message_from_bytes(b"Content-Type: " + call.headers["Content-Type"].encode() + b"\r\n\r\n" + call.raw)
    parts = form.get_payload() if form.get_content_type() == "multipart/form-data" else None
    if not isinstance(parts, list) or [part.get_param("name", header="content-disposition") for part in parts] != [
        "file"
    ]:
        raise Violation("a form with one file was expected")
    named = re.search(rb'filename="([^"\r\n]+)"', call.raw)  # in UTF-8, as curl and browsers send it
    if not named:
        raise Violation("the file has no name")
    name = f"{len(app.files) + 1}_{named[1].decode()}"
    app.files[name] = parts[0].get_payload(decode=True)
    call.applied = True
    return {"file": name}


def download_address(app: GoPaaS, call: Call) -> Answer | object:
    """GET file/{table} with a JSON body: where the file in a field of an item can be downloaded."""
    family, table = call.parts
    wanted = call.json()
    if set(wanted) - {"type"} != {"itemKey", "fieldName"} or wanted.get("type", "URL") != "URL":
        raise Violation("itemKey, fieldName and the type URL were expected")
    if family != "api" and not app.settings.oauth2_files:
        return app.refusal(404)
    items = app.tables.get(table, {}).values()
    item = next((one for one in items if wanted["itemKey"] in (one["id"], str(one.get("cle")))), {})
    name = item.get(wanted["fieldName"])
    if name not in app.files:
        return app.refusal(404)
    path = f"{APPLICATION}/api/download/{name.encode().hex()}"
    host = "" if app.settings.relative else app.settings.elsewhere or app.base_url
    return {"download_url": host + path}


def download(app: GoPaaS, call: Call) -> Answer:
    """GET the address that was given."""
    if app.settings.download == "bearer" and not app.authorized(call):
        return app.refusal(401)
    content = app.files.get(bytes.fromhex(call.parts[0]).decode("utf-8", "replace"))
    return app.refusal(404) if content is None else Answer(200, content, "application/octet-stream")


FAMILY = APPLICATION + r"/(api(?:/oauth2)?)"
OF_CLIENTS, OF_USERS = APPLICATION + "/(api/oauth2)", APPLICATION + "/(api)"  # each family is documented by itself


class GoPaaS(Companion):
    """A running GoPaaS application."""

    name = "gopaas"
    system = "GoPaaS"
    settings_class = Settings
    operations = (
        Operation("gopaas.token", "POST", APPLICATION + r"/api/oauth2/access_token/", token, signed=False, token=True),
        Operation("gopaas.list", "GET", OF_CLIENTS + r"/list/([^/]+)/", read_list),
        Operation("gopaas.item", "GET", OF_CLIENTS + r"/item/([^/]+)/([^/]+)/", read_item),
        Operation("gopaas.items", "POST", OF_CLIENTS + r"/items/([^/]+)/", write_items, writes=True),
        Operation("gopaas.upload", "POST", FAMILY + r"/file/([^/]+)/", upload, writes=True),
        Operation("gopaas.download_address", "GET", FAMILY + r"/file/([^/]+)", download_address),
        Operation("gopaas.download", "GET", APPLICATION + r"/api/download/([0-9a-f]+)", download, signed=False),
        Operation("gopaas.user_list", "GET", OF_USERS + r"/list/([^/]+)/", read_list),
        Operation("gopaas.user_item", "GET", OF_USERS + r"/item/([^/]+)/([^/]+)/", read_item),
        Operation("gopaas.user_items", "POST", OF_USERS + r"/items/([^/]+)/", write_items, writes=True),
    )
    login = dict(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    user_login = dict(bearer_token=BEARER)

    @property
    def url(self) -> str:
        return self.base_url + APPLICATION

    def new_tokens(self) -> Tokens:
        return Tokens()

    def seed(self) -> None:
        """A table of 25 companies, an empty one of servers, views of both, and a file."""
        towns = [("77420", "Champs-sur-Marne"), ("92100", "Boulogne"), ("69003", "Lyon")]
        self.tables: dict[str, dict[str, dict]] = {"compte": {}, "serveur": {}}
        for number in range(1, 26):
            cp, town = towns[number % 3]
            self.tables["compte"][str(number)] = {
                "id": str(number),
                "cle": f"C-{number:04}",
                "nom": f"NIDS {number}" if number % 5 == 0 else f"Société {number}",
                "cp": cp,
                "ville": town,
                "montant": f"{number * 10}.50",
                "logo": "1_logo.png" if number == 1 else "",
            }
        columns = ("id", "cle", "nom", "cp", "ville", "montant")
        self.views = {
            "12": View("compte", columns, hidden=("montant",)),
            "13": View("serveur", ("id", "cle", "nom", "ip", "os", "ram", "actif", "mot_de_passe")),
            "14": View("compte", ("nom", "ville")),
            "15": View("compte", ("ville",)),
        }
        self.files: dict[str, bytes] = {"1_logo.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256))}

    def visible(self, table: str) -> list[dict]:
        """The items that a view shows by now."""
        return [item for item in self.tables[table].values() if item.get("_since", 0) <= time.time()]

    def shown(self, item: dict, view: View) -> dict:
        return {name: self.value(item.get(name)) for name in view.columns}

    def value(self, value: object) -> object:
        """A value as an answer has it."""
        if self.settings.values == "kept" or isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        return str(value) if isinstance(value, (int, float)) else json.dumps(value)

    def authorized(self, call: Call) -> bool:
        scheme, _blank, bearer = (call.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            return False
        if call.operation.id == "gopaas.download":
            return bearer == BEARER or self.tokens.access.get(bearer, 0) > time.time()
        if call.parts[0] == "api":
            return bearer == BEARER
        return self.tokens.access.get(bearer, 0) > time.time()

    def refusal(self, status: int, text: str = "") -> Answer:
        words = text or MESSAGES.get(status, "Not found.")
        return Answer(status, {"msg": re.sub(r"\s+", " ", words)})
