# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX is told of the collection: a survey for each role, and a credential type for the account.

Both follow from what is described already: the argument specification of the role, and the options of the group
``auth``. ``generate.py`` writes them to roles/awx, and a playbook for each role that has none yet.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import yaml

AWX = "awx"  # the role that sets up AWX itself; AWX does not run it
WIDTH = 118
WIDTH_OF_TEMPLATES = 140  # so that each is on one line
TEXT_MAX, LINES_MAX = 1024, 65536  # characters of an answer
WORDS = {"api": "API", "ca": "CA", "dns": "DNS", "id": "ID", "ip": "IP", "ssh": "SSH", "tls": "TLS", "url": "URL"}
ROLES, ACCOUNT, END = "# roles, by make generate", "# account, by make generate", "# end"
COMPANIONS = "# companions, by make generate"


def texts(root: Path, auth: dict, descriptions: dict, companions: dict) -> dict[Path, str]:
    """The files of this kind, as they have to be.

    ``auth``: {option: its argument spec}, of the group; ``descriptions``: {option: what its documentation says}.
    ``companions``: {system: (its name, its auth, its descriptions)}.
    """
    specs = roles(root)
    played = [name for name in specs if name != AWX]
    here = root / "roles" / AWX
    guide = root / "docs/docsite/rst/awx.rst"
    kind = credential_type(auth, descriptions)
    entries = [{"role": name} for name in played]
    account = accounts(auth, descriptions)
    others = {
        system: {"description": f"Account of {title}.", "type": "dict", "options": accounts(options, words)}
        for system, (title, options, words) in companions.items()
    }
    other_kinds = {
        system: {"system": title, **credential_type(options, words)}
        for system, (title, options, words) in companions.items()
    }
    spec = (here / "meta/argument_specs.yml").read_text()
    found = {
        here / "vars/main/generated.yml": variables(kind, other_kinds, {one: specs[one] for one in played}),
        here / "defaults/main.yml": with_yaml((here / "defaults/main.yml").read_text(), ROLES, entries),
        here / "meta/argument_specs.yml": with_yaml(
            with_yaml(with_yaml(spec, ROLES, entries), ACCOUNT, account), COMPANIONS, others
        ),
        guide: with_inputs(guide.read_text(), kind),
    }
    for name in played:
        path = root / "playbooks" / f"{name}.yml"
        found[path] = path.read_text() if path.exists() else playbook(name, specs[name])
    return found


def roles(root: Path) -> dict[str, dict]:
    """{role: its argument specification}, of all roles of the collection."""
    files = sorted(root.glob("roles/*/meta/argument_specs.yml"))
    return {path.parents[1].name: yaml.safe_load(path.read_text())["argument_specs"]["main"] for path in files}


# The credential type


def credential_type(auth: dict, descriptions: dict) -> dict:
    """``inputs`` and ``injectors`` (dicts) of AWX's credential type, from the options that reach ITCare."""
    fields, env = [], {}
    for name, option in auth.items():
        if option["type"] in ("int", "float") and "default" not in option:
            continue  # AWX injects an empty text where nothing was given, which is not a number
        fields.append(field(name, option, descriptions[name]))
        env[option["fallback"][1][0]] = injected(name, option)
    return {"inputs": {"fields": fields}, "injectors": {"env": env}}


def field(name: str, option: dict, description) -> dict:
    """One input. AWX sets a boolean that was not given to false, so those are choices here."""
    choices = option.get("choices") or (["true", "false"] if option["type"] == "bool" else None)
    return {
        "id": name,
        "label": in_words(name),
        "type": "string",
        **({"choices": choices} if choices else {}),
        **({"secret": True} if option.get("no_log") else {}),
        "help_text": plain(first(description)),
    }


def accounts(auth: dict, descriptions: dict) -> dict:
    """The options of an account in the argument specification of the role."""
    return {name: of_account(option, descriptions[name]) for name, option in auth.items()}


def of_account(option: dict, description) -> dict:
    """The same option in the argument specification of the role. A path is one of the execution environment."""
    kept = {key: option[key] for key in ("choices", "no_log") if option.get(key)}
    kind = "str" if option["type"] == "path" else option["type"]
    return {"description": plain(first(description)), "type": kind, **kept}


def injected(name: str, option: dict) -> Unsafe:
    """The template of the environment variable. What was not given is empty in AWX, which is no number and no truth."""
    if "default" not in option:
        return Unsafe("{{ %s }}" % name)
    return Unsafe("{{ %s | default('%s', true) }}" % (name, as_text(option["default"])))


def with_inputs(text: str, kind: dict) -> str:
    """The guide with a row for each input."""
    lines = [
        "",
        ".. list-table::",
        "    :header-rows: 1",
        "    :widths: 25 15 60",
        "",
        "    * - Input",
        "      - Secret",
        "      - Environment variable of a job",
    ]
    for one, variable in zip(kind["inputs"]["fields"], kind["injectors"]["env"]):
        secret = "      - yes" if one.get("secret") else "      -"
        lines += [f"    * - ``{one['id']}``", secret, f"      - ``{variable}``"]
    return between(text, ".. inputs, by make generate", ".. end", [*lines, ""])


# Surveys


def survey(role: str, spec: dict) -> dict:
    """A survey in AWX's form, with a question for each option of a role."""
    questions = [question(role, name, option) for name, option in spec["options"].items()]
    return {"name": "", "description": "", "spec": questions}


def question(role: str, name: str, option: dict) -> dict:
    """One question of a survey. Its variable tells playbooks/tasks/survey.yml how to read the answer."""
    prefix, kind, hint = form(option)
    description = option["description"]
    sentences = [description] if isinstance(description, str) else description
    asked = {
        "question_name": in_words(name[len(role) + 1 :]),
        "question_description": plain(" ".join([*sentences, hint])).strip(),
        "variable": prefix + name,
        "type": kind,
        "required": bool(option.get("required")),
    }
    if kind in ("multiplechoice", "multiselect"):
        asked["choices"] = [as_text(one) for one in option.get("choices", [True, False])]
    if kind in ("text", "password", "textarea"):
        asked |= {"min": 0, "max": LINES_MAX if kind == "textarea" else TEXT_MAX}
    # None, or nothing, is what an answer that is left empty means
    if option.get("default") not in (None, "", [], {}) and kind != "password":
        asked["default"] = as_default(option["default"], prefix, kind)
    return asked


def form(option: dict) -> tuple[str, str, str]:
    """How an option is asked for: the prefix of the variable, AWX's type of question, and what to tell the user.

    The answer to a question for a number is one already, so it has the name of the option itself.
    """
    kind, choices = option.get("type", "str"), option.get("choices")
    of_texts = option.get("elements", "str") in ("str", "path")
    if option.get("no_log"):
        return "survey_secret_", "password", ""
    if kind == "bool":
        return "survey_yaml_", "multiplechoice", ""
    if kind == "list" and choices:
        return "survey_" if of_texts else "survey_yaml_", "multiselect", ""
    if kind == "list" and of_texts:
        return "survey_lines_", "textarea", "One per line."
    if kind in ("list", "dict", "raw", "json", "jsonarg"):
        return "survey_yaml_", "textarea", "In YAML."
    if choices:
        return "survey_" if kind == "str" else "survey_yaml_", "multiplechoice", ""
    if kind in ("int", "float"):
        return "", {"int": "integer", "float": "float"}[kind], ""
    return "survey_", "text", ""


def as_default(value, prefix: str, kind: str):
    """The default of an option as that of a question."""
    if kind in ("integer", "float"):
        return value
    if kind == "multiselect" or prefix == "survey_lines_":
        return "\n".join(as_text(one) for one in value)
    if isinstance(value, (list, dict)):
        return yaml.safe_dump(value, sort_keys=False)
    return as_text(value)


# Texts


class Unsafe(str):
    """A text that Ansible must not take for a template."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data):
        return True


_Dumper.add_representer(Unsafe, lambda dumper, value: dumper.represent_scalar("!unsafe", str(value), style='"'))


def variables(kind: dict, companions: dict, specs: dict[str, dict]) -> str:
    """roles/awx/vars/main/generated.yml."""
    found = {
        "__awx_inputs": kind["inputs"],
        "__awx_injectors": kind["injectors"],
        "__awx_companions": companions,
        "__awx_surveys": {role: survey(role, spec) for role, spec in specs.items()},
    }
    head = "# Written by make generate, from the argument specifications of the roles and the options of an account."
    return f"---\n{head}\n{dumped(found, WIDTH_OF_TEMPLATES)}"


def with_yaml(text: str, begin: str, value) -> str:
    """``text`` with ``value`` between its two marks, as far to the right as these."""
    indent = re.search(rf"^( *){begin}$", text, re.M)[1]
    lines = textwrap.indent(dumped(value, WIDTH - len(indent)), indent).splitlines()
    return between(text, indent + begin, indent + END, lines)


def dumped(value, width: int) -> str:
    """``value`` as YAML in the style of the collection."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=width, allow_unicode=True)


def playbook(role: str, spec: dict) -> str:
    """The first version of playbooks/<role>.yml."""
    return PLAYBOOK.format(role=role, name=in_words(role), about=spec["short_description"].rstrip("."))


PLAYBOOK = """\
---
# {about}. The README of the role {role} explains its variables.
#
#   ansible-playbook cegedim.cloud.{role} -e @variables.yml
- name: {name}
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Use the answers of a survey
      ansible.builtin.import_tasks: tasks/survey.yml

    - name: Run the role
      ansible.builtin.import_role:
        name: cegedim.cloud.{role}
"""


def between(text: str, begin: str, end: str, lines: list[str]) -> str:
    """``text`` with these lines between its two marks. Raises ValueError where a mark is missing."""
    head, rest = text.split(begin + "\n", 1)
    _old, tail = ("\n" + rest).split("\n" + end + "\n", 1)
    return head + begin + "\n" + "".join(line + "\n" for line in lines) + end + "\n" + tail


def in_words(name: str) -> str:
    """``api_url`` as ``API URL``, ``node_count`` as ``Node count``."""
    words = [WORDS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def first(description) -> str:
    """The first paragraph of a description."""
    return description if isinstance(description, str) else description[0]


def plain(text: str) -> str:
    """A description without the markup of Ansible's documentation, in one line."""
    text = re.sub(r"\b[A-Z]\(([^()]*)\)", r"\1", text)
    return " ".join(textwrap.dedent(text).split())


def as_text(value) -> str:
    """A value as YAML and environment variables have it: ``true``, not ``True``."""
    return str(value).lower() if isinstance(value, bool) else str(value)
