# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate as files that people keep: one for each service, and the playbook that applies them.

The same estate gives the same bytes. What a person has filled in under ``creation`` is kept.
"""

from __future__ import annotations

import re

import yaml

from ..module_utils.errors import InvalidInput

PLAYBOOK = "apply.yml"
MARK = "# Written by the role cegedim.cloud.estate_export."
PASSWORD = "_password"
TEMPLATE = ("{{", "{%", "{#")
ODD_BREAKS = set("\x85\u2028\u2029")  # line ends to YAML, which it would fold
NO_SERVICE = "no_service"
HEAD = MARK + " The next export overwrites it, but for values under creation.\n"
PLAY = """\
---
{head}#
#   ansible-playbook {playbook} --check --diff    # what differs on the platform
#   ansible-playbook {playbook}                   # bring the platform back to what is here
- name: Apply the estate
  hosts: localhost
  gather_facts: false
  vars_files:
{files}
  tasks:
    # Ansible shows the differences of a task only if the task does not fail.
    - name: Apply all resources
      cegedim.cloud.itcare_estate:
        resources: "{{{{ {variables} }}}}"
      register: estate_applied
      failed_when: estate_applied.summary is not defined

    - name: Show the result
      ansible.builtin.debug:
        var: estate_applied.msg

    - name: Fail if a resource failed
      ansible.builtin.assert:
        that: estate_applied.summary.failed == 0
        fail_msg: "{{{{ estate_applied.msg }}}}"
        quiet: true
"""


def files(described, earlier):
    """The files (``{name: text}``) for what itcare_estate_info has returned (dict).

    ``earlier`` (``{name: text}``) are those that are there. Raises InvalidInput for one of them that cannot be read.
    """
    filled_in = {}
    for name, text in earlier.items():
        if is_ours(text) and name != PLAYBOOK:
            filled_in.update(_filled_in(name, text))
    services = {}
    for item in described["estate"]:
        services.setdefault(str(item["service"] or NO_SERVICE), []).append(item)
    names = _names_of(services)
    variables = _passwords(described["estate"])
    lost = {}
    for row in described["not_expressed"]:
        lost.setdefault(str(row["service"] or NO_SERVICE), []).append(row)
    made = {
        names[service] + ".yml": _file(names[service], items, lost.get(service, ()), variables, filled_in)
        for service, items in services.items()
    }
    return {**made, PLAYBOOK: _playbook(sorted(names.values()))}


def has_passwords(earlier):
    """Whether somebody has filled in a password as it is in one of these files (``{name: text}``)."""
    return any(
        option.endswith(PASSWORD) and value and not isinstance(value, (Template, _Vaulted))
        for name, text in earlier.items()
        if is_ours(text) and name != PLAYBOOK
        for values in _filled_in(name, text).values()
        for option, value in values.items()
    )


def is_ours(text):
    """Whether a file was written by an earlier export."""
    return MARK in text


def passwords(described):
    """The names of the variables (list of str) for passwords that a creation needs."""
    return sorted(_passwords(described["estate"]).values())


def resources(items):
    """The items of a description (list of dict) as itcare_estate takes them."""
    return [
        {key: item[key] for key in ("module", "options", "creation") if item.get(key) is not None} for item in items
    ]


# One file


def _file(name, items, lost, variables, filled_in):
    rows = [_row(item, variables, filled_in) for item in items]
    return "---\n%s%s%s" % (HEAD, _dump({"estate_" + name: rows}), _remarks(items, lost))


def _row(item, variables, filled_in):
    row = {"module": item["module"], "options": item["options"]}
    kept = filled_in.get(_key(item), {})
    creation = {
        option: kept.get(option) if kept.get(option) is not None else _placeholder(item, option, variables)
        for option in item["creation"]
    }
    return {**row, "creation": creation} if creation else row


def _placeholder(item, option, variables):
    if not option.endswith(PASSWORD):
        return None
    return Template("{{ %s | default('') }}" % variables[_key(item)])


def _remarks(items, lost):
    """What the options do not say, as comments."""
    lines = [
        "%s: %s is an id: %s" % (_called(item), option, why)
        for item in items
        for option, why in sorted(item["by_id"].items())
    ]
    lines += [
        "%s %s%s: %s" % (row["kind"], row["name"], ": " + row["option"] if row.get("option") else "", row["reason"])
        for row in lost
    ]
    said = "".join("#   %s\n" % " ".join(str(line).split()) for line in lines)
    return "# Not expressed here:\n" + said if said else ""


def _called(item):
    return "%s %s" % (item["kind"], item.get("part") or item["name"])


def _playbook(names):
    return PLAY.format(
        head=HEAD.replace(", but for values under creation", ""),
        playbook=PLAYBOOK,
        files="\n".join("    - %s.yml" % name for name in names) if names else "    []",
        variables=" + ".join("estate_" + name for name in names) or "[]",
    )


# Names


def _names_of(services):
    """A name for the file and the variable of each service (``{service: name}``), each once."""
    names = {}
    for service in sorted(services):
        name, number = slug(service), 2
        while name in names.values() or name + ".yml" == PLAYBOOK:
            name, number = "%s_%d" % (slug(service), number), number + 1
        names[service] = name
    return names


def slug(text):
    """A text as part of the name of a variable: lowercase letters, digits and underscores."""
    return re.sub(r"[^a-z0-9]+", "_", str(text).casefold()).strip("_") or "_"


def _passwords(items):
    """The variable for the password of each item that needs one (dict by ``_key``)."""
    needy = [item for item in items if any(option.endswith(PASSWORD) for option in item["creation"])]
    names = {}
    for item in needy:
        name = "vault_%s_%s%s" % (slug(item["service"] or NO_SERVICE), slug(item["name"]), PASSWORD)
        alike = [one for one in needy if _same_name(one, item)]
        if len(alike) > 1:
            name = name[: -len(PASSWORD)] + "_%s_%s%s" % (item["kind"], item["id"], PASSWORD)
        names[_key(item)] = name
    return names


def _same_name(one, other):
    return [slug(one[key]) for key in ("service", "name")] == [slug(other[key]) for key in ("service", "name")]


def _key(item):
    """What tells an item from others, in a file and in a description (tuple)."""
    return (item["module"], *(str(item["options"].get(key)) for key in ("id", "name", "service")))


# YAML


class Template(str):
    """A text that Ansible is to evaluate; any other is what the platform says."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        return True


def _text(dumper, value):
    if any(sign in value for sign in TEMPLATE):
        return dumper.represent_scalar("!unsafe", value, style='"')
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if ODD_BREAKS & set(value) else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(
    Template, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')
)


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


class _Vaulted(str):
    """A value that is encrypted in the file."""


_Loader.add_constructor("!vault", lambda loader, node: _Vaulted(loader.construct_scalar(node)))
_Dumper.add_representer(_Vaulted, lambda dumper, value: dumper.represent_scalar("!vault", str(value), style="|"))


def _dump(data):
    return yaml.dump(
        _plain(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=10**6
    )


def _plain(value):
    """Without the types of Ansible, which no dumper knows."""
    if isinstance(value, dict):
        return {"".join(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (Template, _Vaulted)):
        return value
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else str(value)


def _filled_in(name, text):
    """The values under ``creation`` of an earlier file (``{key: {option: value}}``)."""
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as problem:  # its text would show the line, which may hold a password
        mark = getattr(problem, "problem_mark", None)
        where = ", line %d" % (mark.line + 1) if mark else ""
        text = "%s is not valid YAML%s, so what is filled in there would be lost"
        raise InvalidInput(text % (name, where)) from None
    found = {}
    for rows in (data or {}).values():
        for row in rows or ():
            values = row.get("creation") or {}
            found[_key(row)] = {
                option: Template(value)
                if isinstance(value, str) and not isinstance(value, (Template, _Vaulted)) and "{{" in value
                else value
                for option, value in values.items()
            }
    return found
