# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the platform are plain text in ``--list``, and whatever they hold, nothing of it is ever run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.cegedim.cloud.plugins.plugin_utils import inventory_trust
from ansible_collections.cegedim.cloud.tests.unit.plugins.plugin_utils.test_inventory_constructed import trusted

COLLECTIONS = Path(__file__).parents[7]
MARKS_TRUST = inventory_trust.trust_as_template is not None  # since ansible-core 2.19
RISKY = [
    "{{ %s }}",
    "x{{- %s -}}y",
    "{%% if %s %%}x{%% endif %%}",
    "{%% set x = %s %%}",
    "{# %s #}{{ %s }}",
    "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ %s ]]",
    "%s",
    "'x' if %s else 'y'",
    "(lookup)('pipe', 'x') ~ %s",
]
HARMLESS = [
    "web",
    "ticket #123",
    "50 % of (x)",
    "équipe [1]",
    "a: b, c",
    "}}",
    "%}",
    "lookups (all)",
    "'",
    "",
    "x #jinja",
    "C:\\dir",
]


@pytest.fixture
def trap(tmp_path):
    """A file that is there once a text has been run, and a call of a lookup that makes it."""
    file = tmp_path / "was-run"
    return file, "lookup('pipe', 'touch %s && echo run')" % file


def texts(call):
    """Texts that would run ``call``. The last one spells a template in a quoted text of a condition or of YAML."""
    escaped = "".join("\\x%02x" % ord(sign) for sign in "{{ %s }}" % call)
    return [*(text.replace("%s", call).replace("%%", "%") for text in RISKY), '"%s"' % escaped]


HOW_MANY = len(RISKY) + 1


def trusted_text(text):
    return trusted({"text": text})["text"]


def run(program, *words, check=True):
    done = subprocess.run(
        [sys.executable, Path(sys.executable).with_name(program), *words],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def source(auth, tmp_path):
    """``source(services=["sandbox"])``: a file with these options and those of the account."""

    def write(**options):
        file = tmp_path / "test.itcare.yml"
        file.write_text(yaml.safe_dump({"plugin": "cegedim.cloud.itcare", **auth, **options}))
        return file

    return write


def evil(sim, text, name="EVIL"):
    tags = [{"tagKey": "note", "tagValue": text}, {"tagKey": text, "tagValue": "x"}]
    tags += [{"tagKey": "several", "tagValue": value} for value in (text, "other")]
    return sim.add_instance(name, "sandbox", comment=text, tags=tags)


EXPRESSIONS = ["itcare.tags.note", "'x' ~ itcare.tags.note", "itcare.tags.note | trim", "[itcare.tags.note]"]
EXPRESSIONS += ["{'k': itcare.tags.note}", "itcare.tags.several", "itcare.tags", "itcare.tags.note.strip()", "itcare"]
EVERYWHERE = {
    "compose": {"composed_%d" % number: source for number, source in enumerate(EXPRESSIONS)},
    "groups": {"g%d" % number: "(%s) is truthy" % source for number, source in enumerate(EXPRESSIONS)},
    "keyed_groups": [
        *({"key": source, "prefix": "k%d" % number} for number, source in enumerate(EXPRESSIONS[:-1])),
        {"key": "itcare.tags.note", "parent_group": "{{ itcare.tags.note }}", "default_value": "x"},
        {"key": "itcare.comment", "parent_group": "{{ composed_1 }}"},
    ],
    "include": ["(%s) is truthy" % source for source in EXPRESSIONS],
    "exclude": ["(%s) == 'run'" % source for source in EXPRESSIONS],
    "hostnames": ["itcare.nosuch", "'EVIL' if itcare.tags.note else 'x'"],
}


@pytest.mark.parametrize("number", range(HOW_MANY))
def test_text_is_never_run_by_an_expression_of_the_file(inventory, sim, trap, number):
    file, call = trap
    text = texts(call)[number]
    evil(sim, text)
    found = inventory(services=["sandbox"], **EVERYWHERE)
    variables = found.vars("EVIL")
    assert variables["itcare"]["tags"]["note"] == variables["composed_0"] == text
    assert variables["composed_1"] == "x" + text
    assert not file.exists()


@pytest.mark.parametrize("number", range(HOW_MANY))
def test_text_is_never_run_by_a_template_that_reads_it(inventory, sim, trap, number):
    file, call = trap
    text = texts(call)[number]
    evil(sim, text)
    variables = inventory(services=["sandbox"], compose=EVERYWHERE["compose"]).vars("EVIL")
    templar = Templar(loader=DataLoader(), variables=variables)
    for template in ["{{ itcare }}", "{{ itcare.comment }}", "{{ itcare.tags.several | join }}", "{{ composed_0 }}"]:
        templar.template(trusted_text(template))
    for template in ["{{ composed_%d }}" % number for number in range(len(EXPRESSIONS))]:
        templar.template(trusted_text(template))
    for again in ("{{ itcare.comment }}", "{{ itcare.tags.note }}", "{{ composed_0 }}"):
        result = templar.template(trusted_text(again))
        assert result == text
        assert templar.template(result) == text
    assert not file.exists()


@pytest.mark.skipif(not MARKS_TRUST, reason="before, a condition could not be evaluated on its own")
@pytest.mark.parametrize("number", range(HOW_MANY))
def test_text_is_never_run_as_a_condition(inventory, sim, trap, number):
    file, call = trap
    evil(sim, texts(call)[number])
    templar = Templar(loader=DataLoader(), variables=inventory(services=["sandbox"]).vars("EVIL"))
    for condition in ("{{ itcare.comment }}", "{{ itcare.tags.note }}", "{{ itcare.tags.several[0] }}"):
        with pytest.raises(AnsibleError):
            templar.evaluate_conditional(trusted_text(condition))
    assert not file.exists()


SPLIT = [
    ("{", "{ %s }}"),
    ("{{ %s ", "}}"),
    ("{", "%% if %s %%}x{%% endif %%}"),
    ("{%% if %s", " %%}x{%% endif %%}"),
    ("#", "jinja2: variable_start_string:'[['\n[[ %s }}"),
    ("#jinja2: variable_start_string:'[['", "\n[[ %s }}"),
    ("{{ lookup", "('pipe', 'touch /x') }}"),
    ("look", "up('pipe', 'x')"),
]


@pytest.mark.parametrize("one, other", SPLIT)
def test_text_in_two_values_is_never_run(inventory, sim, trap, one, other):
    file, call = trap
    one, other = (text.replace("%s", call).replace("%%", "%") for text in (one, other))
    tags = [{"tagKey": "one", "tagValue": one}, {"tagKey": "other", "tagValue": other}]
    sim.add_instance("EVIL", "sandbox", tags=tags)
    joined = ["itcare.tags.one ~ itcare.tags.other", "[itcare.tags.one, itcare.tags.other] | join"]
    joined += ["'%s%s' % (itcare.tags.one, itcare.tags.other)", "itcare.tags.one + itcare.tags.other"]
    joined += ["'x%s%s' | format(itcare.tags.one, itcare.tags.other)"]
    found = inventory(
        services=["sandbox"],
        compose={"composed_%d" % number: source for number, source in enumerate(joined)},
        groups={"g%d" % number: "%s == 'run'" % source for number, source in enumerate(joined)},
        keyed_groups=[{"key": source, "parent_group": "{{ %s }}" % source} for source in joined[:2]],
        include=["%s != 'run'" % source for source in joined],
        exclude=["%s == 'run'" % source for source in joined],
    )
    templar = Templar(loader=DataLoader(), variables=found.vars("EVIL"))
    for name in ("composed_%d" % number for number in range(len(joined))):
        result = templar.template(trusted_text("{{ %s }}" % name))
        assert result.removeprefix("x") == one + other
        templar.template(result)
    for source in joined:
        templar.template(trusted_text("{{ %s }}" % source))
        templar.template(trusted_text("{{ itcare.tags.one }}{{ itcare.tags.other }}"))
    if MARKS_TRUST:
        with pytest.raises(AnsibleError):
            templar.evaluate_conditional(trusted_text("{{ composed_0 }}"))
    assert not file.exists()


@pytest.mark.parametrize("start, end", [("[[", "]]"), ("<%", "%>"), ("((", "))"), ("$", "$"), ("@@", "@@")])
def test_markers_of_a_template_of_the_user_do_not_reach_into_a_text(inventory, sim, trap, start, end):
    file, call = trap
    text = "%s 7 * 7 %s %s %s %s" % (start, end, start, call, end)
    evil(sim, text)
    evil(sim, "%s 7 * 7 %s" % (start, end), name="ODD")
    for name in ("EVIL", "ODD"):
        variables = inventory(services=["sandbox"]).vars(name)
        templar = Templar(loader=DataLoader(), variables=variables)
        head = "#jinja2: variable_start_string:'%s', variable_end_string:'%s'\n" % (start, end)
        for path in ("itcare.comment", "itcare.tags.note", "itcare.tags.several | join", "itcare.tags"):
            result = templar.template(trusted_text(head + start + " " + path + " " + end))
            assert "7 * 7" in str(result) and "49" not in str(result)
    assert not file.exists()


PARSED = ["itcare.tags.note | from_yaml", "[itcare.tags.note | from_yaml] | map('upper') | list"]
PARSED += ["itcare.tags.note | from_yaml_all | list", "{'k': itcare.tags.note | from_yaml}"]


@pytest.mark.skipif(not MARKS_TRUST, reason="before, what a filter made of a text was a template")
@pytest.mark.parametrize("number", range(HOW_MANY))
def test_text_that_is_parsed_is_never_run(inventory, sim, trap, number):
    file, call = trap
    evil(sim, texts(call)[number])
    found = inventory(
        services=["sandbox"],
        compose={"parsed_%d" % number: source for number, source in enumerate(PARSED)},
        groups={
            "braces": "{{ itcare.tags.note }}",
            **{"g%d" % number: "{{ %s }}" % source for number, source in enumerate(PARSED)},
        },
        keyed_groups=[{"key": source, "prefix": "k%d" % number} for number, source in enumerate(PARSED)],
    )
    variables = found.vars("EVIL")
    templar = Templar(loader=DataLoader(), variables=variables)
    for name in [name for name in variables if name.startswith("parsed_")]:
        templar.template(templar.template(trusted_text("{{ %s }}" % name)))
        with pytest.raises(AnsibleError):
            templar.evaluate_conditional(trusted_text("{{ %s }}" % name))
    assert not file.exists()


@pytest.mark.skipif(not MARKS_TRUST, reason="before, any text was a condition")
@pytest.mark.parametrize("text", ["true", "1 == 1", "inventory_hostname == 'PLAIN'"])
def test_text_is_no_condition(inventory, sim, text):
    evil(sim, text, name="PLAIN")
    found = inventory(services=["sandbox"], groups={"chosen": "{{ itcare.comment }}"})
    assert "chosen" not in found.data.groups or found.members("chosen") == []


def unsafe(value):
    return [value] if isinstance(value, dict) and set(value) == {"__ansible_unsafe"} else []


def all_unsafe(value):
    found = unsafe(value)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found.extend(() if unsafe(value) else all_unsafe(item))
    return found


COMPOSED = {
    "joined": "'x-' ~ itcare.name",
    "lowered": "itcare.name | lower",
    "same": "itcare.name",
    "constant": "'text'",
    "listed": "[itcare.name, itcare.status | lower]",
    "mapped": "{'k': itcare.name ~ 'x'}",
    "whole": "itcare.network",
    "words": "itcare.name | lower ~ '.example' if itcare.cpu else 'none'",
    "impure": "inventory_hostname ~ (now().year | string)",
}


@pytest.mark.slow
@pytest.mark.parametrize("style", ["nested", "prefixed"])
def test_list_shows_plain_text(sim, source, style):
    for number, text in enumerate(HARMLESS):
        sim.add_instance("PLAIN%02d" % number, "sandbox", comment=text, tags=[{"tagKey": "note", "tagValue": text}])
    compose = COMPOSED if style == "nested" else {}
    file = source(services=["sandbox", "billing"], vars_style=style, compose=compose)
    printed = run("ansible-inventory", "-i", file, "--list", "--export")
    assert "__ansible_unsafe" not in printed
    shown = json.loads(printed)["_meta"]["hostvars"]
    for number, text in enumerate(HARMLESS):
        comment = shown["PLAIN%02d" % number]
        assert (comment["itcare"]["comment"] if style == "nested" else comment["itcare_comment"]) == text


@pytest.mark.slow
def test_list_marks_what_may_be_a_template_and_runs_nothing(sim, source, trap):
    file, call = trap
    for number, text in enumerate(texts(call)):
        evil(sim, text, name="EVIL%d" % number)
    compose = {"composed": "itcare.comment", "joined": "'x ' ~ itcare.comment"}
    printed = run("ansible-inventory", "-i", source(services=["sandbox"], compose=compose), "--list", "--export")
    shown = json.loads(printed)["_meta"]["hostvars"]
    for number, text in enumerate(texts(call)):
        variables = shown["EVIL%d" % number]
        assert unsafe(variables["itcare"]["comment"]) and unsafe(variables["itcare"]["tags"]["note"])
        assert variables["itcare"]["comment"]["__ansible_unsafe"] == text
        assert variables["composed"]["__ansible_unsafe"] == text
        assert variables["joined"]["__ansible_unsafe"] == "x " + text
        assert all(text in one["__ansible_unsafe"] for one in all_unsafe(variables))
    assert not file.exists()


PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: "{{ itcare.tags.note }} {{ itcare.tags }} {{ composed_0 }}{{ composed_1 }}"}
    - ansible.builtin.debug: {var: itcare}
    - ansible.builtin.debug: {var: 'hostvars[inventory_hostname].composed_4'}
    - ansible.builtin.set_fact: {again: "{{ itcare.tags.note }}"}
    - ansible.builtin.debug: {msg: "{{ again }} {{ lookup('ansible.builtin.vars', 'composed_0') }}"}
    - ansible.builtin.debug: {msg: "{{ item }}"}
      loop: "{{ itcare.tags.several }}"
    - ansible.builtin.debug: {msg: x}
      when: "{{ itcare.tags.note }}"
      ignore_errors: true
    - ansible.builtin.assert: {that: ["{{ itcare.comment }}"]}
      ignore_errors: true
"""


@pytest.mark.slow
def test_play_that_prints_a_text_does_not_run_it(sim, source, trap, tmp_path):
    file, call = trap
    for number, text in enumerate(texts(call)):
        evil(sim, text, name="EVIL%d" % number)
    (tmp_path / "play.yml").write_text(PLAY)
    options = {name: EVERYWHERE[name] for name in ("compose", "groups", "keyed_groups", "include", "exclude")}
    words = ("-i", source(services=["sandbox"], **options), "-c", "local", tmp_path / "play.yml")
    printed = run("ansible-playbook", *words, check=True)
    assert "EVIL%d" % (HOW_MANY - 1) in printed
    assert "ok=" in printed and "unreachable=0" in printed
    assert not file.exists()


@pytest.mark.skipif(not MARKS_TRUST, reason="before, no text was marked as trusted")
def test_each_text_is_marked_once(inventory, sim, monkeypatch):
    seen = []
    original = inventory_trust.trust_as_template
    monkeypatch.setattr(inventory_trust, "trust_as_template", lambda text: seen.append(text) or original(text))
    for number in range(200):
        sim.add_instance("HOST%03d" % number, "sandbox", comment="alike", tags=[{"tagKey": "a", "tagValue": "b"}])
    found = inventory(services=["sandbox"], compose={"mine": "itcare.comment | upper"})
    assert len(seen) == len(set(seen)) and {"alike", "b", "ALIKE", "HOST007"} <= set(seen)
    one, other = (found.itcare(name) for name in ("HOST001", "HOST002"))
    assert one["comment"] is other["comment"] and one["tags"]["a"] is other["tags"]["a"]


EVERYTHING = {
    "resource_types": ["instances", "application_servers", "databases", "message_brokers", "kubernetes", "glusterfs"],
    "hostnames": ["dns_alias", "name"],
    "gather": ["details", "tags"],
    "compose": COMPOSED,
}
EVERYTHING_OF_OVC = {
    "connect_by": ["port_forward", "address"],
    "gather": ["details", "images"],
    "duplicates": "suffix",
    "compose": {"joined": "ovc.name ~ '-x'", "same": "ovc.ip_addresses", "whole": "ovc.forward | default({})"},
}


def texts_of(value):
    """All texts in a value; keys are none."""
    if isinstance(value, (dict, list)):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in texts_of(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.skipif(not MARKS_TRUST, reason="before, no text was marked as trusted")
@pytest.mark.parametrize("more", [{}, {"vars_style": "prefixed", "compose": {}}])
def test_every_text_is_marked_unless_it_is_risky(inventory, ovc_inventory, sim, more):
    for number, text in enumerate(filter(None, [*HARMLESS, *RISKY])):
        evil(sim, text, name="ODD%02d" % number)
    for found in (inventory(**{**EVERYTHING, **more}), ovc_inventory(**{**EVERYTHING_OF_OVC, **more})):
        for host in found.hosts:
            variables = {name: value for name, value in found.vars(host).items() if not name.startswith("inventory_")}
            assert len(texts_of(variables)) > 10
            for text in texts_of(variables):
                assert inventory_trust.is_trusted_as_template(text) != inventory_trust.is_risky(text), text


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_not_risky(text):
    assert not inventory_trust.is_risky(text)
    assert inventory_trust.harmless(text) == text
    assert not MARKS_TRUST or inventory_trust.is_trusted_as_template(inventory_trust.harmless(text))


def test_texts_of_the_user_stay_as_they_are():
    if not MARKS_TRUST:
        pytest.skip("before, no text was marked as trusted")
    from ansible.template import is_trusted_as_template, trust_as_template

    mine = trust_as_template("{{ later }}")
    variables = {"mine": mine, "plain": "x", "risky": "{{ y }}", "list": ["x", {"k": "x"}], "number": 1, "null": None}
    inventory_trust.Results(inventory_trust.Texts()).mark(variables, [*variables, "nosuch"])
    assert variables["mine"] is mine
    assert is_trusted_as_template(variables["plain"]) and not is_trusted_as_template(variables["risky"])
    assert is_trusted_as_template(variables["list"][0]) and is_trusted_as_template(variables["list"][1]["k"])
    assert variables["number"] == 1 and variables["null"] is None
