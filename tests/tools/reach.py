# SPDX-License-Identifier: GPL-3.0-or-later
"""Which module reaches which documented operation: its own subject, not what it looks up on the way.

Resources and listings tell it themselves. What a module does by functions of its own is written here.
"""

from __future__ import annotations

import re

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import CloudError
from ansible_collections.cegedim.cloud.plugins.module_utils.listing import Listing
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import Resource
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen

REGIONS = "/topology/regions"
AREA = REGIONS + "/{}/areas/{}"
ZONE = AREA + "/availability-zones/{}"
LOADBALANCER = "/networking/loadbalancers/{}"

# The modules for what resources of all kinds have in common: the first to name where many reach the same operation.
OF_ANY_KIND = ("itcare_comment", "itcare_resource_info", "itcare_tag")
# Beyond resources and listings: "METHOD METHOD path", where {} is any parameter.
WRITTEN = {
    "itcare_action": ("GET /actions", "GET /actions/{}"),
    "itcare_action_info": ("GET /actions", "GET /actions/{}"),
    "itcare_authentication_domain_info": (f"GET {ZONE}/networks/{{}}/authentication-domains",),
    "itcare_backup_policy_info": ("GET /compute/backup-policies", "GET /compute/backup-policies/{}"),
    "itcare_certificate_info": (f"GET {AREA}/certificates",),
    "itcare_change_info": ("GET /changes",),
    "itcare_comment": ("PATCH /compute/resources/{}/comments",),
    "itcare_dns_alias": (
        "GET POST /compute/resources/{}/dns-aliases",
        "DELETE /compute/resources/{}/dns-aliases/{}",
    ),
    "itcare_domain_info": ("GET /networking/domains", "GET /networking/domains/{}"),
    "itcare_environment_info": ("GET /compute/environments",),
    "itcare_hardware_info": ("GET /compute/services/{}/hardwares",),
    "itcare_health_check_info": (f"GET {AREA}/healthchecks",),
    "itcare_instance_snapshot": (
        "GET POST PATCH /compute/instances/{}/snapshots",
        "DELETE /compute/instances/{}/snapshots/{}",
    ),
    "itcare_k8s_cluster": (
        "GET /compute/containers/kubernetes/{}/nodes",
        "DELETE /compute/containers/kubernetes/{}/nodes/{}",
    ),
    "itcare_k8s_cluster_info": ("GET /compute/containers/kubernetes/ingress-providers",),
    "itcare_loadbalancer": (
        "POST /compute/containers/kubernetes/{}/loadbalancers",
        f"GET POST {LOADBALANCER}/members",
        f"PATCH DELETE {LOADBALANCER}/members/{{}}",
    ),
    "itcare_loadbalancer_info": (
        f"GET {LOADBALANCER}/events",
        "GET /networking/loadbalancers/protocols",
        "GET /networking/loadbalancers/internal-whitelist",
    ),
    "itcare_loadbalancer_member": (
        f"GET POST {LOADBALANCER}/members",
        f"PATCH DELETE {LOADBALANCER}/members/{{}}",
    ),
    "itcare_loadbalancer_url": (f"GET POST {LOADBALANCER}/urls", f"PATCH DELETE {LOADBALANCER}/urls/{{}}"),
    "itcare_metric_info": ("GET /compute/resources/metrics",),
    "itcare_network_cluster_info": ("GET /compute/services/{}/network-clusters",),
    "itcare_network_info": (
        f"GET {AREA}/networks",
        f"GET {AREA}/loadbalancers-networks",
        f"GET {ZONE}/networks",
        "GET /networking/networks",
        "GET /networking/networks/{}/loadbalancers-networks",
        "GET /compute/services/{}/instances",
    ),
    "itcare_opensearch": ("GET /databases/opensearch/{}/nodes",),
    "itcare_obsolescence_info": (
        "GET /compute/platform/resources-obsolescence",
        "GET /compute/platform/stats/global",
    ),
    "itcare_patch_policy": ("GET PATCH /compute/services/{}/patch-policies",),
    "itcare_postgresql": (
        "GET /databases/postgresql/{}/databases",
        "GET /databases/postgresql/{}/extensions",
        "GET /databases/postgresql/{}/versions",
    ),
    "itcare_postgresql_restore": ("PATCH /databases/postgresql/{}",),
    "itcare_product_info": (
        "GET /compute/platform/products",
        "GET /compute/platform/products/{}",
        "GET /compute/platform/products/{}/regions",
        "GET /compute/platform/support-policy",
    ),
    "itcare_sqlserver": ("GET /databases/sqlserver", "HEAD /databases/sqlserver/{}"),
    "itcare_region_info": (f"GET {REGIONS}", f"GET {REGIONS}/{{}}", f"GET {REGIONS}/{{}}/areas"),
    "itcare_resource_filter_info": ("GET /compute/resource-filters",),
    "itcare_resource_info": ("HEAD /compute/resources/{}",),
    "itcare_resource_type_info": (
        "GET /compute/resource-types",
        "GET /compute/resource-types/{}/technologies",
        "GET /compute/types",
    ),
    "itcare_ssl_profile_info": (f"GET {AREA}/ssl-profiles",),
    "itcare_status_info": ("GET /compute/statuses",),
    "itcare_tag_info": ("GET /compute/tag-keys", "GET /compute/tag-values"),
    "itcare_tag": ("GET POST PUT DELETE /compute/resources/{}/tags",),
}


def plain(path: str) -> str:
    """A path of the contract, or of ours, with ``{}`` for each parameter."""
    return re.sub(r"\{[^}]*\}|(?<=/)7(?=/|$)", "{}", path)


def reached(name: str, module) -> set[str]:
    """What a module reaches, as "METHOD path" with {} for parameters; some of it may not be in the contract."""
    found = set()
    for words in WRITTEN.get(name, ()):
        *methods, path = words.split()
        found |= {f"{method} {path}" for method in methods}
    for value in vars(module).values():
        if isinstance(value, Resource):
            found |= of_resource(value)
        if isinstance(value, Listing):
            found |= of_listing(value)
    return found


def of_resource(resource: Resource) -> set[str]:
    """Creating, reading, changing and deleting it, and its comment and tags, which have paths of their own."""
    own = {f"{method} {resource.path}/{{}}" for method in ("GET", "PATCH", "DELETE")}
    names = {one.name for one in resource.fields}
    comment = {"PATCH /compute/resources/{}/comments"} if "comment" in names else ()
    tags = {f"{method} /compute/resources/{{}}/tags" for method in ("GET", "POST", "DELETE")}
    return {f"POST {resource.path}", *own, *comment, *(tags if "tags" in names else ())}


def of_listing(listing: Listing) -> set[str]:
    """The listing, a page of its own, and what can be gathered of each row."""
    client = Recorder()
    for _key, read in listing.gathered.values():
        if read:
            try:
                read(client, Seen({"id": 7, "name": "x"}, 7, 7))
            except (CloudError, TypeError, AttributeError, KeyError):
                pass  # it was asked, and the answer says nothing
    own = f"GET {listing.own_path or listing.path}/{{}}"
    rows = f"GET {listing.path}" if listing.path else own
    return {rows, own, *(f"GET {plain(path)}" for path in client.asked)}


class Recorder:
    """A client that notes which paths are read, and answers that there is nothing."""

    def __init__(self):
        self.asked = []

    def get(self, path, *_words, **_more):
        self.asked.append(path)
        return []

    find = pages = get
