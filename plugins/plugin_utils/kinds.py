# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources that a module brings to a state as a whole, and the turns in which modules build what they manage."""

from __future__ import annotations

from ..module_utils.products.glusterfs import GLUSTERFS
from ..module_utils.products.instances import INSTANCE
from ..module_utils.products.kafka import KAFKA
from ..module_utils.products.kubernetes.clusters import K8S_CLUSTER
from ..module_utils.products.loadbalancers.loadbalancer import LOADBALANCER
from ..module_utils.products.mariadb import MARIADB
from ..module_utils.products.matomo import MATOMO
from ..module_utils.products.opensearch import OPENSEARCH
from ..module_utils.products.overdrive import OVERDRIVE
from ..module_utils.products.postgresql import POSTGRESQL
from ..module_utils.products.rabbitmq import RABBITMQ
from ..module_utils.products.redis import REDIS
from ..module_utils.products.sqlserver import SQLSERVER

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
