# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation leaves open, as switches. Each setting's default is the plainest reading."""

from __future__ import annotations

ALL = "all"

# name: (default, allowed values or type, meaning)
SETTINGS: dict[str, tuple] = {
    "estate": (
        "acme",
        ("acme", "elsewhere"),
        "the estate at the start and after a reset: that of the examples, or one with other names, ids and products",
    ),
    "numbers": (
        "same",
        ("same", "different", "overlapping"),
        "id and internalResourceId of a record: equal; different; or different, and each the id of another of its kind",
    ),
    "product_paths": (
        "id",
        ("id", "internal"),
        "the number in every path but /compute/resources/{id}, which takes the id",
    ),
    "action_numbers": ("id", ("id", "internal"), "the number that /actions and /operations filter by"),
    "body_numbers": (
        "id",
        ("id", "internal"),
        "the number in bodies and of members: resourceId, sourceId, delete_nodes' nodes, parentId",
    ),
    "rows": (
        "full",
        ("full", "sparse", "old"),
        "rows of listings: complete; with few fields (state.SPARSE); or with state.STALE as it was at first",
    ),
    "row_numbers": (
        "both",
        ("both", "id_only"),
        "whether rows of listings, those of nodes included, have both numbers",
    ),
    "numbers_as_text": (False, bool, "cpu, ram, nodeCount, sizes and the like are answered as text, storage as 40.0"),
    "ids_as_text": (False, bool, "ids, and the ports of members, are answered as text"),
    "booleans_as_text": (False, bool, 'booleans are answered as text, "true" and "false"'),
    "categories": (
        "upper",
        ("upper", "words"),
        "how answers spell categories: INSTANCES, as an example does, or Instance, as the product pages do",
    ),
    "platform_shown": (
        "code",
        ("code", "label"),
        "whether records show the code of their platform, imageCode and productCode, or only its label, productName",
    ),
    "unknown_actions": (
        200,
        (200, 404, 400),
        "what GET /actions answers for a name or a number that no resource has: an empty list, or a refusal",
    ),
    "machine_pages": (
        "all",
        ("all", "instances"),
        "what GET /compute/instances/{id} knows: nodes and application servers, too, or only plain instances",
    ),
    "nodes_listed": (
        False,
        bool,
        "nodes of managed products and application servers are listed among the instances, nodes among all resources",
    ),
    "tags_listed": (
        "all",
        ("all", "none", "null", "by_ids", "without_machines", "without_nodes"),
        "rows of GET /compute/resources: with tags; without the field; with null; machines only where asked for by ids;"
        " no machine at all; no node where asked for by ids",
    ),
    "between_pages": (
        "nothing",
        ("nothing", "insert", "remove", "swap"),
        "what happens before each further page of a listing: nothing; a resource joins at the front; one leaves there;"
        " one leaves there and another joins at the end",
    ),
    "totals": (
        "numbers",
        ("numbers", "text", "null", "words"),
        "totalElements and totalPages of a page: as numbers; as digits in text; null; or words",
    ),
    "rows_without_id": (False, bool, "rows of listings with pages lack the id"),
    "catalogue": (
        "full",
        ("full", "empty", "forbidden"),
        "what is offered (products, places, backup policies, health checks, ...): all, empty lists, or 403",
    ),
    "order_answers": (
        "action",
        ("action", "empty_200", "empty_204", "object"),
        "what an accepted order answers: its action, nothing with 200 or 204, or {}",
    ),
    "process_names": (
        "upper",
        ("upper", "prefixed", "opaque"),
        "names of processes: CREATE_SNAPSHOT, vm_create_snapshot, or job_17",
    ),
    "actions_sparse": (False, bool, "rows of /actions lack resourceName, family, submittedAt and completedAt"),
    "failed_creation": (
        "gone",
        ("gone", "remnant"),
        "a failed creation leaves nothing, or the resource in PREPARATION, which can be deleted",
    ),
    "removal_lags": (0.0, float, "seconds for which listings still show what is gone"),
    "busy_status": (
        409,
        (409, 400),
        "the refusal of a write while an action is in progress: 409, or 400 with a message",
    ),
    "snapshot_shape": ("object", ("object", "list", "page"), "a snapshot is answered as itself, in a list, in a page"),
    "mounting_points": ("path", ("path", "export", "bare"), "volumes of a GlusterFS: /data/a, gluster01:/a, or a"),
    "volume_unit": ("gb", ("gb", "mb"), "the unit of sizeOf and free of the volumes of a GlusterFS"),
    "parameters_replaced": (False, bool, "reconfigure of a Kafka takes back the parameters that it does not name"),
    "parameters_shown": (
        "pairs",
        ("pairs", "lines", "json", "count"),
        "overloadedParams of a Kafka: a=1,b=2; one pair a line; a JSON object; or only how many there are",
    ),
    "member_paths": (
        "resource",
        ("resource", "either"),
        "how a path names a member of a load balancer: by the number of its resource; or by its technicalId, too",
    ),
    "member_ports": (
        "first",
        ("first", "all", "refused"),
        "which ports such a number means if the resource has several: the first one, all, or none, with 400",
    ),
    "dns_answers": ("all", ("all", "new"), "an added DNS alias is answered with all of its resource, or alone"),
    "patch_policies": (
        "all",
        ("all", "excluded"),
        "patch policies of a service: of all its resources, or of those that are excluded, as the title says",
    ),
    "patch_row_ids": (
        "action",
        ("action", "resource"),
        "the id in an accepted row of service patch policies: its action's, or its resource's (example)",
    ),
    "requests_in_flight": (
        0,
        int,
        "how many requests the API takes at a time, latency included: 0 for any number, else 429",
    ),
    "retry_after": (None, (None, int, float), "seconds that such a 429 names in Retry-After; none: no such header"),
    "latency": (0.0, float, "seconds before every answer of the API"),
    "action_seconds": (0.2, float, "how long an action stays IN_PROGRESS"),
    "late_visibility": (0.0, float, "seconds between an action's SUCCESS and its effect being seen"),
    "late_action": (0.0, float, "seconds during which GET /actions/{id} answers 404 for a new action"),
    "creation_visible": (False, bool, "a resource being created is listed, in PREPARATION"),
    "removed_visible": (False, bool, "deleted resources stay listed, with status REMOVED"),
    "accepted_status": (None, (None, 200, 201, 202), "status of every answered action; none: the documented one"),
    "internal_id": (True, bool, "answered actions carry the resource's internalResourceId in internalId"),
    "action_without_status": (False, bool, "an action is answered as its id only"),
    "action_id_as_text": (False, bool, "an action's id is answered as a string"),
    "refused_row_status": ("FAILED", ("FAILED", "ERROR"), "status of a refused row of service patch policies"),
    "empty_snapshot": (
        204,
        (204, 404, 200, "empty_200", "list", "page"),
        "no snapshot: 204, 404, or 200 with an empty object, without a body, with an empty list, with an empty page",
    ),
    "patch_group": (
        "documented",
        ("documented", "any"),
        "the patch group's JSON type: as documented per product, or either",
    ),
    "platform_value": ("either", ("either", "code", "platform"), "what a managed product's creation takes as platform"),
    "added_nodes": (
        "even",
        ("even", "pairs"),
        "how many nodes OpenSearch adds: any even number; or two at a time, to clusters of 5 or more",
    ),
    "sqlserver_exists_by": (
        "either",
        ("either", "name", "listener"),
        "what HEAD /databases/sqlserver/{name} looks for: the name of one, that of its listener, or both",
    ),
    "names_filter": ("exact", ("exact", "ignore_case", "substring"), "how names= compares"),
    "cluster_size": (
        "node",
        ("node", "total"),
        "what cpu and ram of a cluster are: those of a node, or of all nodes together; its sizing is no text then",
    ),
    "ram_unit": ("gb", ("gb", "mb"), "unit of every ram and ramCount answered"),
    "repeated_query": (False, bool, "a list in a query may be its parameter repeated; its values may have commas then"),
    "page_size": (20, int, "rows of a page when size is absent"),
    "page_max_size": (2000, int, "larger sizes are silently cut to this"),
    "dry_run": (ALL, (ALL, list), "operations that honour ITCare-DryRun: all, or a list of operation ids"),
    "dry_run_ignored": ([], list, "operations that ignore ITCare-DryRun and act for real"),
    "client_authentication": ("both", ("basic", "post", "both"), "how the token endpoint lets a client authenticate"),
    "token_secret_urldecode": (False, bool, "Basic credentials are URL-decoded (newer Keycloak)"),
    "refresh_token": (True, bool, "token answers carry a refresh token"),
    "expires_in": (1200, float, "seconds an access token lives"),
    "refresh_expires_in": (7200, float, "seconds a refresh token lives"),
    "expires_in_as_text": (False, bool, "expires_in is answered as a string"),
}


class Settings(dict):
    """The settings in force, readable as attributes; unknown names and values are refused."""

    def __init__(self, **changes):
        super().__init__({name: default for name, (default, *_others) in SETTINGS.items()})
        self.change(changes)

    def __getattr__(self, name: str):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def change(self, changes: dict) -> None:
        """Takes over the given settings; ValueError, and no change at all, when one is wrong."""
        checked = {name: _check(name, value) for name, value in changes.items()}
        self.update(checked)

    def honours_dry_run(self, operation_id: str) -> bool:
        """Whether this operation only validates when ITCare-DryRun is sent."""
        return operation_id not in self.dry_run_ignored and (self.dry_run == ALL or operation_id in self.dry_run)


def _check(name: str, value: object) -> object:
    if name not in SETTINGS:
        raise ValueError(f"unknown setting {name}: one of {', '.join(sorted(SETTINGS))}")
    allowed = SETTINGS[name][1]
    if allowed is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    types = (allowed,) if isinstance(allowed, type) else tuple(item for item in allowed if isinstance(item, type))
    good = type(value) in types or (isinstance(allowed, tuple) and value in allowed)  # a bool is no int here
    if not good:
        raise ValueError(f"setting {name} cannot be {value!r}")
    return value
