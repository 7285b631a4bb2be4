# SPDX-License-Identifier: GPL-3.0-or-later
"""The URLs of a load balancer (the API reference, Load balancers).

To the plan a URL is a part of its load balancer. Whether an action on it counts for the URL or for the load balancer is
not written, so both are looked at.
"""

from __future__ import annotations

from ...errors import UnexpectedAnswer, refuse
from ...identity import in_words, numbers, with_both_numbers
from ...plan import Step, operation_step
from ...preflight import look
from ...resource import PREPARATION, REMOVED, Operation, Part, is_true, to_result
from ...seen import Seen
from ..shared.management import on_call_needs_monitoring
from .loadbalancer import LOADBALANCER, check_url
from .names import PATH as LOADBALANCERS
from .names import host_of
from .offers import URL_OFFERS
from .pool import loadbalancer_meant, no_loadbalancer

PATH = LOADBALANCERS + "/{address}/urls"
# How monitoring is called: by the user, at creation, by the operation (choices.rst), in answers.
MONITORING = (
    ("monitoring_enabled", "monitoringEnabled", "state", "monitoringEnabled"),
    ("on_call_supervision", "onCallSupervision", "onCall", "monitoringOnCallEnabled"),
)


def read_urls(client, seen):
    """The URLs (list of dict) of a load balancer."""
    return client.get(seen.path(PATH))


def url_of(record, host):
    """The URL (dict) of that host, or None."""
    rows = _urls_of(record) if record else []
    return next((row for row in rows if host_of(str(row.get("name"))).casefold() == host.casefold()), None)


def _urls_of(record):
    # A load balancer whose page answers 404 has been read no further than its row in the listing.
    return [row for row in record.get("url") or () if row.get("status") != REMOVED]


def resolve(ask, seen, wanted):
    """For Part.resolve: what is refused of a new URL."""
    url = wanted["url"]
    if not seen and url["state"] == "present":
        ask.missing(
            no_loadbalancer(wanted), wanted.get("id", wanted.get("name")), lambda: loadbalancer_meant(ask, wanted)
        )
    if url["state"] == "present" and url_of(seen.record, url["name"]) is None:
        check_url("name", url["name"])
        refuse(on_call_needs_monitoring(url, seen_url({})))
        _refuse_refuted(ask, seen, url)
    current = url_of(seen.record, url["name"])
    if current is not None and "url_number" not in seen.facts:
        seen.facts["url_number"] = _number(ask.client, seen, current)
    return wanted


def _number(client, seen, url):
    """The number that the path of a URL takes: of its two the same one as the path of its load balancer.

    A URL has no page of its own that could tell. Raises UnexpectedAnswer where its other number is another URL's, and
    nothing tells which one counts.
    """
    both = with_both_numbers(client, url)
    if len(numbers(both)) == 1:
        return url["id"]
    if len(numbers(seen.record)) > 1:
        return both["id" if str(seen.address) == str(seen.get("id")) else "internalResourceId"]
    others = [
        one for one in seen.get("url") if one.get("name") != url["name"] and set(numbers(one)) & set(numbers(both))
    ]
    if others:
        raise UnexpectedAnswer(
            "%s has a number that %s has, too, and which one a path takes is not known. Nothing was sent"
            % (in_words(both), in_words(others[0]))
        )
    return url["id"]


def _refuse_refuted(ask, seen, url):
    """What the platform's catalogue says against a new URL, asked once."""
    if "url_offers" not in seen.facts:
        seen.facts["url_offers"] = look(ask.client, URL_OFFERS, url, seen.record, set(url))
    ask.warn(*seen.facts["url_offers"].warnings)
    refuse(*seen.facts["url_offers"].refusals)


def seen_url(url):
    """A URL as what was seen, for the rules that all have in common."""
    return Seen({} if url is None else url)


def plan_url(wanted, seen):
    """For Part.plan: the steps (list of Step) from the URLs of a load balancer to the ``wanted["url"]``.

    It has ``name`` (a host), ``state`` (present, absent) and maybe ``set_up_dns``, ``ssl_profile``,
    ``monitoring_enabled``, ``on_call_supervision``.
    """
    url = wanted["url"]
    current = url_of(seen.record, url["name"])
    if url["state"] == "absent":
        return [] if current is None else [_removal(current, seen.facts["url_number"])]
    if current is None:
        return [_creation(url)]
    if not any(option in url for option, _new, _change, _shown in MONITORING):
        return []
    refuse(on_call_needs_monitoring(url, seen_url(current)))
    step = _monitoring(current, url, seen.facts["url_number"])
    return [] if step.done(seen.record) else [step]


def _creation(url):
    names = (
        ("name", "name"),
        ("set_up_dns", "setUpDNSEnabled"),
        ("ssl_profile", "sslProfile"),
        *((option, name) for option, name, _change, _shown in MONITORING),
    )
    given = [(option, name) for option, name in names if option in url]

    def done(record):
        made = url_of(record, url["name"])
        return made is not None and made.get("status") != PREPARATION

    return Step(
        Operation("create_url", repeatable=False),
        "POST",
        PATH,
        {name: url[option] for option, name in given},
        before={"url": None},
        after={"url": {option: url[option] for option, _name in given}},
        done=done,
    )


def _monitoring(current, url, number):
    before = {option: is_true(current.get(shown)) for option, _new, _change, shown in MONITORING}
    after = {**before, **{option: url[option] for option in before if option in url}}
    if not after["monitoring_enabled"]:
        after["on_call_supervision"] = False  # it comes only together with monitoring
    options = {change: after[option] for option, _new, change, _shown in MONITORING}

    def done(record):
        now = url_of(record, url["name"]) or {}
        return all(is_true(now.get(shown)) == after[option] for option, _new, _change, shown in MONITORING)

    return operation_step(
        "%s/%s" % (PATH, number),
        Operation("update_monitoring"),
        options,
        before={"url": before},
        after={"url": after},
        done=done,
    )


def _removal(current, number):
    return Step(
        Operation("delete_url"),
        "DELETE",
        "%s/%s" % (PATH, number),
        before={"url": to_result(current)},
        after={"url": None},
        done=lambda record: (url_of(record, host_of(current["name"])) or {}).get("id") != current["id"],
    )


def also_about(wanted, seen):
    """For Part.also_about: the actions on the URL's name, and on the URL itself."""
    host = wanted["url"]["name"]
    url = url_of(seen.record, host)
    return [{"resourceName": host}, *({"resourceId": one, "must_show": host} for one in numbers(url or {}))]


def _status(wanted, seen):
    return (url_of(seen.record, wanted["url"]["name"]) or {}).get("status")


URL = Part(
    of=LOADBALANCER,
    key="url",
    read=read_urls,
    plan=plan_url,
    resolve=resolve,
    also_about=also_about,
    status=_status,
)
