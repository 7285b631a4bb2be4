# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources that a module brings to a state as a whole, and the turns in which modules build what they manage."""

from __future__ import annotations

import re

from ..module_utils.products.glusterfs import GLUSTERFS
from ..module_utils.products.instances import INSTANCE
from ..module_utils.products.kafka import KAFKA
from ..module_utils.products.kubernetes.clusters import K8S_CLUSTER
from ..module_utils.products.loadbalancers.loadbalancer import LOADBALANCER
from ..module_utils.products.mariadb import MARIADB
from ..module_utils.products.matomo import MATOMO
from ..module_utils.products.opensearch import OPENSEARCH
from ..module_utils.products.overdrive import OVERDRIVE
from ..module_utils.products.patch_policies import is_machine
from ..module_utils.products.postgresql import POSTGRESQL
from ..module_utils.products.rabbitmq import RABBITMQ
from ..module_utils.products.redis import REDIS
from ..module_utils.products.shared.farm import BROKERS, DATABASES, KIND_KEYS
from ..module_utils.products.sqlserver import SQLSERVER
from ..module_utils.spelling import SNAKE

# In the order in which they are shown.
RESOURCES = (
    INSTANCE,
    K8S_CLUSTER,
    POSTGRESQL,
    MARIADB,
    SQLSERVER,
    OPENSEARCH,
    REDIS,
    KAFKA,
    RABBITMQ,
    GLUSTERFS,
    OVERDRIVE,
    MATOMO,
    LOADBALANCER,
)


def module_of(resource):
    """The name of the module that manages a Resource."""
    return "itcare_" + resource.kind


APPLICATION_SERVERS = "/compute/application-servers"
_PATHS = (*(resource.path for resource in RESOURCES), APPLICATION_SERVERS)
_WORDS = {**DATABASES.words, **BROKERS.words, K8S_CLUSTER.kind: ("kubernetes",)}


def path_of(row):
    """The path of the listing of what a row shows (a result, with snake_case keys); None where that cannot be told.

    The ``path`` of a row may be that one, that of its own page, or a category such as
    ``/compute/instances/Windows/Server2022``. Where it tells nothing, the words of the row do.
    """
    shown = "%s/" % (row.get("path") or "")
    below = [path for path in _PATHS if shown.startswith(path + "/")]
    if below:
        return max(below, key=len)
    said = _letters(" ".join(str(row.get(SNAKE[key]) or "") for key in (*KIND_KEYS, "category")))
    if is_machine(row):
        return APPLICATION_SERVERS if "applicationserver" in said else INSTANCE.path
    fitting = (one for one in RESOURCES if any(word in said for word in _WORDS.get(one.kind, (one.kind,))))
    return next((one.path for one in fitting if one is not INSTANCE), None)


def _letters(text):
    return re.sub(r"[^a-z0-9]", "", text.casefold())


# What is built by turns, since it needs what was built before; it is removed in reverse order.
PRODUCTS, LOADBALANCERS, NAMES, MEMBERS, REMARKS = range(1, 6)
LATER = {
    module_of(LOADBALANCER): LOADBALANCERS,
    "itcare_loadbalancer_url": NAMES,
    "itcare_dns_alias": NAMES,
    "itcare_loadbalancer_member": MEMBERS,
}


def turn(module):
    """The turn of a module by its name."""
    if module in map(module_of, RESOURCES):
        return LATER.get(module, PRODUCTS)
    return LATER.get(module, REMARKS)
