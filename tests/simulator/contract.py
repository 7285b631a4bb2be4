# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI contract of the ITCare API: routes, requests checked strictly, answers projected and checked.

Stricter than plain OpenAPI where a client's mistake would otherwise go unseen: patterns match the whole
value (they are Java's: choices.rst), and fields or query parameters nobody documented
are refused.
"""

from __future__ import annotations

import functools
import json
import pathlib
import re
import sys
import urllib.parse
from dataclasses import dataclass, field
from datetime import datetime

import jsonschema
import yaml

BASE = "/itcare"
METHODS = ("get", "head", "post", "put", "patch", "delete")

# Body fields that only the prose of the API reference names (choices.rst): sending them is documented, too.
FIELDS_OF_THE_PROSE = {
    "add_loadbalancer_member": {"ip": {"type": "string"}},
    "create_glusterfs": {"userName": {"type": "string"}},
    "create_loadbalancer": {"domain": {"type": "string"}},
    "create_mariadb": {"tlsEnabled": {"type": "boolean"}},
    "create_opensearch": {"az": {"type": "string"}},
    "create_sqlserver": {"asCollation": {"type": "string"}, "witness": {"type": "string"}},
}

# PATCH options whose names are the product's own parameters, not a fixed list.
OPEN_OPTIONS = {("update_apache_kafka", "reconfigure")}

CHANGE_REFERENCE_MAX = 10


class Violation(Exception):
    """A request that the documentation does not allow; the text never repeats a value that was sent."""


@dataclass(frozen=True)
class Operation:
    """One documented endpoint."""

    id: str
    method: str
    path: str
    path_types: dict[str, dict]
    query: dict[str, dict]
    required_query: frozenset[str]
    body_type: str | None
    body_required: bool
    body: jsonschema.protocols.Validator | None
    options: dict[str, jsonschema.protocols.Validator]
    answers: dict[int, tuple[str | None, dict | None]] = field(repr=False)

    @property
    def paged(self) -> bool:
        """Whether the answer is a page of rows."""
        schema = self.answers[min(self.answers)][1] or {}
        return "content" in schema.get("properties", {})

    @property
    def writes(self) -> bool:
        """Whether a request of this operation may change the estate."""
        return self.method in ("POST", "PUT", "PATCH", "DELETE")


class Contract:
    """Everything the simulator asks of the contract. Read once: use :func:`load`."""

    def __init__(self, document: dict):
        self._components = document["components"]
        self.schemas = {name: self._closed(schema) for name, schema in self._components["schemas"].items()}
        self.operations: dict[str, Operation] = {}
        self._routes: dict = {}
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    self._add(path, method, item[method])

    def route(self, path: str) -> tuple[dict[str, Operation], dict[str, str]]:
        """The operations of a path below the base, by method, and the path's parameters as text."""
        node, values = self._routes, []
        for segment in path.strip("/").split("/"):
            if segment in node:
                node = node[segment]
            elif "{}" in node and segment:
                node = node["{}"]
                values.append(segment)
            else:
                return {}, {}
        operations = node.get("", {})
        names = re.findall(r"\{(\w+)\}", next(iter(operations.values())).path) if operations else []
        return operations, dict(zip(names, values))

    def fields(self, schema: str) -> tuple[str, ...]:
        """The documented property names of an answer's schema."""
        return tuple(self.schemas[schema]["properties"])

    def check_answer(self, operation: Operation, status: int, body: object) -> list[str]:
        """What is undocumented about an answer (for the simulator's own tests); an empty list is good."""
        if status not in operation.answers:
            return [f"{operation.id}: status {status} is not documented"]
        schema = operation.answers[status][1]
        if schema is None:
            return [] if body is None else [f"{operation.id}: an undocumented body"]
        validator = self._validator(schema)
        return [
            f"{operation.id}: {_place(error, 'answer')}: {error.message[:200]}" for error in validator.iter_errors(body)
        ]

    def _add(self, path: str, method: str, item: dict) -> None:
        parameters = [self._resolve(parameter) for parameter in item.get("parameters", [])]
        queries = [parameter for parameter in parameters if parameter["in"] == "query"]
        body_type, body_schema, options = None, None, {}
        if "requestBody" in item:
            ((body_type, media),) = item["requestBody"]["content"].items()
            body_schema = self._body_schema(item["operationId"], media["schema"])
            options = {
                row["operation"]: self._validator(
                    _options_schema(row.get("options", {}), (item["operationId"], row["operation"]) in OPEN_OPTIONS)
                )
                for row in item.get("x-itcare-operations", [])
            }
        operation = Operation(
            id=item["operationId"],
            method=method.upper(),
            path=path,
            path_types={p["name"]: p["schema"] for p in parameters if p["in"] == "path"},
            query={p["name"]: p["schema"] for p in queries},
            required_query=frozenset(p["name"] for p in queries if p.get("required")),
            body_type=body_type,
            body_required=item.get("requestBody", {}).get("required", False),
            body=None if body_schema is None else self._validator(body_schema),
            options=options,
            answers={int(status): self._answer(answer) for status, answer in item["responses"].items()},
        )
        self.operations[operation.id] = operation
        node = self._routes
        for segment in path.strip("/").split("/"):
            node = node.setdefault("{}" if segment.startswith("{") else segment, {})
        node.setdefault("", {})[operation.method] = operation

    def _answer(self, answer: dict) -> tuple[str | None, dict | None]:
        content = self._resolve(answer).get("content") or {None: {}}
        ((content_type, media),) = content.items()
        schema = media.get("schema")
        return content_type, None if schema is None else self._closed(schema)

    def _body_schema(self, operation_id: str, schema: dict) -> dict:
        schema = self._closed(schema)
        extra = FIELDS_OF_THE_PROSE.get(operation_id)
        if extra:
            schema = {**self.schemas[_name(schema)]} if "$ref" in schema else dict(schema)
            schema["properties"] = {**schema["properties"], **extra}
        return schema

    def _closed(self, schema: dict) -> dict:
        """The schema with allOf merged, objects closed to unknown fields and patterns anchored."""
        if "allOf" in schema:
            merged: dict = {"type": "object", "properties": {}, "required": []}
            for part in schema["allOf"]:
                part = self._closed(self._resolve(part))
                merged["properties"].update(part.get("properties", {}))
                merged["required"] += part.get("required", [])
            return {**merged, "additionalProperties": False}
        schema = {key: value for key, value in schema.items() if not key.startswith("x-")}
        if schema.get("properties"):
            schema["properties"] = {name: self._closed(value) for name, value in schema["properties"].items()}
            schema.setdefault("additionalProperties", False)
        if "items" in schema:
            schema["items"] = self._closed(schema["items"])
        if isinstance(schema.get("additionalProperties"), dict):
            schema["additionalProperties"] = self._closed(schema["additionalProperties"])
        if "pattern" in schema:
            schema["pattern"] = f"^(?:{schema['pattern']})$"
        return schema

    def _resolve(self, node: dict) -> dict:
        if "$ref" not in node:
            return node
        section, name = node["$ref"].split("/")[2:]
        return self._components[section][name]

    def _validator(self, schema: dict) -> jsonschema.protocols.Validator:
        return jsonschema.Draft202012Validator(
            {**schema, "components": {"schemas": self.schemas}}, format_checker=_formats
        )


@functools.lru_cache(maxsize=1)
def load() -> Contract:
    """The contract beside this file, read once per process."""
    text = (pathlib.Path(__file__).parent / "itcare.contract.yaml").read_bytes()
    return Contract(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def read_path(operation: Operation, texts: dict[str, str]) -> dict:
    """The path parameters in their documented types."""
    values = {}
    for name, text in texts.items():
        values[name] = _scalar(urllib.parse.unquote(text), operation.path_types[name], f"path parameter {name}")
    return values


def read_query(operation: Operation, text: str, repeated: bool = False) -> dict:
    """The query in its documented types; lists are comma-separated (choices.rst).

    repeated also takes lists whose parameter is repeated, as a real client sends them; commas mean nothing in those.
    """
    values: dict = {}
    sent: dict[str, list[str]] = {}
    for name, value in urllib.parse.parse_qsl(text, keep_blank_values=True):
        sent.setdefault(name, []).append(value)
    for name, (value, *more) in sent.items():
        schema = operation.query.get(name)
        if schema is None:
            raise Violation(f"query parameter {name} is not documented")
        if more and not repeated:
            raise Violation(f"query parameter {name} is repeated: lists are comma-separated")
        # The prose says "comma-separated list of long" where the reference says integer.
        if name == "clouds":
            schema = {"type": "array", "items": {"type": "integer"}}
        if schema.get("type") == "array":
            items = [value, *more] if more else [item.strip() for item in value.split(",") if item.strip()]
            values[name] = [_scalar(item, schema["items"], f"query parameter {name}") for item in items]
        elif more:
            raise Violation(f"query parameter {name} is repeated, and no list")
        else:
            values[name] = _scalar(value, schema, f"query parameter {name}")
    for name in sorted(operation.required_query - values.keys()):
        raise Violation(f"query parameter {name} is required")
    for name, schema in operation.query.items():
        if schema.get("default") not in (None, ""):
            values.setdefault(name, schema["default"])
    return values


def read_body(operation: Operation, content_type: str | None, raw: bytes, any_patch_group: bool = False) -> object:
    """The JSON body, checked against its schema; None when there is none.

    any_patch_group also lets the patch group be a number or a text whatever the product: the API reference
    has both (choices.rst).
    """
    if operation.body_type is None:
        if raw:
            raise Violation("this operation has no body")
        return None
    if not raw:
        if operation.body_required:
            raise Violation("the body is missing")
        return None
    sent_type = (content_type or "").partition(";")[0].strip().lower()
    if sent_type != operation.body_type:
        raise Violation(
            f"the content type of the body is {sent_type or 'missing'}, documented is {operation.body_type}"
        )
    try:
        body = json.loads(raw)
    except ValueError:
        raise Violation("the body is not JSON") from None
    checked = _with_patch_group(body, operation) if any_patch_group else body
    for error in operation.body.iter_errors(checked):
        raise Violation(_explain(error, "body"))
    if isinstance(checked, dict) and checked.get("operation") in operation.options:
        for error in operation.options[checked["operation"]].iter_errors(checked.get("options") or {}):
            raise Violation(_explain(error, "options"))
    return body


def _with_patch_group(body: object, operation: Operation) -> object:
    """A copy of the body whose patch group has the documented type, when only its type differs."""
    body = json.loads(json.dumps(body))
    try:
        party = body["options"]["patchParty"]
        party["patchGroup"] = (int if operation.id == "update_instance" else str)(party["patchGroup"])
    except (KeyError, TypeError, ValueError):
        pass
    return body


def _options_schema(options: dict[str, str], is_open: bool) -> dict:
    """The schema of one PATCH operation's options, from lines such as {"nodes[].az": "string"}."""
    root: dict = {"type": "object", "properties": {}, "additionalProperties": {"type": "string"} if is_open else False}
    for dotted, kind in options.items():
        node = root
        for part in dotted.split("."):
            name = part.removesuffix("[]")
            if dotted.endswith(part):
                child = {"type": kind}
            else:
                child = {"type": "object", "properties": {}, "additionalProperties": False}
            if name == "changeReference":
                child["maxLength"] = CHANGE_REFERENCE_MAX
            if part != name:
                child = {"type": "array", "items": child}
            child = node["properties"].setdefault(name, child)
            node = child.get("items", child)
    return root


def _scalar(text: str, schema: dict, place: str) -> object:
    kind = schema.get("type")
    if kind == "integer":
        if not re.fullmatch(r"-?\d{1,19}", text):
            raise Violation(f"{place} is not an integer")
        return int(text)
    if kind == "boolean":
        if text not in ("true", "false"):
            raise Violation(f"{place} is not true or false")
        return text == "true"
    if schema.get("format") == "date-time" and not _is_date_time(text):
        raise Violation(f"{place} is not an ISO 8601 date and time")
    return text


_formats = jsonschema.FormatChecker(formats=())


@_formats.checks("date-time")
def _is_date_time(value: object) -> bool:
    """ISO 8601 with a zone; +0200 without colon is the documentation's own example."""
    if not isinstance(value, str):
        return True
    try:
        return moment_of(value).tzinfo is not None
    except ValueError:
        return False


def moment_of(text: str) -> datetime:
    """A date and time in ISO 8601. Raises ValueError. Before Python 3.11, datetime knew neither Z nor +0200."""
    if sys.version_info < (3, 11):
        text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", re.sub(r"Z$", "+00:00", text))
    return datetime.fromisoformat(text)


def _name(schema: dict) -> str:
    return schema["$ref"].rsplit("/", 1)[1]


def _place(error: jsonschema.ValidationError, root: str) -> str:
    return root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)


def _explain(error: jsonschema.ValidationError, root: str) -> str:
    """What is wrong and where, without the value: it may be a password."""
    place, rule = _place(error, root), error.validator
    if rule == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return f"{place}: {', '.join(missing)} missing"
    if rule == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", {})))
        return f"{place}: {', '.join(unknown)} not documented"
    return f"{place}: breaks {rule} {json.dumps(error.validator_value)}"
