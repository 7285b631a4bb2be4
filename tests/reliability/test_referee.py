# SPDX-License-Identifier: GPL-3.0-or-later
"""openapi-core between the collection and the simulator: a second judge of each request and each answer.

The simulator checks requests by itself, with code of our own; a mistake in it would be a mistake in the collection that
nobody sees. The tasks are those of the fault matrix, so that each module of ITCare is among them.
"""

from __future__ import annotations

import collections
import json
import pathlib
import re

import pytest
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
from requests import adapters, models

from ansible_collections.cegedim.cloud.tests.reliability.matrix import cells, work
from ansible_collections.cegedim.cloud.tests.reliability.matrix.conftest import environment  # noqa: F401
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz, test_every_module

CONTRACT = pathlib.Path(__file__).parents[1] / "simulator" / "itcare.contract.yaml"
MEDIA_TYPE = "application/vnd.cegedim-it.v1+json"
ROOT = fuzz.AUTH["api_url"]

# Where the API reference contradicts itself: (operation, what openapi-core says), and why that is right all the same.
KNOWN = {}


class Referee:
    """Lets requests pass to a platform, and notes what breaks the contract: ``{(operation, side, words): times}``."""

    def __init__(self, monkeypatch, platform):
        self.broken, self.operations = collections.Counter(), collections.Counter()
        self._platform = platform
        monkeypatch.setattr(adapters.HTTPAdapter, "send", self._pass_on)

    def _pass_on(self, request, **options):
        response = self._platform._carry(request, **options)
        if request.url.startswith(ROOT + "/"):
            self.judge(request, response)
        return response

    def judge(self, request, response):
        asked, answered = RequestsOpenAPIRequest(request), RequestsOpenAPIResponse(response)
        name = operation_of(asked)
        self.operations[name] += 1
        for side, errors in (
            ("request", OPENAPI.iter_request_errors(asked)),
            ("answer", OPENAPI.iter_response_errors(asked, answered)),
        ):
            for error in errors:
                for words in said(error):
                    self.broken[(name, side, words)] += 1
