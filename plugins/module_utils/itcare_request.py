# SPDX-License-Identifier: GPL-3.0-or-later
"""What itcare_api does with its one request, beside what all such modules do (see any_request.py)."""

from __future__ import annotations

import re

from . import actions, any_request
from .client import PAGE_SIZE
from .clock import Clock
from .errors import CloudError, InvalidInput
from .resource import to_result


def check_pages(params, request):
    """Refuse, with InvalidInput, what does not go together with ``all_pages``."""
    if params["all_pages"] and request["method"] != "GET":
        raise InvalidInput("all_pages requires method=GET")
    if params["all_pages"] and params["status_code"]:
        raise InvalidInput("all_pages and status_code do not go together")
    if params["all_pages"] and not re.fullmatch("[1-9][0-9]{0,8}|", str(request["query"].get("size") or "")):
        raise InvalidInput("query: size is %s, not a number of rows" % request["query"]["size"])
    if params["all_pages"] and "page" in request["query"]:
        raise InvalidInput("all_pages reads every page: leave page out of query")


def read(client, request, params):
    """What the module returns for a request (dict) that only reads."""
    if params["all_pages"]:
        size = int(request["query"].get("size") or PAGE_SIZE)
        return {"status": 200, "rows": client.shown(client.pages(request["path"], request["query"], size))}
    response = any_request.read(client, request, params["status_code"])
    return {"status": response.status, "data": client.shown(response.data)}


def write(client, request, params):
    """What the module returns for a request (dict) that writes, with the actions that it has started at their end."""
    response = any_request.write(client, request, params["status_code"])
    started = actions.of_answer(response.data) if response.ok else []
    result = {"status": response.status, "data": client.shown(response.data)}
    try:
        if params["wait"] and started:
            started = actions.follow(client, started, Clock(params["wait_timeout"]), params["wait_interval"])
            actions.check(started)
    except CloudError as error:
        error.details.update(result, changed=True)
        raise
    return {**result, "actions": [to_result(one) for one in started]}
