#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_api
short_description: Send any request to the ITCare API
version_added: 1.0.0
description:
  - Sends one authenticated request to any path of the ITCare API, for everything that no other module of this
    collection covers.
  - It is not idempotent. Every O(method) but V(GET) and V(HEAD) is sent in every run and reported as a change. Prefer
    the other modules, which look first.
  - Reads are repeated when the platform is temporarily unavailable. Anything else is repeated only if it certainly had
    no effect; if the response is lost, the task fails and says that the request may have taken effect.
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
      - Content type of the body. By default, it is the one that the API's documentation names for this method and path.
    type: str
  all_pages:
    description:
      - For V(GET) of a listing. Reads all of its pages, and returns them in RV(rows). What is documented without pages
        is read as it is.
    type: bool
    default: false
  status_code:
    description:
      - The statuses that do not count as a failure. By default, all from 200 to 299, and for V(HEAD) V(404) too.
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
  - With O(wait=true), if the response is an action or a list of actions, the task waits for their end.
  - A resource has two numbers, which may differ. Other modules return in C(address) the path with the right one.
  - O(protection_tag) is looked for before a request to the path of a resource that deletes it, resets it or restores
    something over it, or that recovers its snapshot.
  - With O(server_dry_run=true) any request is sent in check mode, for the platform to validate. You must know yourself
    whether it does so for this method and path, or actually performs the request.
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

- name: Check whether a name is taken; status is 200 or 404
  cegedim.cloud.itcare_api:
    method: HEAD
    path: /compute/resources/PEBBILL01
  register: answer

- name: Reset an instance, and wait until it is done
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
  description: The response, as the API spells it. Null if it is empty.
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
  description: The platform's actions in the response, in their last state, with keys in snake_case.
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

from ansible_collections.cegedim.cloud.plugins.module_utils import any_request, arguments, entry, itcare_request
from ansible_collections.cegedim.cloud.plugins.module_utils.addresses import check_path
from ansible_collections.cegedim.cloud.plugins.module_utils.any_request import READS
from ansible_collections.cegedim.cloud.plugins.module_utils.client import Client
from ansible_collections.cegedim.cloud.plugins.module_utils.media_types import media_type
from ansible_collections.cegedim.cloud.plugins.module_utils.outcome import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.protection import refuse_protected_request
from ansible_collections.cegedim.cloud.plugins.module_utils.redaction import masked

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
    itcare_request.check_pages(params, request)
    if method in READS:
        return Outcome(False, itcare_request.read(client, request, params))
    if params["protection_tag"]:
        refuse_protected_request(client, params["protection_tag"], method, path, request["body"])
    if not check:
        return Outcome(True, itcare_request.write(client, request, params))
    result = {"request": masked(request)}
    if params["server_dry_run"]:
        response = client.accepted(method, path, client.call(**request, dry_run=True), dry_run=True)
        result.update(status=response.status, data=client.shown(response.data))
    return Outcome(True, result)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()
