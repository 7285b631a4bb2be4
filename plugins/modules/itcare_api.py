#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_api
short_description: Send any request to the ITCare API
version_added: 1.0.0
description:
  - Sends one authenticated request to any path of the ITCare API, for what no other module of this collection does.
  - It is not idempotent. Every O(method) but V(GET) and V(HEAD) is sent at every run and reported as a change. Prefer
    the other modules, which look first.
  - Reads are sent again when the platform is not available for a moment. Anything else is sent again only where it is
    certain that nothing happened; after a lost answer the task fails and says that the request may have taken effect.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  method:
    description:
      - Method of the request.
    type: str
    choices:
      - GET
      - HEAD
      - POST
      - PUT
      - PATCH
      - DELETE
    default: GET
  path:
    description:
      - Path below O(api_url), beginning with a slash, such as V(/compute/instances). Special characters in its parts
        have to be encoded (C(urlencode)).
      - Parameters do not belong here, but in O(query).
    type: str
    required: true
  query:
    description:
      - Parameters, as names and values. Lists are sent as C(a,b), booleans as V(true) and V(false); what is null is
        left out. Where an item of a list has a comma itself, as in V(name,desc) of C(sort), the parameter is repeated.
        So several sorts are a list.
      - Keys are spelled as the API spells them, such as C(resourceName).
    type: dict
  body:
    description:
      - Body, as the API spells it, sent as JSON. A text that holds a JSON object or list is taken as that.
      - If it holds a secret, set C(no_log=true) on the task, since its arguments are logged as they are.
    type: raw
  content_type:
    description:
      - Content type of the body. By default it is the one that the API's documentation names for this method and path.
    type: str
  all_pages:
    description:
      - For V(GET) of a listing. Reads all of its pages, and returns them in RV(rows). What is documented without pages
        is read as it is.
    type: bool
    default: false
  status_code:
    description:
      - The statuses that are no failure. By default all from 200 to 299, and for V(HEAD) V(404) too.
    type: list
    elements: int
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.wait
  - cegedim.cloud.protection
  - cegedim.cloud.dry_run
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
    details: Only V(GET) and V(HEAD) are sent. What else would be sent is in RV(request).
  diff_mode:
    support: none
notes:
  - In what it returns, values whose key names a password are replaced by C(********).
  - With O(wait=true), an answer that is an action, or a list of actions, is followed to its end.
  - A resource has two numbers, which may differ. Other modules return in C(address) the path with the right one.
  - O(protection_tag) is looked for before a request to the path of a resource that deletes it, resets it or restores
    something over it, or that recovers its snapshot.
  - With O(server_dry_run=true) any request is sent in check mode, for the platform to validate. Whether it does so
    for this method and path, or acts for real, is for the user to know.
seealso:
  - module: cegedim.cloud.itcare_action
"""

EXAMPLES = r"""
- name: Read an instance
  cegedim.cloud.itcare_api:
    path: /compute/instances/500000001
  register: instance

- name: List all Linux instances of two services, however many pages they fill
  cegedim.cloud.itcare_api:
    path: /compute/instances
    query:
      services: [44411, 44412]
      types: [LINUX]
    all_pages: true
  register: instances

- name: Look whether a name is taken; status is 200 or 404
  cegedim.cloud.itcare_api:
    method: HEAD
    path: /compute/resources/PEBBILL01
  register: answer

- name: Reset an instance, and wait for the end of that
  cegedim.cloud.itcare_api:
    method: PATCH
    path: /compute/instances/500000001
    body:
      operation: reset
      options:
        comment: Kernel update

- name: Change the comment of a service
  cegedim.cloud.itcare_api:
    method: PATCH
    path: /compute/resources/44411/comments
    body:
      description: The billing service
"""

RETURN = r"""
status:
  description: HTTP status of the answer.
  returned: when a request was sent
  type: int
  sample: 200
data:
  description: The answer as the API spells it. Null where it is empty.
  returned: when a request was sent, except with O(all_pages=true)
  type: raw
  sample:
    id: 1234
    name: PEBBILL01
    resourceType: LINUX
rows:
  description: The rows of all pages, as the API spells them.
  returned: with O(all_pages=true)
  type: list
  elements: raw
actions:
  description: The platform's actions in the answer, in their last state, with keys in snake_case.
  returned: when a request was sent, other than V(GET) and V(HEAD)
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: reset
      resource_name: PEBBILL01
request:
  description: What would be sent.
  returned: in check mode, other than V(GET) and V(HEAD)
  type: dict
  sample:
    method: PATCH
    path: /compute/instances/1234
    query: {}
    body:
      operation: reset
    content_type: application/json
"""

import re

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, any_request, arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.addresses import check_path
from ansible_collections.cegedim.cloud.plugins.module_utils.any_request import READS
from ansible_collections.cegedim.cloud.plugins.module_utils.client import PAGE_SIZE, Client
from ansible_collections.cegedim.cloud.plugins.module_utils.clock import Clock
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import CloudError, InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.media_types import media_type
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.protection import refuse_protected_request
from ansible_collections.cegedim.cloud.plugins.module_utils.redaction import masked
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import to_result

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        "wait",
        "protection",
        "dry_run",
        content_type=dict(type="str"),
        all_pages=dict(type="bool", default=False),
        **any_request.OPTIONS,
    ),
    required_by={"content_type": ["body"]},
    supports_check_mode=True,
)


def run(client, params, check):
    """Send the request, or in check mode say what would be sent; an Outcome."""
    method, path = params["method"], params["path"]
    check_path(path, Client.example)
    request = dict(any_request.asked(params), content_type=params["content_type"] or media_type(method, path))
    _check_pages(params, request)
    if method in READS:
        return Outcome(False, _read(client, request, params))
    if params["protection_tag"]:
        refuse_protected_request(client, params["protection_tag"], method, path, request["body"])
    if not check:
        return Outcome(True, _write(client, request, params))
    result = {"request": masked(request)}
    if params["server_dry_run"]:
        response = client.accepted(method, path, client.call(**request, dry_run=True), dry_run=True)
        result.update(status=response.status, data=masked(response.data))
    return Outcome(True, result)


def _check_pages(params, request):
    if params["all_pages"] and request["method"] != "GET":
        raise InvalidInput("all_pages requires method=GET")
    if params["all_pages"] and params["status_code"]:
        raise InvalidInput("all_pages and status_code do not go together")
    if params["all_pages"] and not re.fullmatch("[1-9][0-9]{0,8}|", str(request["query"].get("size") or "")):
        raise InvalidInput("query: size is %s, not a number of rows" % request["query"]["size"])
    if params["all_pages"] and "page" in request["query"]:
        raise InvalidInput("all_pages reads every page: leave page out of query")


def _read(client, request, params):
    if params["all_pages"]:
        size = int(request["query"].get("size") or PAGE_SIZE)
        return {"status": 200, "rows": masked(client.pages(request["path"], request["query"], size))}
    response = any_request.read(client, request, params["status_code"])
    return {"status": response.status, "data": masked(response.data)}


def _write(client, request, params):
    response = any_request.write(client, request, params["status_code"])
    started = actions.of_answer(response.data) if response.ok else []
    result = {"status": response.status, "data": masked(response.data)}
    try:
        if params["wait"] and started:
            started = actions.follow(client, started, Clock(params["wait_timeout"]), params["wait_interval"])
            actions.check(started)
    except CloudError as error:
        error.details.update(result, changed=True)
        raise
    return {**result, "actions": [to_result(one) for one in started]}


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()
