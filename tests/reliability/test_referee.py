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
from ansible_collections.cegedim.cloud.tests.reliability.matrix.conftest import environment  # noqa: F401
from ansible_collections.cegedim.cloud.tests.simulator import contract
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz, test_every_module

FILE = pathlib.Path(contract.__file__).with_name("itcare.contract.yaml")
ROOT = fuzz.AUTH["api_url"]
FIGURES = ("requests", "answers", "operations", "known contradictions", "violations")

# What openapi-core says of correct requests and answers, because the API reference contradicts itself:
# {(operation, "request" or "answer", words): reason}
KNOWN = {}


def referee():
    """openapi-core with the contract, where the simulator is. What is not documented is forbidden."""
    document = yaml.load(FILE.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    document = merged(document, document["components"]["schemas"])
    document["servers"] = [{"url": ROOT}]
    document["components"]["securitySchemes"]["oauth2"] = {"type": "http", "scheme": "bearer"}  # as it is sent
    json_types = {f"application/vnd.cegedim-it.v{number}+json": json.loads for number in (1, 2)}
    settings = Config(
        extra_media_type_deserializers=json_types,
        additional_properties_default_policy="forbid",
    )
    return OpenAPI.from_dict(document, config=settings)


def merged(node, schemas):
    """The document with each ``allOf`` as one object: what is forbidden in one part may be documented in another."""
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
    return {name: merged(value, schemas) for name, value in node.items()}


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
    if error.validator in ("additionalProperties", "required"):
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
