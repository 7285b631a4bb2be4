#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: itcare_domain_info
short_description: List the DNS domains of ITCare
version_added: 1.0.0
description:
  - Lists the DNS domains in which load balancers and URLs can be created.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  id:
    description:
      - Identifier of one domain, instead of the filters. If it does not exist, the result is an empty list.
    type: int
  name:
    description:
      - One domain, by its name. If it does not exist, the result is an empty list.
    type: str
    aliases:
      - domain
  with_sni:
    description:
      - Whether the domains are the default for SNI.
    type: bool
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
extends_documentation_fragment:
  - cegedim.cloud.auth
  - cegedim.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
seealso:
  - module: cegedim.cloud.itcare_certificate_info
"""

EXAMPLES = r"""
- name: List all DNS domains
  cegedim.cloud.itcare_domain_info:

- name: Look at one domain
  cegedim.cloud.itcare_domain_info:
    name: acme.example
"""

RETURN = r"""
domains:
  description: The DNS domains that match, with the platform's fields in snake_case.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 31
      name: acme.example
      is_public: false
      is_managed_by_cegedim: true
      sni_default: false
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments, entry
from ansible_collections.cegedim.cloud.plugins.module_utils.lifecycle import Outcome
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared import filters, places

SPEC = dict(
    argument_spec=arguments.spec(
        "auth",
        id=dict(type="int"),
        name=dict(type="str", aliases=["domain"]),
        with_sni=dict(type="bool"),
        clouds=dict(type="list", elements="int"),
    ),
    mutually_exclusive=[("id", name) for name in ("name", "with_sni", "clouds")],
    supports_check_mode=True,
)


def run(client, params, check):
    """Read the domains; an Outcome. Nothing is written, with or without ``check``."""
    if params["id"] is not None:
        return Outcome(False, {"domains": places.row_at(client, "/networking/domains/%d" % params["id"])})
    query = {**filters.query_of(params, ("name", "clouds")), "withSNI": params["with_sni"]}
    return Outcome(False, {"domains": places.rows_at(client, "/networking/domains", query)})


def main():
    entry.module(SPEC, run)


if __name__ == "__main__":
    main()
