# SPDX-License-Identifier: GPL-3.0-or-later
"""How processes are called: the documentation has two examples, real clients saw others."""

from __future__ import annotations

import zlib

_PREFIXES = {
    "APACHE_KAFKA": "kafka",
    "GLUSTERFS": "glfs",
    "KUBERNETES": "k8s",
    "LOAD_BALANCER": "lb",
    "MARIADB": "maria",
    "MATOMO": "matomo",
    "OPENSEARCH": "os",
    "OVERDRIVE": "ovd",
    "POSTGRESQL": "pg",
    "RABBITMQ": "rmq",
    "REDIS": "redis",
    "SQLSERVER": "mssql",
    "URL": "url",
}


def shown(action, names: str) -> str:
    """The name of an action's process: as it is, `vm_create_snapshot`, or a word that tells nothing."""
    if names == "upper":
        return action.process
    if names == "opaque":
        return f"job_{zlib.crc32(action.process.encode()) % 9973}"
    verb = action.process.removesuffix(f"_{action.resource_type}").lower()
    return f"{_PREFIXES.get(action.resource_type, 'vm')}_{verb}"
