# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: itcare
short_description: Look up anything in ITCare
version_added: 1.0.0
description:
  - Returns what the info modules of this collection list, as values in templates. All kinds of things that have an info
    module can be looked up, by name, by number or with filters.
  - With names, each name must stand for exactly one thing. If it stands for none or for several, this is an error.
  - Without names, everything that fits the filters is returned. If nothing fits, this is an empty list.
  - Listings are complete; if a part of one cannot be read, this is an error.
  - Values from the platform are data. They are never evaluated as templates.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  _terms:
    description:
      - What to look up, and then its names, if any.
      - Everything that an info module lists can be looked up, by the key of the module's result or by the word in the
        module's name. For example, V(networks) and V(network) are what M(cegedim.cloud.itcare_network_info) lists.
      - A number is an identifier, if the info module has an option C(id) that takes one. Names are compared without
        regard to case. Networks can also be named by technical id or short description, products by code or label.
      - An empty list of names returns an empty list.
      - All further options are those of the info module, such as C(service) or C(gather), with the same aliases. An
        unknown option is an error.
    required: true
    type: list
    elements: str
  result_key:
    description:
      - The key of the module's result to return, for modules whose result has several, such as V(support_policies).
      - Not with names.
    type: str
extends_documentation_fragment:
  - cegedim.cloud.auth
notes:
  - Lookups run on the controller. The environment variables are read from the environment of Ansible itself; the
    keyword C(environment) of a task does not change them, and C(module_defaults) do not apply.
  - C(query) always returns a list. C(lookup) returns the thing itself if there is exactly one. Use C(lookup) with a
    name, and C(query) with filters.
  - Lookups in the same process share a token and connections, but no results. A template is evaluated each time it is
    used; use M(ansible.builtin.set_fact) to read something only once.
seealso:
  - plugin: cegedim.cloud.itcare
    plugin_type: inventory
"""

EXAMPLES = r"""
- name: Show the address of a machine
  ansible.builtin.debug:
    msg: "{{ lookup('cegedim.cloud.itcare', 'instance', 'PEBBILL01').ip_address }}"

- name: Show the networks that machines of a service are in
  ansible.builtin.debug:
    msg: "{{ query('cegedim.cloud.itcare', 'networks', service='billing') | map(attribute='cidr') }}"

- name: Stop the machines of a service that are not in production
  cegedim.cloud.itcare_instance:
    id: "{{ item.id }}"
    state: stopped
  loop: "{{ query('cegedim.cloud.itcare', 'instances', services='billing-qa', statuses='ACTIVE') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Show the tags of two machines
  ansible.builtin.debug:
    msg: "{{ query('cegedim.cloud.itcare', 'instances', names, gather='tags') | map(attribute='tags') }}"
  vars:
    names: [PEBBILL01, PEBBILL02]

- name: Use a service only if it exists
  ansible.builtin.debug:
    msg: "{{ found[0].environment if found else 'there is none' }}"
  vars:
    found: "{{ query('cegedim.cloud.itcare', 'services', names='billing') }}"

- name: Log in with variables instead of the environment
  ansible.builtin.debug:
    msg: "{{ query('cegedim.cloud.itcare', 'regions', **itcare_login) | map(attribute='id') }}"
  vars:
    itcare_login:
      client_id: "{{ vault_itcare_client_id }}"
      client_secret: "{{ vault_itcare_client_secret }}"
"""

RETURN = r"""
_list:
  description: The things that were found, as the info module returns them; with names, in the order of the names.
  type: list
  elements: dict
"""

from ansible.errors import AnsibleLookupError, AnsibleOptionsError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import CloudError, InvalidInput
from ansible_collections.cegedim.cloud.plugins.plugin_utils import info_rows


class LookupModule(LookupBase):
    """Reads what an info module would list."""

    def run(self, terms, variables=None, **options):
        given = info_rows.plain(options)
        try:
            rows, warnings = self._look_up(info_rows.plain(terms), given.pop("result_key", None), given)
        except InvalidInput as problem:
            raise AnsibleOptionsError(str(problem)) from None  # its causes may quote addresses with credentials
        except CloudError as problem:
            raise AnsibleLookupError(str(problem)) from None
        for warning in warnings:
            Display().warning(warning)
        return rows

    def _look_up(self, terms, result_key, given):
        what, *names = terms or [""]
        kind = info_rows.kind_called(str(what))
        if not names:
            return info_rows.read(kind, given, result_key)
        if result_key:
            raise InvalidInput("result_key: names are those of %s; leave one of them out" % kind.key)
        flat = [name for one in names for name in (one if isinstance(one, list) else [one])]
        return info_rows.read_named(kind, ["" if one is None else str(one) for one in flat], given)
