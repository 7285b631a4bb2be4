# SPDX-License-Identifier: GPL-3.0-or-later
"""The extensions of a PostgreSQL (the API reference, PostgreSQL): a set of (database, name).

They can be installed and not removed.
"""

from __future__ import annotations

from ..errors import ApiError, refuse
from ..plan import Step, operation_step
from ..resource import ACTIVE, Field, Operation, is_true
from .shared.references import same_version

ITSELF = "/databases/postgresql/{address}"


def read_databases(client, seen):
    """For Resource.also_read: the databases (list of dict) with the extensions that are installed in each.

    None where it is stopped and cannot tell: whether it can is not written.
    """
    try:
        return client.get(seen.path(ITSELF + "/databases"))
    except ApiError:
        if seen.status == ACTIVE:
            raise
        return None


def read_extensions(client, seen):
    """For Resource.facts: name -> whether installing it restarts the server, for all that the platform offers."""
    rows = client.get(seen.path(ITSELF + "/extensions"))
    return {str(row.get("name")): is_true(row.get("requiresRestarting")) for row in rows}


def shown_extensions(record):
    """What is installed: ``{database: [extension, ...]}``; None where it is not known."""
    databases = record.get("extensions")
    if databases is None:
        return None
    return {
        str(database.get("name")): [str(extension.get("name")) for extension in database.get("extensions") or []]
        for database in databases
    }


def same_extensions(wanted, shown):
    """Whether everything wanted is installed; what else is installed stays."""
    return shown is not None and all(one["name"] in shown.get(one["database"], []) for one in wanted)


def missing_extensions(wanted, seen):
    """``{database: [extension, ...]}`` of what is not installed."""
    shown = shown_extensions(seen.record or {}) or {}
    missing = {}
    for one in wanted["extensions"]:
        if one["name"] not in shown.get(one["database"], []) + missing.get(one["database"], []):
            missing.setdefault(one["database"], []).append(one["name"])
    return missing


def extensions_refused(wanted, seen):
    """For Field.refuse: a database that is not there, and what the platform does not offer."""
    missing, databases = missing_extensions(wanted, seen), shown_extensions(seen.record or {})
    if not missing or databases is None:  # what a new one will have is not known before it is there
        return None
    unknown = [database for database in missing if database not in databases]
    if unknown:
        from ..neighbours import with_list  # only a refusal needs it

        refusal = "extensions: there is no database %s" % " or ".join(unknown)
        return with_list(refusal, "these are: %s" % (", ".join(databases) or "none"), unknown, list(databases))
    # What another version will offer is not known before it runs.
    keeps_version = same_version(wanted.get("version", seen.get("version")), seen.get("version"))
    if seen.status != ACTIVE or not keeps_version:
        return None
    offered = seen.facts.get("extensions") or {}
    names = [name for names in missing.values() for name in names if name not in offered]
    if not names:
        return None
    from ..neighbours import with_list

    offers = "the platform offers %s" % (", ".join(sorted(offered)) or "none for this version")
    return with_list("extensions: %s cannot be installed" % ", ".join(names), offers, names, sorted(offered))


def extension_steps(wanted, seen):
    """For Field.steps: one installation for each database that lacks any.

    What one that was stopped has is known only when it runs.
    """
    if seen and shown_extensions(seen.record) is None:
        asked = missing_extensions(wanted, seen)
        before, after = {"extensions": None}, {"extensions": asked}
        later = Operation("install_extensions")
        return [Step(later, "PATCH", ITSELF, None, before, after, late=_late_installations(wanted))]
    return [_installation(database, names, seen) for database, names in missing_extensions(wanted, seen).items()]


def _late_installations(wanted):
    def installations(seen):
        refuse(extensions_refused(wanted, seen))
        return extension_steps(wanted, seen)

    return installations


def _installation(database, names, seen):
    offered = seen.facts.get("extensions") or {}
    shown = shown_extensions(seen.record or {}) or {}
    told = [name + (" (restarts the server)" if offered.get(name) else "") for name in names]
    return operation_step(
        ITSELF,
        Operation("install_extension", gates=True),
        {"dbname": database, "extensions_list": [{"name": name} for name in names]},
        before={"extensions": {database: shown.get(database, [])}},
        after={"extensions": {database: shown.get(database, []) + told}},
        done=lambda record: set(names) <= set((shown_extensions(record) or {}).get(database, [])),
    )


def _kept(shown, record):
    """For Field.kept: a row for each extension; None where it is not known."""
    if shown is None:
        return None
    return [{"database": database, "name": name} for database in sorted(shown) for name in sorted(shown[database])]


EXTENSIONS = Field(
    "extensions",
    created_as=None,
    read=shown_extensions,
    same=same_extensions,
    refuse=extensions_refused,
    steps=extension_steps,
    while_active=True,
    kept=_kept,
)
