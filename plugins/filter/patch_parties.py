# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_parties
short_description: Select the patch parties among changes
version_added: 1.0.0
description:
  - Selects the changes that are patch parties, and sorts them by their beginning.
  - The API reference does not list the values of C(maintenance_type). A change is taken for a patch party if its
    maintenance type, its title or its description contains these two words, whatever their spelling.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
positional: environments
options:
  _input:
    description:
      - Changes, as M(cegedim.cloud.itcare_change_info) returns them.
    type: list
    elements: dict
    required: true
  environments:
    description:
      - Environments of resources, such as V(PRODUCTION). Parties that are only for production, or only for anything
        else, are left out if none of these is.
      - Without any, and for parties that do not say V(PROD) or V(NON_PROD), all are selected.
    type: list
    elements: str
    default: []
seealso:
  - module: cegedim.cloud.itcare_change_info
"""

EXAMPLES = r"""
- name: Show when the next patch parties begin
  ansible.builtin.debug:
    msg: >-
      {{ query('cegedim.cloud.itcare', 'changes', start=now(utc=true, fmt='%Y-%m-%dT%H:%M:%SZ'))
         | cegedim.cloud.patch_parties(['PRODUCTION']) | map(attribute='start_at') }}
"""

RETURN = r"""
_value:
  description: The patch parties, each with C(title), C(environment), C(start_at), C(end_at) and C(patch_tag).
  type: list
  elements: dict
"""

import re

from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.management import is_production

SAYS = ("maintenance_type", "title", "title_fr", "description", "description_fr")
SHOWN = ("title", "environment", "start_at", "end_at", "patch_tag")


def patch_parties(changes, environments=()):
    """The patch parties (list of dict) among ``changes``; see DOCUMENTATION."""
    wanted = {is_production(environment) for environment in environments}
    found = [
        {key: change.get(key) for key in SHOWN}
        for change in changes
        if any(_says_patch_party(change.get(key)) for key in SAYS) and _concerns(change.get("environment"), wanted)
    ]
    return sorted(found, key=lambda party: (not party["start_at"], str(party["start_at"]), str(party["title"])))


def _says_patch_party(text):
    return "patchparty" in re.sub(r"[\W_]", "", str(text or "").casefold())


def _concerns(environment, wanted):
    word = re.sub(r"[\W_]", "", str(environment or "").casefold())
    meant = {"prod": True, "production": True, "nonprod": False, "nonproduction": False}.get(word)
    return not wanted or meant is None or meant in wanted


class FilterModule:
    """The filter, for Ansible."""

    def filters(self):
        return {"patch_parties": patch_parties}
