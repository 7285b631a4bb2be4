# SPDX-License-Identifier: GPL-3.0-or-later
"""The URLs of a load balancer (the API reference, Load balancers).

To the plan a URL is a part of its load balancer. Whether an action on it counts for the URL or for the load balancer is
not written, so both are looked at.
"""

from __future__ import annotations

from .. import actions
from ..client import in_parallel
from ..errors import NotFound
from ..plan import Step
from ..resource import PREPARATION, REMOVED, Resource, to_result
from .loadbalancer_names import PATH as LOADBALANCERS
from .loadbalancer_names import bearing, host_of, search
from .loadbalancers import check_dns, check_url
from .management import check_on_call

PATH = LOADBALANCERS + "/{id}/urls"
# How monitoring is called: by the user, at creation, by the operation (Doubts, "24/7 monitoring"), in answers.
MONITORING = (
    ("monitoring_enabled", "monitoringEnabled", "state", "monitoringEnabled"),
    ("on_call_supervision", "onCallSupervision", "onCall", "monitoringOnCallEnabled"),
)


def read_urls(client, record):
    """The URLs (list of dict) of a load balancer."""
    return client.find(PATH.format(id=record["id"])) or []


def url_of(record, host):
    """The URL (dict) of that host, or None."""
    rows = _urls_of(record) if record else []
    return next((row for row in rows if host_of(str(row.get("name"))).casefold() == host.casefold()), None)


def _urls_of(record):
    return [row for row in record["url"] if row.get("status") != REMOVED]


def resolve(client, record, wanted):
    """For Resource.resolve: what is refused of a new URL."""
    url = wanted["url"]
    if record and url["state"] == "present" and url_of(record, url["name"]) is None:
        check_url("name", url["name"])
        check_on_call(url, {})
        if url.get("set_up_dns_enabled"):
            check_dns(client, url["name"])
    return wanted


def plan_url(record, wanted):
    """The steps (list of Step) from the URLs of a load balancer to the ``wanted["url"]``; pure.

    It has ``name`` (a host), ``state`` (present, absent) and maybe ``set_up_dns_enabled``, ``ssl_profile``,
    ``monitoring_enabled``, ``on_call_supervision``. Raises NotFound where there is no load balancer to have it.
    """
    url = wanted["url"]
    if record is None:
        if url["state"] == "absent":
            return []
        called = "the name or URL %s" % wanted["name"] if "name" in wanted else "the id %s" % wanted["id"]
        raise NotFound("there is no load balancer with %s (or this account does not see it)" % called)
    current = url_of(record, url["name"])
    if url["state"] == "absent":
        return [] if current is None else [_removal(current)]
    if current is None:
        return [_creation(url)]
    if not any(option in url for option, _new, _change, _shown in MONITORING):
        return []
    check_on_call(url, current)
    step = _monitoring(current, url)
    return [] if step.done(record) else [step]


def _creation(url):
    names = (
        ("name", "name"),
        ("set_up_dns_enabled", "setUpDNSEnabled"),
        ("ssl_profile", "sslProfile"),
        *((option, name) for option, name, _change, _shown in MONITORING),
    )
    given = [(option, name) for option, name in names if option in url]

    def done(record):
        made = url_of(record, url["name"])
        return made is not None and made.get("status") != PREPARATION

    return Step(
        "create_url",
        "POST",
        PATH,
        {name: url[option] for option, name in given},
        before={"url": None},
        after={"url": {option: url[option] for option, _name in given}},
        done=done,
        repeatable=False,
    )


def _monitoring(current, url):
    before = {option: bool(current.get(shown)) for option, _new, _change, shown in MONITORING}
    after = {**before, **{option: url[option] for option in before if option in url}}
    if not after["monitoring_enabled"]:
        after["on_call_supervision"] = False  # it comes only together with monitoring
    options = {change: after[option] for option, _new, change, _shown in MONITORING}

    def done(record):
        now = url_of(record, url["name"]) or {}
        return all(bool(now.get(shown)) == after[option] for option, _new, _change, shown in MONITORING)

    return Step(
        "update_monitoring",
        "PATCH",
        "%s/%s" % (PATH, current["id"]),
        {"operation": "update_monitoring", "options": options},
        before={"url": before},
        after={"url": after},
        done=done,
    )


def _removal(current):
    return Step(
        "delete_url",
        "DELETE",
        "%s/%s" % (PATH, current["id"]),
        before={"url": to_result(current)},
        after={"url": None},
        done=lambda record: (
            record is None or (url_of(record, host_of(current["name"])) or {}).get("id") != current["id"]
        ),
    )


def under_way(client, record, wanted):
    """For Resource.under_way: the actions on the load balancer, on the URL's name, and on the URL itself."""
    if record is None:
        return []
    url = url_of(record, wanted["url"]["name"])
    asked = [dict(resource_id=record["id"]), dict(name=wanted["url"]["name"])]
    if url:
        asked.append(dict(resource_id=url["id"]))
    rows = [row for found in in_parallel(lambda one: actions.in_progress(client, **one), asked) for row in found]
    return list({row["id"]: row for row in rows}.values())


LOADBALANCER_WITH_URL = Resource(
    kind="loadbalancer",
    path=LOADBALANCERS,
    search=search,
    named=bearing,
    fields=(),
    also_read={"url": read_urls},
    resolve=resolve,
    plan=plan_url,
    under_way=under_way,
    settles_first=True,
)
