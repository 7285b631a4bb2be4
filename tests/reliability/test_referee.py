# SPDX-License-Identifier: GPL-3.0-or-later
"""openapi-core between the collection and the simulator: a second judge of each request and each answer.

The simulator checks requests by itself, with code of our own; a mistake in it would be a mistake in the collection that
nobody sees. The tasks are those of the fault matrix, so that each module of ITCare is among them.
"""

from __future__ import annotations

import collections
import json
import pathlib
import urllib.parse

import pytest
import requests
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from ansible_collections.cegedim.cloud.tests.reliability.matrix import cells, work
from ansible_collections.cegedim.cloud.tests.reliability.matrix.conftest import environment
from ansible_collections.cegedim.cloud.tests.simulator import contract
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz, test_every_module

__all__ = ["environment"]  # a fixture
FILE = pathlib.Path(contract.__file__).with_name("itcare.contract.yaml")
ROOT = fuzz.AUTH["api_url"]
# The statuses that a table of the API reference lists once for all operations; the contract has them at none.
GENERAL = (401, 403, 404, 409, 422, 500, 503)
NOTHING = "Unknown response http status: 204"
# Where the platform has to say something that the API reference has no answer for: {(operation, side, words): reason}
KNOWN = {
    (
        "get_instance_snapshot",
        "answer",
        NOTHING,
    ): "an instance without a snapshot (choices.rst)",
    ("get_resource_parent", "answer", NOTHING): "a resource that is the node of nothing",
    ("get_resource_urls", "answer", NOTHING): "a resource without a URL",
}


def referee():
    """openapi-core with the contract, where the simulator is. What is not documented is forbidden."""
    document = yaml.load(FILE.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    document = merged(document, document["components"]["schemas"])
    document["servers"] = [{"url": ROOT}]
    document["components"]["securitySchemes"]["oauth2"] = {"type": "http", "scheme": "bearer"}  # as it is sent
    operations = [one for path in document["paths"].values() for one in path.values() if "operationId" in one]
    media_types = set()
    for operation in operations:
        for status in GENERAL:
            operation["responses"].setdefault(str(status), {"description": "see the table"})
        for one in (operation.get("requestBody", {}), *operation["responses"].values()):
            media_types |= set(one.get("content", ()))
    settings = Config(
        extra_media_type_deserializers=dict.fromkeys(media_types, json.loads),
        additional_properties_default_policy="forbid",
    )
    return OpenAPI.from_dict(document, config=settings)


def merged(node, schemas):
    """The document with each ``allOf`` as one object, since what is forbidden in one part may be documented in another,
    and with any field in an object of which no field is documented."""
    if isinstance(node, list):
        return [merged(one, schemas) for one in node]
    if not isinstance(node, dict):
        return node
    if "allOf" in node:
        parts = [schemas[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in node["allOf"]]
        parts = [merged(one, schemas) for one in parts]
        whole = {name: value for one in parts for name, value in one.get("properties", {}).items()}
        required = [name for one in parts for name in one.get("required", ())]
        return {"type": "object", "properties": whole, **({"required": required} if required else {})}
    anything = {"additionalProperties": True} if node.get("type") == "object" and "properties" not in node else {}
    return {**anything, **{name: merged(value, schemas) for name, value in node.items()}}


OPENAPI = referee()


class Judge:
    """Between the collection and a platform: notes what breaks the contract, ``{(operation, side, words): times}``."""

    def __init__(self, carry):
        """``carry(request)``: the Response of requests to a prepared request."""
        self._carry = carry
        self.broken, self.operations, self.answers = collections.Counter(), collections.Counter(), 0

    def send(self, request, **options):
        response = self._carry(request, **options)
        if request.url.startswith(ROOT + "/"):
            self._look(request, response)
        return response

    def _look(self, request, response):
        asked, answered = RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(response)
        operation = name_of(request)
        self.operations[operation] += 1
        self.answers += 1
        for side, errors in (
            ("request", OPENAPI.iter_request_errors(asked)),
            ("answer", OPENAPI.iter_response_errors(asked, answered)),
        ):
            for error in errors:
                self.broken.update((operation, side, words) for words in said(error))


def name_of(request):
    """The operationId of a request, for messages."""
    operations, _values = contract.load().route(urllib.parse.urlsplit(request.url).path[len(contract.BASE) :])
    found = operations.get(request.method)
    return found.id if found else "%s of no documented path" % request.method


def said(error):
    """What an error of openapi-core says (list of str): where, and which rule of JSON Schema is broken; no values."""
    chain = []
    while error is not None:
        chain.append(error)
        error = error.__cause__
    schema_errors = [one for link in chain for one in getattr(link, "schema_errors", ())]
    if schema_errors:
        return sorted({"%s: %s" % (place_of(one), rule_of(one)) for one in schema_errors})
    return [" <- ".join(str(link).partition(chr(10))[0][:150] for link in chain)]


def place_of(error):
    return ".".join("[]" if isinstance(part, int) else part for part in error.absolute_path) or "the whole"


def rule_of(error):
    if error.validator in ("properties", "additionalProperties", "required"):
        return "%s (%s)" % (error.validator, error.message[:150])
    return "%s %s" % (error.validator, json.dumps(error.validator_value)[:100])


GROUPS = [group for group in work.groups() if not group.companion]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id.replace(" ", "-"))
def test_contract_is_kept(group, monkeypatch, record_property):
    platform = group.platform(monkeypatch)
    judge = Judge(platform._carry)
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", judge.send)
    for one in group.works:
        cells.baseline(platform, one)
    unknown = {key: times for key, times in judge.broken.items() if key not in KNOWN}
    assert sum(judge.operations.values())
    record_property("requests judged", sum(judge.operations.values()))
    record_property("answers judged", judge.answers)
    record_property("known contradictions", sum(judge.broken.values()) - sum(unknown.values()))
    record_property("violations", sum(unknown.values()))
    assert not unknown, "\n".join("%d times %s, %s: %s" % (times, *key) for key, times in sorted(unknown.items()))


def test_every_module_of_itcare_is_judged(record_property):
    judged = {one.module for group in GROUPS for one in group.works}
    assert judged == {name for name in test_every_module.MODULES if name.startswith("itcare_")}
    record_property("modules", len(judged))


@pytest.mark.parametrize("operation, side, words", KNOWN)
def test_what_is_known_is_still_not_documented(operation, side, words):
    assert (side, words) == ("answer", NOTHING)
    assert 204 not in contract.load().operations[operation].answers


# What finds nothing has to be able to find something.

TAGS = "/compute/resources/500000001/tags"
COMMENT = dict(method="PATCH", path="/compute/resources/500000001/comments", type="application/json-patch+json")
CREATION = dict(method="POST", path="/compute/instances", type="application/vnd.cegedim-it.v1+json")
ANSWER = {"id": 70001, "status": "IN_PROGRESS"}
WRONG = {
    "a path": (dict(path="/compute/nothing"), {}, "request", "Path not found"),
    "a method": (dict(method="PUT", path="/compute/instances"), {}, "request", "Operation put not found"),
    "no token": (dict(path="/compute/instances", token=None), {}, "request", "Security not found"),
    "a parameter of another type": (dict(path="/actions?resourceId=abc"), [], "request", "resourceId"),
    "a field that is not documented": (
        dict(**COMMENT, body={"description": "x", "more": 1}),
        None,
        "request",
        "'more'",
    ),
    "a field of another type": (dict(**COMMENT, body={"description": 7}), None, "request", "description: type"),
    "a field that is required": (dict(**CREATION, body={"name": "QNEW01"}), ANSWER, "request", "required"),
    "another content type": (
        dict(COMMENT, type="text/plain", body={"description": "x"}),
        None,
        "request",
        "text/plain",
    ),
    "an answer of another type": (dict(path="/actions/70001"), [], "answer", 'the whole: type "object"'),
    "an answer's field": (dict(path="/actions/70001"), {"id": "x"}, "answer", "id: type"),
    "an answer's field that is not documented": (dict(path="/actions/70001"), {"new": 1}, "answer", "'new'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_seen(what):
    how, answer, side, words = WRONG[what]
    assert any(one[1] == side and words in one[2] for one in looked_at(answer, **how)), looked_at(answer, **how)


def test_what_is_right_is_not_seen():
    assert not looked_at([], path=TAGS)
    assert not looked_at(None, **COMMENT, body={"description": "x"}, status=204)
    assert not looked_at(ANSWER, path="/actions/70001")


def looked_at(answer, path, method="GET", body=None, type=None, token="x", status=None):
    """What the judge says of one exchange."""
    headers = {"Accept": "application/json", **({"Authorization": "Bearer " + token} if token else {})}
    request = requests.Request(method, ROOT + path, headers=headers).prepare()
    if body is not None:
        request.prepare_body(json.dumps(body), None)
        request.headers["Content-Type"] = type
    response = requests.Response()
    response.status_code = status or (200 if answer is not None else 204)
    response._content = b"" if answer is None else json.dumps(answer).encode()
    operations, _values = contract.load().route(path)
    documented = operations[method].answers if method in operations else {}
    response.headers["Content-Type"] = documented.get(response.status_code, (None,))[0] or "text/plain"
    judge = Judge(lambda _request: response)
    judge.send(request)
    return judge.broken
