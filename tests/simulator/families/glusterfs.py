# SPDX-License-Identifier: GPL-3.0-or-later
"""GlusterFS."""

from __future__ import annotations

import re

from .. import clusters
from ..call import Call, operation
from ..clusters import NODE_FIELDS
from ..listing import filtered
from ..state import COMPUTED


@operation("list_glusterfs")
def list_glusterfs(call: Call):
    return call.page(filtered(call, "glusterfs"), "GlusterFs")


@operation("create_glusterfs")
def create_glusterfs(call: Call):
    body = call.body
    call.require(10 <= body["diskSize"] <= 1024, "diskSize must be 10 to 1024")
    return clusters.create(
        call,
        "glusterfs",
        count=2,
        prefix=f"GLU{body['name']}",
        topology="CLUSTER",
        url=f"{body['name'].replace('_', '-')}.acme.example",
        virtualIp="10.62.0.51",
        _volumes={body["user_name"]: body["diskSize"]},
    )


def _volumes(record: dict) -> dict[str, int]:
    """Volume name -> GB. The answer of GET volumes has no name: the mounting point ends with it, in one way or
    another (setting mounting_points)."""
    return record.get("_volumes", {"data": 100})


def _keep(record: dict, **sizes: int | None):
    """An effect: these volumes get these sizes; None: they are gone."""
    return lambda: record.update(
        _volumes={name: size for name, size in {**_volumes(record), **sizes}.items() if size is not None}
    )


def _size(call: Call) -> int:
    """The size in GB: an integer at creation, a string in the volume operations."""
    text = call.options.get("diskSize", "")
    call.require(re.fullmatch(r"\d{1,4}", text) and 10 <= int(text) <= 1024, "diskSize must be 10 to 1024")
    return int(text)


def _add_volume(call: Call, record: dict):
    """A volume is named like its user: the operation has no name, the others want one."""
    name, size, volumes = call.options.get("userName", ""), _size(call), _volumes(record)
    call.require(re.fullmatch(r"[a-z0-9_\-]{1,32}", name), "userName is not well-formed")
    call.require(name not in volumes, "A volume of this name exists")
    call.require(call.options.get("userPass"), "userPass is missing")
    return call.start(record, "ADD_VOLUME", f"Add a volume to {record['name']}", _keep(record, **{name: size}))


def _resize_volume(call: Call, record: dict):
    name, size, volumes = call.options.get("name"), _size(call), _volumes(record)
    call.require(name in volumes, "Unknown volume")
    call.require(size >= volumes[name], "A volume only grows")
    return call.start(record, "RESIZE_VOLUME", f"Resize a volume of {record['name']}", _keep(record, **{name: size}))


def _delete_volume(call: Call, record: dict):
    name, volumes = call.options.get("name"), _volumes(record)
    call.require(name in volumes, "Unknown volume")
    return call.start(record, "DELETE_VOLUME", f"Delete a volume of {record['name']}", _keep(record, **{name: None}))


clusters.register(
    "glusterfs",
    operations={
        **clusters.COMMON,
        "add_volume": _add_volume,
        "resize_volume": _resize_volume,
        "delete_volume": _delete_volume,
    },
)


@operation("list_glusterfs_volumes")
def list_glusterfs_volumes(call: Call):
    volumes = _volumes(call.resource("glusterfs"))
    place = {"path": "/data/{}", "export": "gluster01:/{}", "bare": "{}"}[call.settings.mounting_points]
    unit = 1 if call.settings.volume_unit == "gb" else 1024
    return [
        {"free": size * unit // 2, "mountingPoint": place.format(name), "sizeOf": size * unit, "type": "glusterfs"}
        for name, size in volumes.items()
    ]


# Numbers as texts: so the reference has them.
COMPUTED["glusterfs"] = lambda state, record: {
    "nodeCount": str(record["nodeCount"]),
    "volumeCount": str(len(_volumes(record))),
}
NODE_FIELDS["GlusterFsNode"] = lambda record, node: {"glfsType": "REPLICA", "version": record["version"]}
