#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_action
short_description: Wait for actions of ITCare
version_added: 1.0.0
description:
  - Waits until one or more actions have ended, all together and with one deadline. A play can therefore start many
    things with O(cegedim.cloud.itcare_instance#module:wait=false) and wait for them once.
  - The task fails if any of the actions ends without success, and names each of those.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  ids:
    description:
      - Identifiers of the actions. With an empty list, nothing is requested, and the result is empty.
    type: list
    elements: int
    required: true
    aliases:
      - id
  wait_timeout:
    description:
      - Maximum time to wait in seconds, for all actions together. Provisioning may take two hours.
      - When the time is over, the platform continues. Run the same task again to continue waiting.
    type: float
    default: 7200
  wait_interval:
    description:
      - Maximum time between two checks of an action in seconds. The checks are frequent at first, and become rarer.
    type: float
    default: 15
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
    details:
      - Checks once and does not wait. Actions that have failed fail the task; those still in progress do not.
  diff_mode:
    support: none
notes:
  - A failed task also returns RV(actions), if it could read them.
seealso:
  - module: cegedim.cloud.itcare_action_info
"""

EXAMPLES = r"""
- name: Begin to stop two machines
  cegedim.cloud.itcare_instance:
    name: "{{ item }}"
    state: stopped
    wait: false
  loop:
    - PEBBILL01
    - PEBBILL02
  register: stopping

- name: Wait for both
  cegedim.cloud.itcare_action:
    ids: "{{ stopping.results | map(attribute='actions') | flatten | map(attribute='id') }}"
    wait_timeout: 1800

- name: Wait for an action that someone else started
  cegedim.cloud.itcare_action:
    id: "{{ action_id }}"
"""

RETURN = r"""
actions:
  description: The last state of each action, each once, in the order of O(ids).
  returned: success, and for a failure or a timeout
  type: list
  elements: dict
  sample:
    - id: 1333
      status: SUCCESS
      process: STOP_VM
      resource_name: PEBBILL01
      message: Stop PEBBILL01
      submitted_at: '2026-05-04T08:15:00.000Z'
      completed_at: '2026-05-04T08:16:12.000Z'
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import actions, arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.client import in_parallel
from ansible_collections.cegedim.cloud.plugins.module_utils.clock import Clock
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput, NotFound
from ansible_collections.cegedim.cloud.plugins.module_utils.telling import Outcome

UNKNOWN_SECONDS = 5  # an action that began a moment ago may not be known yet; a mistyped id never will be

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        ids=dict(type="list", elements="int", required=True, aliases=["id"]),
        wait_timeout=arguments.GROUPS["wait"]["wait_timeout"],
        wait_interval=arguments.GROUPS["wait"]["wait_interval"],
    ),
    supports_check_mode=True,
)


def run(client, params, check):
    """Wait for the actions, or with ``check`` look once; an Outcome."""
    for one in params["ids"]:
        if one < 1:  # a refused row of a service's patch policies has the id -1
            raise InvalidInput("ids: %d is not the id of an action" % one)
    clock = Clock(0 if check else params["wait_timeout"])
    states = _first_look(client, params["ids"], clock)
    if not check:
        states = actions.follow(client, states, clock, params["wait_interval"])
    actions.check(states)
    return Outcome(False, {"actions": actions.to_results(states)})


def _first_look(client, ids, clock):
    states = dict.fromkeys(ids)
    grace = Clock(min(clock.left, UNKNOWN_SECONDS))
    unknown = list(states)
    while True:
        states.update(zip(unknown, in_parallel(lambda one: client.find("/actions/%d" % one), unknown)))
        unknown = [one for one in unknown if states[one] is None]
        if not unknown:
            return list(states.values())
        if grace.left <= 0:
            raise NotFound(
                "there is no action with the id %s (or this account does not see it)" % " or ".join(map(str, unknown)),
                actions=actions.to_results(state for state in states.values() if state),
            )
        grace.sleep(1)


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()
