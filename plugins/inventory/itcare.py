# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: itcare
short_description: Hosts, groups and variables from ITCare
version_added: 1.0.0
description:
  - Turns the instances that an API account can see into hosts, and optionally the nodes of managed products. Services,
    environments, tags and more become groups.
  - The file of the inventory has to end in C(itcare.yml) or C(itcare.yaml). An option that does not exist is an error.
  - Options of the connection may be templates. The variables in them are extra variables, and lookups are allowed.
  - The guide "Inventory" of this collection has examples and tells what each variable and group is.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  plugin:
    description:
      - Says that the file is for this plugin.
    type: str
    required: true
    choices:
      - cegedim.cloud.itcare
  api_url:
    description:
      - Base address of the ITCare API.
    type: str
    default: https://api.cegedim.cloud/itcare
    env:
      - name: ITCARE_API_URL
    ini:
      - section: itcare
        key: api_url
  token_url:
    description:
      - Address that issues tokens (OAuth 2.0, client credentials).
    type: str
    default: https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token
    env:
      - name: ITCARE_TOKEN_URL
    ini:
      - section: itcare
        key: token_url
  client_id:
    description:
      - The API account. Required unless O(access_token) is given.
    type: str
    env:
      - name: ITCARE_CLIENT_ID
    ini:
      - section: itcare
        key: client_id
  client_secret:
    description:
      - The secret of the API account. Required unless O(access_token) is given.
    type: str
    env:
      - name: ITCARE_CLIENT_SECRET
  client_authentication:
    description:
      - How the client secret is sent to the token address. V(basic) uses the C(Authorization) header, V(post) the form.
      - Use V(post) when a secret with special characters such as C(+) or C(%) is refused, since token servers disagree
        on how these are encoded in the header.
    type: str
    choices:
      - basic
      - post
    default: basic
    env:
      - name: ITCARE_CLIENT_AUTHENTICATION
    ini:
      - section: itcare
        key: client_authentication
  scope:
    description:
      - Scope to request. ITCare does not require one.
    type: str
    env:
      - name: ITCARE_SCOPE
    ini:
      - section: itcare
        key: scope
  access_token:
    description:
      - A ready-made token. It is used as it is, instead of O(client_id) and O(client_secret), and cannot be renewed.
    type: str
    env:
      - name: ITCARE_ACCESS_TOKEN
  token_store:
    description:
      - Whether to keep the token for later runs and for modules, in a file that only this user can read, in the user's
        runtime directory.
    type: bool
    default: true
    env:
      - name: ITCARE_TOKEN_STORE
    ini:
      - section: itcare
        key: token_store
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM format, instead of the default ones.
    type: path
    env:
      - name: ITCARE_CA_PATH
    ini:
      - section: itcare
        key: ca_path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave this enabled; use O(ca_path) for a private certificate
        authority.
    type: bool
    default: true
    env:
      - name: ITCARE_VALIDATE_CERTS
    ini:
      - section: itcare
        key: validate_certs
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default, the standard environment
        variables apply (E(HTTPS_PROXY), E(NO_PROXY)).
    type: str
    env:
      - name: ITCARE_PROXY
  connect_timeout:
    description:
      - Seconds to wait for a connection.
    type: float
    default: 10
    env:
      - name: ITCARE_CONNECT_TIMEOUT
    ini:
      - section: itcare
        key: connect_timeout
  read_timeout:
    description:
      - Seconds to wait for a response.
    type: float
    default: 60
    env:
      - name: ITCARE_READ_TIMEOUT
    ini:
      - section: itcare
        key: read_timeout
  retry_timeout:
    description:
      - Seconds to keep retrying when the platform is temporarily unavailable (connection errors, HTTP 429, 500, 502,
        503, 504, and responses that cannot be read). If the platform returns HTTP 429, the time starts again with each
        response to any request.
    type: float
    default: 120
    env:
      - name: ITCARE_RETRY_TIMEOUT
    ini:
      - section: itcare
        key: retry_timeout
  parallel_requests:
    description:
      - Maximum number of simultaneous requests, from 1 to 100. If the platform allows fewer (HTTP 429), the number is
        halved, and increases again as requests succeed.
    type: int
    default: 20
    env:
      - name: ITCARE_PARALLEL_REQUESTS
    ini:
      - section: itcare
        key: parallel_requests
  resource_types:
    description:
      - What becomes a host. V(instances) are virtual machines, V(application_servers) Tomcat and Wildfly servers. With
        all others, each node of such a product becomes a host.
      - Products cost one request for each product beside their listing, never one for each node.
    type: list
    elements: str
    default:
      - instances
    choices:
      - instances
      - application_servers
      - databases
      - message_brokers
      - kubernetes
      - glusterfs
  services:
    description:
      - Services, each as a name or an id. An id saves the request that looks up a name.
    type: list
    elements: str
  names:
    description:
      - Names. A leading C(!) excludes a name. With the nodes of products, names of the products.
    type: list
    elements: str
  types:
    description:
      - Types, such as V(LINUX), V(WINDOWS) or V(AIX); with databases and message brokers such as V(POSTGRESQL).
    type: list
    elements: str
  families:
    description:
      - Families, such as V(DEBIAN) or V(RHEL).
    type: list
    elements: str
  environments:
    description:
      - Environments, such as V(PRODUCTION).
    type: list
    elements: str
  statuses:
    description:
      - Statuses, such as V(ACTIVE) (running) or V(INACTIVE) (stopped).
    type: list
    elements: str
  tags:
    description:
      - Tags, as keys and values. Numbers and booleans become text.
      - The platform decides whether a machine must have all of them or any of them; this is not documented.
    type: dict
  monitoring_status:
    description:
      - Whether it is monitored.
    type: bool
  monitoring_on_call_status:
    description:
      - Whether on-call teams are called outside business hours.
    type: bool
  backup_status:
    description:
      - Whether it is backed up.
    type: bool
  recovery_status:
    description:
      - Whether it is part of the disaster recovery.
    type: bool
  included_in_patch_party:
    description:
      - Whether it takes part in the patch parties.
    type: bool
  availability_zones:
    description:
      - Availability zones, such as V(EB-A). Instances and application servers only.
    type: list
    elements: str
    aliases:
      - az
  ip:
    description:
      - IP addresses. Instances and application servers only.
    type: list
    elements: str
  vlan:
    description:
      - Networks, by their short description, such as V(EB_1125_DMZ8). Instances and application servers only.
    type: list
    elements: str
  clouds:
    description:
      - Identifiers of clouds.
    type: list
    elements: int
  hostnames:
    description:
      - The names of hosts. The first entry that results in a name is used.
      - V(name) is the name in ITCare, V(ip_address) its address, V(tag:KEY) the value of a tag, and V(dns_alias) its
        first DNS alias. Anything else is a Jinja expression, as in O(compose), without braces.
      - V(dns_alias) costs a request for each host, since no listing has the aliases.
      - In a name, blanks, commas, colons, brackets and other characters that have a meaning in patterns are replaced,
        each run of them by one underscore, and removed at both ends. For example, C(CLOUD NAME - APP) becomes
        C(CLOUD_NAME_APP). IP addresses remain unchanged.
      - A name that begins with a dash or contains a slash is skipped. So are V(localhost), V(all), V(ungrouped) and the
        names of groups from other sources, with a warning.
    type: list
    elements: str
    default:
      - name
  duplicates:
    description:
      - What to do when several hosts have the same name. V(fail) names them and stops. V(first) takes the one with the
        lowest id. V(suffix) appends an underscore and the service to the name of each, and the id where that is the
        same, too.
      - Names are compared after they have been cleaned. See O(hostnames).
    type: str
    choices:
      - fail
      - first
      - suffix
    default: fail
  default_groups:
    description:
      - The groups that hosts are added to. Their names begin with the name of the entry, such as C(service_billing). An
        empty list disables all of them.
      - V(tagged) is for the key of a tag, V(tag) for key and value, V(node_of) for the product that the host is a node
        of.
      - In the name of a group, each run of characters that Ansible does not allow becomes one underscore.
      - A group that has the same name as a host is not created, and a warning is displayed. This also applies to
        O(groups) and O(keyed_groups).
    type: list
    elements: str
    default:
      - service
      - environment
      - status
      - region
      - area
      - zone
      - type
      - family
      - tagged
      - tag
      - product
      - node_of
      - load_balancer
    choices:
      - service
      - environment
      - status
      - region
      - area
      - zone
      - type
      - family
      - tagged
      - tag
      - product
      - node_of
      - load_balancer
  gather:
    description:
      - What else to read of each host, which costs one request for each; at most O(parallel_requests) are sent at a
        time. V(details) reads the page of each machine. The row of a listing may omit variables (such as CPUs, memory,
        network and patch party), or show outdated values; the page shows all of them as they are.
      - With V(details), the variable C(source) of a host is V(details); with O(on_partial=warn) it is V(listing) where
        the page could not be read.
      - V(tags) reads the tags of each machine and product whose tags no listing shows. Without it, these fail the
        inventory.
    type: list
    elements: str
    default: []
    choices:
      - details
      - tags
  read_tags:
    description:
      - Whether to read the tags. They come from a listing of their own, which costs as many requests as that of the
        instances and is read at the same time; where filters leave few machines, they are asked for by their ids.
        V(false) saves this; then there are no tags and no groups for them.
      - If the platform does not show whether a machine has tags, the inventory fails, because it might be protected by
        one. See O(gather) and O(on_partial).
    type: bool
    default: true
  vars_name:
    description:
      - Name of the variable, or the prefix of the variables. See O(vars_style).
    type: str
    default: itcare
  page_size:
    description:
      - Rows in a page of a listing. The platform may make pages smaller.
    type: int
    default: 1000
  on_partial:
    description:
      - What to do when a listing, or a part of one, cannot be read after all retries, when its rows do not add up to
        the total that the platform names, when the tags of machines are not shown, or when two listings contradict each
        other. V(fail) stops. V(warn) continues with what could be read, says what is missing, and does not cache it.
      - If no machine can be read at all, the inventory fails in any case.
    type: str
    choices:
      - fail
      - warn
    default: fail
extends_documentation_fragment:
  - cegedim.cloud.inventory
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
requirements:
  - requests
"""

EXAMPLES = r"""
# The file is called demo.itcare.yml. The account comes from the environment.
---
plugin: cegedim.cloud.itcare
environments:
  - PRODUCTION
exclude: itcare.status != 'ACTIVE'
compose:
  ansible_user: "'admin' if itcare.type == 'WINDOWS' else 'ansible'"
groups:
  web: itcare.tags.tier | default('') == 'web'
keyed_groups:
  - key: itcare.patch_party.patch_group | default('none')
    prefix: patch_group
"""

import re

from ansible_collections.cegedim.cloud.plugins.module_utils import errors
from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_hosts, itcare_hosts
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_plugin import EstateInventory

CONNECTION = (
    "api_url token_url client_id client_secret client_authentication scope access_token token_store ca_path "
    "validate_certs proxy connect_timeout read_timeout retry_timeout parallel_requests".split()
)
FILTERS = (
    "services names types families environments statuses tags monitoring_status monitoring_on_call_status "
    "backup_status recovery_status included_in_patch_party availability_zones ip vlan clouds".split()
)


class InventoryModule(EstateInventory):
    """The machines of ITCare, and on request the nodes of products."""

    NAME = "cegedim.cloud.itcare"
    SYSTEM = "ITCare"
    ENDINGS = ("itcare.yml", "itcare.yaml")
    IDENTITY = ("api_url", "token_url", "client_id", "scope", "access_token")
    PARTS = itcare_hosts.PARTS
    GROUPS = itcare_hosts.GROUPS
    PLACE = ("service", "service_name")
    CONDITION = "itcare.tags.tier | default('') == 'web'"

    def _check_values(self):
        if not 1 <= self.get_option("page_size") <= 100000:
            raise errors.InvalidInput("page_size: %d is not between 1 and 100000" % self.get_option("page_size"))
        if not self.get_option("resource_types"):
            raise errors.InvalidInput("resource_types: an empty list would select nothing")
        for cloud in self.get_option("clouds") or ():
            if not re.fullmatch(r"[0-9]+", str(cloud)):
                raise errors.InvalidInput("clouds: %r is not the identifier of a cloud, which is a number" % cloud)
        tags_of_use = [entry for entry in self.get_option("hostnames") if entry.startswith("tag:")]
        if tags_of_use and not self.get_option("read_tags"):
            raise errors.InvalidInput("hostnames: %s needs read_tags" % tags_of_use[0])
        if "tags" in self.get_option("gather") and not self.get_option("read_tags"):
            raise errors.InvalidInput("gather: tags needs read_tags")

    def _wanted(self):
        wanted = {name: self.get_option(name) for name in (*FILTERS, "resource_types", "read_tags", "gather")}
        wanted["dns_aliases"] = "dns_alias" in self.get_option("hostnames")
        return wanted

    def _read_estate(self):
        from ansible_collections.cegedim.cloud.plugins.module_utils import client
        from ansible_collections.cegedim.cloud.plugins.plugin_utils import itcare_estate

        wanted = self._wanted()
        return itcare_estate.read(
            client.from_params({name: self.get_option(name) for name in CONNECTION}, "inventory"),
            itcare_estate.Wanted(
                params={name: wanted[name] for name in FILTERS},
                resource_types=wanted["resource_types"],
                tags=wanted["read_tags"],
                tags_of_each="tags" in wanted["gather"],
                dns_aliases=wanted["dns_aliases"],
                details="details" in wanted["gather"],
                page_size=self.get_option("page_size"),
                tolerant=self.get_option("on_partial") == "warn",
            ),
        )

    def _records(self, estate):
        return itcare_hosts.records(estate, self.texts)

    def _simple_choice(self, words):
        return itcare_hosts.simple_choice(words)

    def _reached_at(self, record):
        return inventory_hosts.reached_at(record.get("ip_address"))

    def _hint_for_nameless(self, records):
        return itcare_hosts.question_about_tags(self.get_option("hostnames"), records)
