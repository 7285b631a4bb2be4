# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitoring of a load balancer and of its URLs (the API reference, Load balancers)."""

from __future__ import annotations

from ...errors import InvalidInput
from ...plan import operation_step
from ...resource import Operation, is_true
from ..shared.management import on_call_goes_with_monitoring
from .names import PATH, host_of

ITSELF = PATH + "/{address}"


def shown_urls(record):
    """The monitoring of the URLs that a load balancer shows, by their hosts; None where it shows no URLs."""
    if record.get("urls") is None:
        return None
    return {
        host_of(url["name"]): {
            "monitoring_enabled": is_true(url.get("monitoringEnabled")),
            "on_call_supervision": is_true(url.get("monitoringOnCallEnabled")),
        }
        for url in record["urls"]
        if url.get("name")
    }


def urls_to_update(names, params):
    """The wanted value of ``update_urls``: for each host what ``params`` want of its monitoring. May be refused."""
    asked = {
        name: params[name] for name in ("monitoring_enabled", "on_call_supervision") if params.get(name) is not None
    }
    if not asked:
        raise InvalidInput("update_urls requires monitoring_enabled or on_call_supervision, which say what to set")
    return {host_of(name): asked for name in names}


def same_urls(wanted, shown):
    """For Field.same: whether the URLs show what is wanted of their monitoring."""
    return shown is None or all(
        host in shown and all(shown[host][key] == value for key, value in asked.items())
        for host, asked in wanted.items()
    )


def as_shown(asked, record):
    """The hosts of ``asked`` as the load balancer spells them: they are the same in any case."""
    spelled = {host.casefold(): host for host in shown_urls(record) or {}}
    return {spelled.get(host.casefold(), host): settings for host, settings in asked.items()}


def unknown_urls(wanted, seen):
    """For Field.refuse: only URLs that the load balancer has can be changed; a new one has none yet."""
    if not seen:
        return None
    shown = shown_urls(seen.record) or {}
    unknown = [host for host in wanted["update_urls"] if host not in shown]
    if not unknown:
        return None
    from ...neighbours import with_list  # only a refusal needs it

    refusal = "update_urls: %s has no URL %s" % (seen.get("name"), ", ".join(unknown))
    return with_list(refusal, "its URLs are %s" % (", ".join(sorted(shown)) or "none"), unknown, sorted(shown))


def first_urls_steps(wanted, seen):
    """For Field.steps: whether the first URL is monitored as the load balancer that is created with it is not
    written."""
    asked = wanted["update_urls"]
    return [
        operation_step(
            ITSELF,
            Operation("update_monitoring"),
            before={"update_urls": None},
            after={"update_urls": asked},
            late=lambda made: _first_urls_update(made.record, asked),
        )
    ]


def _first_urls_update(made, asked):
    asked = {host: settings for host, settings in as_shown(asked, made).items() if host in (shown_urls(made) or {})}
    if same_urls(asked, shown_urls(made)):
        return []
    settings = next(iter(asked.values()))
    options = {
        "state": settings.get("monitoring_enabled", is_true(made.get("monitoringEnabled"))),
        "on_call": settings.get("on_call_supervision", is_true(made.get("monitoringOnCallEnabled"))),
        "updateUrls": asked,
    }
    return [
        operation_step(
            ITSELF,
            Operation("update_monitoring"),
            tidy_monitoring(options),
            done=lambda record: same_urls(asked, shown_urls(record)),
        )
    ]


def tidy_monitoring(options):
    """For Operation.tidy: what goes with monitoring, and the URLs by their names."""
    options = on_call_goes_with_monitoring(options)
    return {**options, "updateUrls": list(options["updateUrls"])} if "updateUrls" in options else options
