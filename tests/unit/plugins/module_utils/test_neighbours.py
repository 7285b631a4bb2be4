# SPDX-License-Identifier: GPL-3.0-or-later
"""Which name somebody may have meant: the right one for a slip of the finger, and none for anything else."""

from __future__ import annotations

import random
import string

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.errors import TimedOut
from ansible_collections.cegedim.cloud.plugins.module_utils.neighbours import (
    explained,
    meant,
    named,
    nearest,
    question,
    questions,
    with_list,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import Resource

NAMES = [
    "billing",
    "intranet",
    "Santé publique",
    "FRANCE HEALTH - PORTAL - RECETTE",
    "FRANCE HEALTH - PORTAL - DEV",
    "PEBBILL01",
    "QITPATCH7",
    "4cpu16gb",
    "EB_1125_DMZ8",
    "shop.acme.example",
    "availability_zone",
    "cegedim-backup-daily",
]


@pytest.mark.parametrize(
    "wanted, near",
    [
        ("bilingg", ["billing", "billing-qa"]),
        ("bilinG", ["billing", "billing-qa"]),
        ("BILLING", ["billing"]),
        ("bil", ["billing", "billing-qa"]),
        ("FRANCE HEALTH - PORTAL - DEB", ["FRANCE HEALTH - PORTAL - DEV", "FRANCE HEALTH - PORTAL - RECETTE"]),
        ("france health portal dev", ["FRANCE HEALTH - PORTAL - DEV"]),
        ("sante publique", ["Santé publique"]),
        ("PEBBILL01.acme.example", ["PEBBILL01"]),
        ("4cpu8gb", ["4cpu16gb"]),
        ("2cpu8gb", []),
        ("zzz", []),
        ("b", []),
        ("", []),
        ("---", []),
    ],
)
def test_nearest(wanted, near):
    assert nearest(wanted, [*NAMES, "billing-qa"]) == near


def typos(name, dice):
    """Each of the slips that fingers make, at a place that the dice choose."""
    at = dice.randrange(len(name) - 1)
    yield name[:at] + dice.choice(string.ascii_lowercase) + name[at:]
    yield name[:at] + name[at + 1 :]
    yield name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    yield name[:at] + dice.choice(string.ascii_lowercase) + name[at + 1 :]
    yield name.swapcase()
    yield name.replace("-", "_").replace(" ", "-")
    yield name.replace("_", "").replace(" ", "")


def test_one_slip_gets_the_right_neighbour():
    dice = random.Random(14)
    slips = [(name, typo) for _round in range(50) for name in NAMES for typo in typos(name, dice)]
    missed = [(name, typo) for name, typo in slips if nearest(typo, NAMES)[:1] != [name]]
    assert len(missed) < len(slips) / 50, missed[:20]


def test_random_words_get_none():
    dice = random.Random(14)
    words = ["".join(dice.choices(string.ascii_lowercase, k=dice.randint(4, 14))) for _round in range(2000)]
    assert [(word, nearest(word, NAMES)) for word in words if nearest(word, NAMES)] == []


def test_an_id_is_not_misspelled():
    assert nearest("44414", ["44413"]) == []
    assert nearest(44414, ["44413"]) == []


@pytest.mark.parametrize(
    "names, words",
    [
        ([], ""),
        (["intranet"], ""),
        (["billing"], ": do you mean billing?"),
        ([("billing", 44413)], ": do you mean billing (44413)?"),
        ([("billing", 44413), ("billing-qa", 44414)], ": do you mean billing (44413) or billing-qa (44414)?"),
        ([("billing", 1), ("billing", 2)], ": do you mean billing (1) or billing (2)?"),
        ([("billing", 1), ("BILLINGS", 1)], ": do you mean billing (1)?"),
        ([("billing", None)], ": do you mean billing?"),
        ([("billing", "billing")], ": do you mean billing?"),
        (["billing1", "billing2", "billing3", "billing4"], ": do you mean billing1, billing2 or billing3?"),
    ],
)
def test_question(names, words):
    assert question("biling", names) == words


def test_the_first_list_counts_that_has_a_neighbour():
    assert question("servce", ["service"], ["service_id", "service"]) == ": do you mean service?"
    assert question("service_idd", ["network"], ["service_id"]) == ": do you mean service_id?"


def test_of_several_names_each_is_asked_about():
    assert questions(["biling", "zzz", "intanet"], NAMES) == (
        ". biling: do you mean billing? intanet: do you mean intranet?"
    )
    assert questions(["biling"], NAMES) == ": do you mean billing?"
    assert questions(["zzz", "yyy"], NAMES) == ""


def test_what_there_is_follows_the_question():
    assert with_list("x is unknown", "these are: a, b", "x", ["a", "b"]) == "x is unknown; these are: a, b"
    assert with_list("biling is unknown", "these are: billing", "biling", ["billing"]) == (
        "biling is unknown: do you mean billing? These are: billing"
    )
    assert with_list("biling, zzz are unknown", "these are: billing", ["biling", "zzz"], ["billing"]) == (
        "biling, zzz are unknown; these are: billing. biling: do you mean billing?"
    )


def test_rows_without_a_name_and_without_an_id():
    rows = [{"name": "a", "id": 1, "key": "b"}, {"id": 2}, {"name": "c"}, None]
    assert named(rows, "name", "key") == [("a", 1), ("b", 1), ("c", None)]


SPEC = dict(
    service=dict(aliases=["service_id"]),
    state=dict(choices=["present", "absent"]),
    gather=dict(choices=["details", "tags"]),
    patch_party=dict(options=dict(excluded=dict())),
    nodes=dict(options=dict(sizing=dict())),
    admin_password=dict(no_log=True, choices=["secret1"]),
)


@pytest.mark.parametrize(
    "given, words",
    [
        ({"service": "billing"}, "refused"),
        ({"servce": "billing"}, "refused. servce: do you mean service?"),
        ({"serviceId": 1}, "refused. serviceId: do you mean service?"),
        ({"flavour": "x"}, "refused"),
        ({"state": "presnt"}, "refused. presnt: do you mean present?"),
        ({"state": "running"}, "refused"),
        ({"state": None}, "refused"),
        ({"gather": ["tags", "detail"]}, "refused. detail: do you mean details?"),
        ({"patch_party": {"exluded": True}}, "refused. exluded: do you mean excluded?"),
        ({"nodes": [{"sizng": "S"}, {"sizng": "M"}]}, "refused. sizng: do you mean sizing?"),
        ({"admin_password": "secret2"}, "refused"),
        ({"sate": 1, "servce": 2}, "refused. sate: do you mean state? servce: do you mean service?"),
    ],
)
def test_options_and_choices(given, words):
    assert explained("refused", SPEC, given) == words


class Listing:
    """A client whose every listing is ``rows``."""

    def __init__(self, rows):
        self.rows, self.asked = rows, []

    def pages(self, path, query=None):
        self.asked.append(path)
        if isinstance(self.rows, Exception):
            raise self.rows
        return self.rows


THING = Resource(kind="thing", path="/things", fields=())
WEB = [{"name": "PEBWEB01", "id": 7}, {"name": "PEBWEB02", "id": 8, "status": "REMOVED"}]


def test_a_resource_is_looked_for_in_one_listing():
    client = Listing(WEB)
    assert meant(client, THING, "PEBWEB1") == ": do you mean PEBWEB01 (7)?"
    assert client.asked == ["/things"]


@pytest.mark.parametrize("wanted", [None, 7, "7"])
def test_an_id_costs_no_listing(wanted):
    client = Listing(WEB)
    assert (meant(client, THING, wanted), client.asked) == ("", [])


def test_a_listing_that_fails_is_not_the_users_trouble():
    assert meant(Listing(TimedOut("too slow")), THING, "PEBWEB1") == ""


def test_what_has_the_name_and_is_of_another_kind():
    rows = [({"name": "shop", "id": 1}, "other"), ({"name": "shops", "id": 2}, None)]
    several = Resource(kind="thing", path="/things", fields=(), listed=lambda client, name: rows)
    assert meant(None, several, "Shop") == "; shop (1) is of the kind other"
    assert meant(None, several, "shopp") == ": do you mean shops (2)?"
