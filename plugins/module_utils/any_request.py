# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules that send any request have in common, whatever their system."""

from __future__ import annotations

import json

from .errors import ApiError, InvalidInput, OutcomeUnknown

READS = ("GET", "HEAD")
OPTIONS = dict(
    method=dict(type="str", choices=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], default="GET"),
    path=dict(type="str", required=True),
    query=dict(type="dict"),
    body=dict(type="raw"),
    status_code=dict(type="list", elements="int"),
)


def asked(params):
    """What ``params`` (the OPTIONS of a module) ask for: ``method``, ``path``, ``query`` and ``body``, in a dict.

    Raises InvalidInput.
    """
    method = params["method"]
    request = {
        "method": method,
        "path": params["path"],
        "query": _query(params["query"] or {}),
        "body": _body(params["body"]),
    }
    if method in READS and request["body"] is not None:
        raise InvalidInput("body: %s has none" % method)
    return request


def is_expected(response, method, statuses):
    """Whether a response is one that the user (``statuses``, or None) takes for a success."""
    if statuses:
        return response.status in statuses
    return response.ok or (method == "HEAD" and response.status == 404)


def refusal(client, method, path, response, **details):
    """The ApiError for an answer that is not expected, be it a success; its details have the answer's ``data``."""
    try:
        client.checked(method, path, response)
        text = "the answer is a success, and not one of status_code (%s %s: %d)" % (method, path, response.status)
        error = ApiError(text, response.status, method, path)
    except ApiError as refused:
        error = refused
    error.details.update(details, data=client.shown(response.data))
    return error


def read(client, request, statuses):
    """The Response to a request that only reads. Raises ApiError for one that is not expected."""
    method, path = request["method"], request["path"]
    response = client.call(method, path, request["query"])
    if not is_expected(response, method, statuses):
        raise refusal(client, method, path, response)
    return response


def write(client, request, statuses):
    """The Response to a request that may change something, sent once. Raises ApiError, or OutcomeUnknown."""
    method, path = request["method"], request["path"]
    try:
        response = client.call(**request)
        if not is_expected(response, method, statuses):
            client.accepted(method, path, response)  # raises unless it succeeded
            raise refusal(client, method, path, response, changed=True)
    except OutcomeUnknown as unknown:
        raise OutcomeUnknown(
            "%s. The order may have run all the same, and nothing was sent again: look first, and run the task again "
            "if it has not" % unknown,
            **unknown.details,
        ) from unknown
    return response


def _query(query):
    for name, value in query.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, (dict, list)):
                raise InvalidInput("query: %s is neither text, number, boolean nor a list of them" % name)
    return query


def _body(body):
    """A JSON text, such as a template makes, is taken as what it says: no body of an API is a mere text."""
    if not isinstance(body, str):
        return body
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, (dict, list)):
        raise InvalidInput("body: it is text, but not a JSON object or list")
    return parsed
