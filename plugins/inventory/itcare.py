# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: itcare
short_description: Hosts, groups and variables from ITCare
version_added: 1.0.0
description:
  - Turns the instances that an API account sees into hosts, and on request the nodes of managed products, too.
    Services, environments, tags and more become groups.
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
      - Address that hands out tokens (OAuth 2.0, client credentials).
    type: str
    default: https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token
    env:
      - name: ITCARE_TOKEN_URL
    ini:
      - section: itcare
        key: token_url
  client_id:
    description:
      - The API account. Needed unless O(access_token) is given.
    type: str
    env:
      - name: ITCARE_CLIENT_ID
    ini:
      - section: itcare
        key: client_id
  client_secret:
    description:
      - The secret of the API account. Needed unless O(access_token) is given.
    type: str
    env:
      - name: ITCARE_CLIENT_SECRET
  client_authentication:
    description:
      - How the client shows its secret to the token address. V(basic) sends it in the C(Authorization) header,
        V(post) in the form.
      - Use V(post) when a secret with special characters such as C(+) or C(%) is refused, since token servers
        disagree on how these are written in the header.
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
      - Scope to ask for. ITCare needs none.
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
      - File or directory with the certificate authorities to trust, in PEM form, instead of the usual ones.
    type: path
    env:
      - name: ITCARE_CA_PATH
    ini:
      - section: itcare
        key: ca_path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave it on; use O(ca_path) for a private authority.
    type: bool
    default: true
    env:
      - name: ITCARE_VALIDATE_CERTS
    ini:
      - section: itcare
        key: validate_certs
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default the usual environment variables
        decide (E(HTTPS_PROXY), E(NO_PROXY)).
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
      - Seconds to wait for an answer.
    type: float
    default: 60
    env:
      - name: ITCARE_READ_TIMEOUT
    ini:
      - section: itcare
        key: read_timeout
  retry_timeout:
    description:
      - Seconds to go on trying when the platform is not available for a moment (connection errors, HTTP 429, 500,
        502, 503, 504, and answers that cannot be read). Where the platform answers HTTP 429, they count from its last
        answer to any request.
    type: float
    default: 120
    env:
      - name: ITCARE_RETRY_TIMEOUT
    ini:
      - section: itcare
        key: retry_timeout
  parallel_requests:
    description:
      - The most requests in flight at the same time, between 1 and 100. Where the platform allows fewer (HTTP 429), the
        number halves, and grows back as it answers.
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
      - Whether a machine needs all of them or any of them is decided by the platform, which does not document it.
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
  include:
    description:
      - A condition or a list of them, as in C(when). Only what fulfils all of them becomes a host.
      - The variables are those of the host, without O(compose).
      - The inventory fails if a condition cannot be evaluated for a host, or if its result is not a boolean, whatever
        O(strict) says. Use C(default()) for what not every host has, such as tags.
    type: raw
  exclude:
    description:
      - A condition or a list of them. What fulfils any of them does not become a host.
      - A condition that cannot be evaluated fails the inventory, as with O(include).
    type: raw
  hostnames:
    description:
      - What a host is called. The first entry that gives a name is taken.
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
      - Which groups every host is put into, each with the name of the entry as its prefix, such as
        C(service_billing). An empty list switches all of them off.
      - V(tagged) is for the key of a tag, V(tag) for key and value, V(node_of) for the product of which the host is a
        node.
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
        time. V(details) reads the page of each machine. The row of a listing may leave variables out (such as CPUs,
        memory, network and patch party), or show an old value of them; the page shows them all, as they are.
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
  vars_style:
    description:
      - V(nested) puts what ITCare tells of a host into one variable, O(vars_name), as a dictionary.
      - V(prefixed) makes a variable of each field, with O(vars_name) and an underscore before its name.
    type: str
    choices:
      - nested
      - prefixed
    default: nested
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
        other. V(fail) stops. V(warn) goes on with what could be read, says what is missing, and does not cache it.
      - If no machine can be read at all, the inventory fails in any case.
    type: str
    choices:
      - fail
      - warn
    default: fail
  cache_stale_if_error:
    description:
      - Whether to use what is cached, however old it is, when the platform cannot be reached or fails. A warning tells
        its age. It goes before what O(on_partial=warn) would leave.
      - Refused credentials are an error all the same.
    type: bool
    default: false
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
requirements:
  - requests
notes:
  - The cache holds what the platform listed, and no secret. Other users may be able to read it, depending on the cache
    plugin; choose a directory of your own.
  - The cached data depends on the address, the account and the filters, not on the name of the file. So O(compose),
    O(groups), O(hostnames) and O(include) can be changed without reading anything again.
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

import gc
import os
import re

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.host import Host
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable

from ansible_collections.cegedim.cloud.plugins.module_utils import errors
from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_cache, inventory_hosts, inventory_trust
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_constructed import FastConstructable, join
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_expressions import FAILED, syntax_problem

CONNECTION = (
    "api_url token_url client_id client_secret client_authentication scope access_token token_store ca_path "
    "validate_certs proxy connect_timeout read_timeout retry_timeout parallel_requests".split()
)
FILTERS = (
    "services names types families environments statuses tags monitoring_status monitoring_on_call_status "
    "backup_status recovery_status included_in_patch_party availability_zones ip vlan clouds".split()
)
EXPRESSIONS = ("compose", "groups", "keyed_groups", "include", "exclude", "hostnames")


class InventoryModule(BaseInventoryPlugin, FastConstructable, Cacheable):
    """Reads the estate (or takes it from the cache), names its hosts, and puts them into variables and groups."""

    NAME = "cegedim.cloud.itcare"
    _of_every_host = None

    def verify_file(self, path):
        return super().verify_file(path) and path.endswith(("itcare.yml", "itcare.yaml"))

    def set_options(self, task_keys=None, var_options=None, direct=None):
        """As usual, after the templates in the options are evaluated: a type would make something else of them."""
        if direct:
            self._check_names(direct)
            self.templar.available_variables = self._vars or {}
            direct = {
                name: value if name in EXPRESSIONS else self._templated(name, value) for name, value in direct.items()
            }
            self._check_booleans(direct)
        try:
            super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)
        except AnsibleError as problem:
            from ansible_collections.cegedim.cloud.plugins.module_utils import neighbours  # only a refusal needs it

            asked = neighbours.misspelled(self.option_definitions, direct or {})
            if not asked:
                raise
            raise AnsibleParserError("%s. %s" % (str(problem).rstrip(". "), " ".join(asked))) from None
        if direct:
            self._cache_timeout = self.get_option("cache_timeout")
            if self.get_option("cache_stale_if_error"):
                self.set_option("cache_timeout", 0)  # old entries are of use: their age is looked at here

    def parse(self, inventory, loader, path, cache=True):
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        collects = gc.isenabled()
        if gc.get_freeze_count():  # the hosts of an earlier inventory, which may be garbage by now
            gc.unfreeze()
            gc.collect()
        gc.disable()
        try:
            self._check()
            estate = self._cached_estate(cache) if self.get_option("cache") else self._warned(*self._read_estate())
            for note in estate["notes"]:
                self.display.warning(note)
            self._populate(estate)
        except errors.CloudError as problem:
            raise AnsibleParserError(str(problem)) from None  # its causes may quote addresses with credentials
        finally:
            if collects:
                gc.freeze()  # nothing of this is garbage: looking for it takes a third of the time, here and afterwards
                gc.enable()

    def _templated(self, name, value):
        try:
            return self.templar.template(value)
        except AnsibleError as problem:
            raise AnsibleParserError("%s: %s" % (name, problem)) from problem

    def _check_names(self, names):
        """Refuse options that do not exist: a misspelled ``exclude`` would let machines in."""
        known = {"plugin"}
        for name, definition in self.option_definitions.items():
            known.update([name, *(definition.get("aliases") or ())])
        for name in names:
            if name not in known:
                from ansible_collections.cegedim.cloud.plugins.module_utils import neighbours  # only a refusal needs it

                asked = neighbours.question(name, self.option_definitions, known)
                raise AnsibleParserError("%s: there is no such option%s" % (name, asked))

    def _check_booleans(self, given):
        """Refuse what is neither true nor false: for ansible-core it is false, so that a misspelled ``read_tags: ture``
        would leave out the tags that protect machines."""
        for name, definition in self.option_definitions.items():
            if definition.get("type") in ("bool", "boolean"):
                values = [(name, given[one]) for one in (name, *(definition.get("aliases") or ())) if one in given]
                named = [variable["name"] for variable in definition.get("env") or ()]
                values += [(variable, os.environ[variable]) for variable in named if variable in os.environ]
                for source, value in values:
                    if value is not None and not is_boolean(value):
                        raise AnsibleParserError("%s: %r is neither true nor false" % (source, value))

    def _check(self):
        """Refuse, with InvalidInput, what the types of the options cannot."""
        name = self.get_option("vars_name")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or inventory_hosts.is_taken(name):
            raise errors.InvalidInput("vars_name: %r is not a valid name for a variable, or is used by Ansible" % name)
        if not 1 <= self.get_option("page_size") <= 100000:
            raise errors.InvalidInput("page_size: %d is not between 1 and 100000" % self.get_option("page_size"))
        if not self.get_option("resource_types"):
            raise errors.InvalidInput("resource_types: an empty list would select nothing")
        for cloud in self.get_option("clouds") or ():
            if not re.fullmatch(r"[0-9]+", str(cloud)):
                raise errors.InvalidInput("clouds: %r is not the identifier of a cloud, which is a number" % cloud)
        for option in ("include", "exclude"):
            for condition in as_list(self.get_option(option)):
                check_condition(option, condition)
        for entry in self.get_option("hostnames"):
            problem = not inventory_hosts.simple_choice(entry) and syntax_problem(entry)
            if problem:
                raise errors.InvalidInput("hostnames: %s is not an expression: %s" % (entry, problem))
        tags_of_use = [entry for entry in self.get_option("hostnames") if entry.startswith("tag:")]
        if tags_of_use and not self.get_option("read_tags"):
            raise errors.InvalidInput("hostnames: %s needs read_tags" % tags_of_use[0])
        if "tags" in self.get_option("gather") and not self.get_option("read_tags"):
            raise errors.InvalidInput("gather: tags needs read_tags")

    def _cached_estate(self, may_use_cache):
        key = inventory_cache.key_of(self.NAME, self._identity(), self._wanted())
        entry = self._cache_entry(key) if may_use_cache else None
        age = inventory_cache.age_of(entry)
        if age is not None and (age < self._cache_timeout or self._cache_timeout == 0):
            estate = inventory_cache.unpack(entry)
            if estate is not None:
                return estate
        try:
            estate, problems = self._read_estate()
        except errors.CloudError as problem:
            old = self._stale_estate(entry, [problem])
            if old is None:
                raise
            return old
        if problems:  # what is complete and old is better than what is new and not complete
            old = self._stale_estate(entry, problems)
            return self._warned(estate, problems) if old is None else old
        self._cache[key] = inventory_cache.pack(estate)
        return estate

    def _stale_estate(self, entry, problems):
        """The estate of a cache entry of any age, where it may be used in spite of these problems; or None."""
        age = inventory_cache.age_of(entry)
        estate = inventory_cache.unpack(entry) if age is not None and all(map(self._may_be_stale, problems)) else None
        if estate is not None:
            said = "ITCare cannot be read, so what was read %d seconds ago is used: %s"
            self.display.warning(said % (age, "; ".join(dict.fromkeys(map(str, problems)))))
        return estate

    def _cache_entry(self, key):
        try:
            return self._cache.get(key)
        except Exception as problem:  # a damaged file: a cache plugin may raise anything
            self.display.warning("The cache cannot be read: %s" % problem)
            return None

    def _may_be_stale(self, problem):
        passing = (errors.Unreachable, errors.TimedOut, errors.PartialListing, errors.UnexpectedAnswer)
        status = problem.details.get("status") or 0
        return self.get_option("cache_stale_if_error") and (
            isinstance(problem, passing) or status == 429 or status >= 500
        )

    def _identity(self):
        return [self.get_option(name) for name in ("api_url", "token_url", "client_id", "scope", "access_token")]

    def _wanted(self):
        """What is asked of the platform, by option."""
        wanted = {name: self.get_option(name) for name in (*FILTERS, "resource_types", "read_tags", "gather")}
        wanted["dns_aliases"] = "dns_alias" in self.get_option("hostnames")
        return wanted

    def _read_estate(self):
        """The estate, and why it is not complete (list of CloudError). Logs in and reads."""
        # Imported only where it is needed: requests takes longer than a cached inventory of a thousand hosts.
        from ansible_collections.cegedim.cloud.plugins.module_utils import client
        from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_estate

        wanted = self._wanted()
        return inventory_estate.read(
            client.from_params({name: self.get_option(name) for name in CONNECTION}, "inventory"),
            inventory_estate.Wanted(
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

    def _warned(self, estate, problems):
        for problem in dict.fromkeys(map(str, problems)):
            self.display.warning("The inventory is not complete: %s" % problem)
        return estate

    def _populate(self, estate):
        self.prepare()
        allowed, styled = self._filter(), self._style()
        choices = [self._choice(entry) for entry in self.get_option("hostnames")]
        reserved = inventory_hosts.Reserved(self.inventory.groups)
        named, nameless = [], []
        for record in inventory_hosts.records(estate):
            variables = styled(record)
            if allowed("%s (id %s)" % (record.get("name"), record["id"]), variables):
                name = inventory_hosts.name_of(record, variables, choices, reserved)
                (named if name else nameless).append((name, record, variables))
        for sentence in reserved.in_words():
            self.display.warning(sentence)
        if nameless:
            others = [record for _name, record, _variables in named]
            records = [record for _name, record, _variables in nameless]
            entries = self.get_option("hostnames")
            raise errors.InvalidInput(inventory_hosts.nameless_in_words(records, entries, others))
        self._add_hosts(inventory_hosts.told_apart(named, self.get_option("duplicates")))

    def _add_hosts(self, named):
        names = {name for name, _record, _variables in named} | set(self.inventory.hosts)
        self.host_names = names
        wanted = self.get_option("default_groups")
        groups = inventory_hosts.DefaultGroups(
            self.inventory, wanted, self._sanitize_group_name, names, self.display.warning
        )
        for name, record, variables in named:
            host = self._host(name)
            host.vars.update(variables)
            for group in groups.of(record):
                join(group, host)
            self.construct(host)
        # Only now: what was evaluated for the groups and variables was not yet known to be harmless.
        texts = inventory_trust.Texts()
        for name, _record, _variables in named:
            inventory_trust.trust(self.inventory.hosts[name].vars, texts)
        for group in self.inventory.groups.values():
            group.clear_hosts_cache()

    def _host(self, name):
        """The Host of that name, new or not. Only the first is made by ansible-core; the others are like it."""
        hosts = self.inventory.hosts
        if name in hosts:
            return hosts[name]
        if self._of_every_host is None:
            self.inventory.add_host(name)
            self._of_every_host = dict(hosts[name].vars)
        else:
            hosts[name] = Host(name)
            hosts[name].vars.update(self._of_every_host)
        return hosts[name]

    def _style(self):
        """A function that gives the variables of a record. Their names are right: they go past ``set_variable``."""
        name = self.get_option("vars_name")
        nested = self.get_option("vars_style") == "nested"
        names = {}

        def prefixed(key):
            if key not in names:
                names[key] = "%s_%s" % (name, re.sub(r"[^A-Za-z0-9_]", "_", key))
            return names[key]

        def styled(record):
            variables = {name: record} if nested else {prefixed(key): value for key, value in record.items()}
            address = record.get("ip_address")
            if isinstance(address, str) and inventory_hosts.ADDRESS.fullmatch(address):
                variables["ansible_host"] = address
            return variables

        return styled

    def _filter(self):
        """A function that says of a name and its variables whether they become a host."""
        needed, unwanted = (
            [self._stated(option, text) for text in as_list(self.get_option(option))]
            for option in ("include", "exclude")
        )

        def allowed(name, variables):
            def all_variables():
                return variables

            return all(one.groups(name, variables, all_variables) for one in needed) and not any(
                one.groups(name, variables, all_variables) for one in unwanted
            )

        return allowed

    def _stated(self, option, text):
        return self.selection(option, text)

    def _choice(self, entry):
        """A function of a record and its variables that gives a name, for one entry of ``hostnames``."""
        simple = inventory_hosts.simple_choice(entry)
        if simple:
            return lambda record, _variables: simple(record)

        def evaluated(_record, variables):
            value = self.expression(entry).value(variables, lambda: variables)
            if value is not FAILED:
                return value
            try:
                return self._compose(entry, variables)
            except Exception as problem:
                if self._strict:
                    raise AnsibleParserError("hostnames: %s: %s" % (entry, problem)) from problem
                return None

        return evaluated


def check_condition(option, condition):
    """Refuse, with InvalidInput, what cannot be an entry of ``option`` (include or exclude) for any host."""
    if isinstance(condition, bool):
        return
    if not isinstance(condition, str) or not condition.strip():
        raise errors.InvalidInput("%s: %r is not a condition; write an expression as text" % (option, condition))
    problem = syntax_problem(condition)
    if problem:
        hint = "; write conditions without braces" if condition.strip().startswith(("{{", "{%")) else ""
        raise errors.InvalidInput("%s: %s is not a condition: %s%s" % (option, condition, problem, hint))


def is_boolean(value):
    """Whether Ansible knows ``value`` as true or false."""
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def as_list(value):
    """An option that takes one or several; a comma is a part of a condition."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
