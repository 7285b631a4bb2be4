# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: ovc
short_description: Hosts, groups and variables from OpenvCloud
version_added: 1.0.0
description:
  - Turns the machines that a login sees in OpenvCloud into hosts. Cloudspaces, accounts, locations and more become
    groups.
  - The file of the inventory has to end in C(ovc.yml) or C(ovc.yaml). An option that does not exist is an error.
  - Options of the connection may be templates. The variables in them are extra variables, and lookups are allowed.
  - The guide "OpenvCloud inventory" of this collection has examples and tells what each variable and group is.
author:
  - cegedim.cloud collection team (@cegedim-cloud)
options:
  plugin:
    description:
      - Says that the file is for this plugin.
    type: str
    required: true
    choices:
      - cegedim.cloud.ovc
  url:
    description:
      - Address of the platform, such as V(https://dc-1.example.com), without the path of its API.
    type: str
    required: true
    env:
      - name: OVC_URL
    ini:
      - section: ovc
        key: url
  allow_http:
    description:
      - Whether O(url) and O(token_url) may begin with V(http), which sends secrets in clear. Addresses of this very
        host may always.
    type: bool
    default: false
    env:
      - name: OVC_ALLOW_HTTP
    ini:
      - section: ovc
        key: allow_http
  token_url:
    description:
      - Where the identity server gives tokens to clients.
    type: str
    default: https://itsyou.online/v1/oauth/access_token
    env:
      - name: OVC_TOKEN_URL
    ini:
      - section: ovc
        key: token_url
  client_id:
    description:
      - The C(Application ID) of an API key of a user. Keys of organizations do not work, since the platform knows users
        only.
      - One login is needed, and only one. It is O(client_id) with O(client_secret), or O(access_token), or O(username)
        with O(password).
    type: str
    env:
      - name: OVC_CLIENT_ID
    ini:
      - section: ovc
        key: client_id
  client_secret:
    description:
      - The secret of the API key.
    type: str
    env:
      - name: OVC_CLIENT_SECRET
  client_authentication:
    description:
      - How the identity server gets O(client_id) and O(client_secret). With V(post) they are in the form, with V(basic)
        in a header.
    type: str
    choices:
      - post
      - basic
    default: post
    env:
      - name: OVC_CLIENT_AUTHENTICATION
    ini:
      - section: ovc
        key: client_authentication
  scope:
    description:
      - Scope to ask for. With V(offline_access) the token can be renewed without the client's secret.
    type: str
    env:
      - name: OVC_SCOPE
    ini:
      - section: ovc
        key: scope
  validity:
    description:
      - Seconds for which the token is to be valid. It can only shorten what the identity server would give, which is
        one day at most.
    type: int
    env:
      - name: OVC_VALIDITY
    ini:
      - section: ovc
        key: validity
  username:
    description:
      - A user of the platform itself, who logs in with O(password) and gets a session key instead of a token. The
        platform reads that key from the address of each request, so its own logs, and those of proxies, may hold it.
    type: str
    env:
      - name: OVC_USERNAME
  password:
    description:
      - The password of O(username).
    type: str
    env:
      - name: OVC_PASSWORD
  access_token:
    description:
      - A ready-made JWT of the identity server. It is used as it is, and cannot be renewed.
    type: str
    env:
      - name: OVC_ACCESS_TOKEN
  token_store:
    description:
      - Whether to keep the token, or the session key, for later runs and for modules, in a file that only this user can
        read, in the user's runtime directory.
    type: bool
    default: true
    env:
      - name: OVC_TOKEN_STORE
    ini:
      - section: ovc
        key: token_store
  ca_path:
    description:
      - File or directory with the certificate authorities to trust, in PEM form, instead of the usual ones.
    type: path
    env:
      - name: OVC_CA_PATH
    ini:
      - section: ovc
        key: ca_path
  validate_certs:
    description:
      - Whether to verify the server's certificate. Leave it on; use O(ca_path) for a private authority.
    type: bool
    default: true
    env:
      - name: OVC_VALIDATE_CERTS
    ini:
      - section: ovc
        key: validate_certs
  proxy:
    description:
      - Address of an HTTP proxy, such as V(http://proxy.example.com:3128). By default the usual environment variables
        decide (E(HTTPS_PROXY), E(NO_PROXY)).
    type: str
    env:
      - name: OVC_PROXY
  connect_timeout:
    description:
      - Seconds to wait for a connection.
    type: float
    default: 10
    env:
      - name: OVC_CONNECT_TIMEOUT
    ini:
      - section: ovc
        key: connect_timeout
  read_timeout:
    description:
      - Seconds to wait for an answer.
    type: float
    default: 60
    env:
      - name: OVC_READ_TIMEOUT
    ini:
      - section: ovc
        key: read_timeout
  retry_timeout:
    description:
      - Seconds to go on trying when the platform is not available for a moment (connection errors, HTTP 429, 500,
        502, 503, 504, and answers that cannot be read).
      - Where the platform answers HTTP 429, they count from its last answer to any request of the same process, so
        that requests which wait for one another are not given up.
      - A host that has not answered yet gets five seconds, since its address is more likely wrong than it is
        restarting.
    type: float
    default: 120
    env:
      - name: OVC_RETRY_TIMEOUT
    ini:
      - section: ovc
        key: retry_timeout
  parallel_requests:
    description:
      - The most requests that one process has in flight at the same time, between 1 and 100.
      - Where the platform allows fewer (HTTP 429), the number halves, and grows back as it answers.
    type: int
    default: 5
    env:
      - name: OVC_PARALLEL_REQUESTS
    ini:
      - section: ovc
        key: parallel_requests
  accounts:
    description:
      - Accounts, each as a name or an id. One that does not exist is an error.
    type: list
    elements: str
  cloudspaces:
    description:
      - Cloudspaces, each as a name or an id. One that does not exist is an error. If several have the same name, give
        the id, or O(accounts), too.
    type: list
    elements: str
  statuses:
    description:
      - Statuses of machines, such as V(RUNNING) or V(HALTED).
      - By default, all but those that are or were in the bin (V(DELETED), V(DESTROYING), V(DESTROYED)). The listing of
        the platform mostly hides these, so that they may be missing even if they are asked for.
    type: list
    elements: str
  names:
    description:
      - Names of machines. A leading C(!) excludes a name.
    type: list
    elements: str
  hostnames:
    description:
      - What a host is called. The first entry that gives a name is taken.
      - V(name) is the name of the machine, V(hostname) its host name, and V(ip_address) its address. Anything else is a
        Jinja expression, as in O(compose), without braces.
      - In a name, blanks, commas, colons, brackets and other characters that have a meaning in patterns are replaced,
        each run of them by one underscore, and removed at both ends. IP addresses remain unchanged.
      - A name that begins with a dash or contains a slash is skipped. So are V(localhost), V(all), V(ungrouped) and the
        names of groups from other sources, with a warning.
    type: list
    elements: str
    default:
      - name
  duplicates:
    description:
      - What to do when several hosts have the same name, as machines in different cloudspaces may. V(fail) names them
        and stops. V(first) takes the one with the lowest id. V(suffix) appends an underscore and the cloudspace to the
        name of each, and the id where that is the same, too.
      - Names are compared after they have been cleaned. See O(hostnames).
    type: str
    choices:
      - fail
      - first
      - suffix
    default: fail
  connect_by:
    description:
      - How Ansible reaches a host. The first entry that the host has is taken. A host that has none of them gets no
        C(ansible_host).
      - V(address) is the address of the machine, from the first interface that has one. V(port_forward) is the public
        address and the public port of a port forward to one of O(local_ports), as C(ansible_host) and C(ansible_port);
        it costs a request for each cloudspace.
    type: list
    elements: str
    default:
      - address
    choices:
      - address
      - port_forward
  local_ports:
    description:
      - Ports of the machine to which a port forward may lead with O(connect_by=port_forward). The first one that has a
        forward is taken, by default SSH, then WinRM.
    type: list
    elements: int
    default:
      - 22
      - 5986
  default_groups:
    description:
      - Which groups every host is put into, each with the name of the entry as its prefix, such as
        C(cloudspace_web). V(ovc) is one group for all. An empty list switches all of them off.
      - V(image) needs O(gather=details) or O(gather=images), V(os) needs O(gather=images).
      - In the name of a group, each run of characters that Ansible does not allow becomes one underscore.
      - A group that has the same name as a host is not created, and a warning is displayed. This also applies to
        O(groups) and O(keyed_groups).
    type: list
    elements: str
    default:
      - ovc
      - cloudspace
      - account
      - location
      - status
      - image
      - os
    choices:
      - ovc
      - cloudspace
      - account
      - location
      - status
      - image
      - os
  gather:
    description:
      - What else to read. V(details) reads the page of each machine, which costs one request for each and shows the
        image, the description and the disks. The variable C(source) of a host is then V(details); with
        O(on_partial=warn) it is V(listing) where the page could not be read.
      - V(images) reads the images of each account, which shows the name and the kind of operating system of the image.
      - Without V(details), the page is read only for the address, where the row of a machine shows none and it is
        needed for O(connect_by) or O(hostnames).
    type: list
    elements: str
    default: []
    choices:
      - details
      - images
  vars_name:
    description:
      - Name of the variable, or the prefix of the variables. See O(vars_style).
    type: str
    default: ovc
  on_partial:
    description:
      - What to do when the machines or the port forwards of a cloudspace, or the page of a machine, cannot be read
        after all retries. V(fail) stops. V(warn) goes on with what could be read, says what is missing, and does not
        cache it.
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
notes:
  - Passwords and other secrets that the platform shows, such as those of the accounts in a machine, are neither
    variables nor in the cache.
"""

EXAMPLES = r"""
# The file is called web.ovc.yml. The address and the login come from the environment.
---
plugin: cegedim.cloud.ovc
cloudspaces:
  - web
statuses:
  - RUNNING
connect_by:
  - port_forward
  - address
compose:
  ansible_user: "'cloudscalers'"
  ansible_connection: "'winrm' if ovc.forward.local_port | default(22) == 5986 else 'ssh'"
keyed_groups:
  - key: ovc.size_id | default('other', true) | string
    prefix: size
"""

from ansible_collections.cegedim.cloud.plugins.module_utils import errors
from ansible_collections.cegedim.cloud.plugins.plugin_utils import ovc_hosts
from ansible_collections.cegedim.cloud.plugins.plugin_utils.inventory_plugin import EstateInventory

CONNECTION = (
    "url allow_http token_url client_id client_secret client_authentication scope validity username password "
    "access_token token_store ca_path validate_certs proxy connect_timeout read_timeout retry_timeout "
    "parallel_requests".split()
)
FILTERS = ("accounts", "cloudspaces", "statuses", "names")


class InventoryModule(EstateInventory):
    """The machines of an OpenvCloud."""

    NAME = "cegedim.cloud.ovc"
    SYSTEM = "OpenvCloud"
    ENDINGS = ("ovc.yml", "ovc.yaml")
    IDENTITY = ("url", "token_url", "client_id", "scope", "username", "access_token")
    PARTS = ovc_hosts.PARTS
    GROUPS = ovc_hosts.GROUPS
    PLACE = ("cloudspace", "cloudspace_name")
    CONDITION = "ovc.description | default('') == 'web'"

    def _check_values(self):
        for option in (*FILTERS, "connect_by"):
            if self.get_option(option) == []:
                raise errors.InvalidInput("%s: an empty list would select nothing" % option)
        for port in self.get_option("local_ports"):
            if not str(port).isdecimal() or not 1 <= int(port) <= 65535:
                raise errors.InvalidInput("local_ports: %s is not the number of a port" % port)
        if self._has_forwards() and not self.get_option("local_ports"):
            raise errors.InvalidInput("local_ports: an empty list leaves connect_by=port_forward nothing to look for")

    def _has_forwards(self):
        return "port_forward" in self.get_option("connect_by")

    def _wanted(self):
        needs_address = "address" in self.get_option("connect_by") or "ip_address" in self.get_option("hostnames")
        given = {name: self.get_option(name) for name in FILTERS}
        return dict(
            {name: values and [str(value) for value in values] for name, values in given.items()},
            addresses=needs_address,
            port_forwards=self._has_forwards(),
            details="details" in self.get_option("gather"),
            images="images" in self.get_option("gather"),
        )

    def _read_estate(self):
        from ansible_collections.cegedim.cloud.plugins.module_utils import openvcloud
        from ansible_collections.cegedim.cloud.plugins.plugin_utils import ovc_estate

        client = openvcloud.connect({name: self.get_option(name) for name in CONNECTION}, "inventory")
        tolerant = self.get_option("on_partial") == "warn"
        return ovc_estate.read(client, ovc_estate.Wanted(**self._wanted(), tolerant=tolerant))

    def _records(self, estate):
        return ovc_hosts.records(estate, self.texts, [int(port) for port in self.get_option("local_ports")])

    def _simple_choice(self, words):
        return ovc_hosts.simple_choice(words)

    def _reached_at(self, record):
        return ovc_hosts.connection(record, self.get_option("connect_by"))
