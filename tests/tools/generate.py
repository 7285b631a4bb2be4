# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what follows from the modules and the contract, so that nobody copies it.

    make generate

The action plugins, the action group, the table of modules in README.md, the table of operations in the guide on
coverage, the sentence "A creation needs", what all modules of a resource say of their results, and what AWX is told of
the roles. A unit test fails while anything is stale. It needs ansible-core and PyYAML, and the collection on the Python
path.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import re
import sys
import textwrap
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent))

import awx
import guides
import reach

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import Resource

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "ansible_collections.cegedim.cloud.plugins.modules."
AT_MOST = 5  # modules that a row of the coverage table names
METHODS = ("get", "head", "post", "put", "patch", "delete")
WIDTH = 120


def names(root: Path) -> list[str]:
    """The names of all modules; their first word is their system, and the name of their action group."""
    return sorted(path.stem for path in (root / "plugins/modules").glob("*.py"))


def texts(root: Path = ROOT) -> dict[Path, str]:
    """All files that are generated, or have generated parts, as they have to be."""
    modules = {name: importlib.import_module(PACKAGE + name) for name in names(root)}
    found = {root / f"plugins/action/{name}.py": action(name) for name in modules}
    found[root / "meta/runtime.yml"] = runtime((root / "meta/runtime.yml").read_text(), list(modules))
    found[root / "README.md"] = guides.with_table(readme((root / "README.md").read_text(), modules), root)
    guide = root / "docs/docsite/rst/coverage.rst"
    found[guide] = coverage(guide.read_text(), operations(contract(root)), modules)
    for name, module in modules.items():
        path = root / f"plugins/modules/{name}.py"
        resource = next((value for value in vars(module).values() if isinstance(value, Resource)), None)
        text = path.read_text()
        if resource:
            text = returned(with_needs(text, name, resource))
        found[path] = returned_in_rows(text) if name.endswith("_info") else text
    companions = {
        system: (title, arguments.GROUPS[f"{system}_auth"], descriptions_of(f"{system}_auth"))
        for title, system in guides.SYSTEMS.items()
    }
    told = awx.texts(root, arguments.GROUPS["auth"], descriptions_of("auth"), companions)
    return {**found, **told, **guides.texts(root, modules)}


def descriptions_of(fragment: str) -> dict:
    """{option: what its documentation says}, of a documentation fragment."""
    file = importlib.import_module(PACKAGE.replace("modules", "doc_fragments") + fragment)
    return {
        name: option["description"]
        for name, option in yaml.safe_load(file.ModuleDocFragment.DOCUMENTATION)["options"].items()
    }


@functools.cache
def contract(root: Path) -> dict:
    """The documented contract of the API; it does not change while this runs."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((root / "tests/simulator/itcare.contract.yaml").read_bytes(), Loader=loader)


def stale(root: Path = ROOT) -> list[Path]:
    """The files that are not as they have to be, and action plugins of no module."""
    wanted = texts(root)
    others = [path for path in (root / "plugins/action").glob("*.py") if path not in wanted]
    return sorted([*others, *(path for path, text in wanted.items() if not path.exists() or path.read_text() != text)])


# The fast lane


ACTION = '''\
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast lane of {name}."""

from __future__ import annotations

from ..modules import {name}
from ..plugin_utils.{file} import {lane}


class ActionModule({lane}):
    module = {name}
'''
# A module that runs other modules has a lane of its own.
LANES = {
    "itcare_batch": ("batch", "Batch"),
    "itcare_estate": ("estate_converge", "Estate"),
    "itcare_estate_info": ("only_here", "OnlyHere"),
}
LANE_OF = {
    "itcare": ("itcare_lane", "ItcareLane"),
    "cockpit": ("companion_lanes", "CockpitLane"),
    "gopaas": ("companion_lanes", "GopaasLane"),
    "ovc": ("companion_lanes", "OvcLane"),
}


def action(name: str) -> str:
    """The action plugin of a module."""
    file, lane = LANES.get(name) or LANE_OF[name.partition("_")[0]]
    return ACTION.format(name=name, file=file, lane=lane)


def runtime(text: str, modules: list[str]) -> str:
    """meta/runtime.yml with all modules in the action group of their system."""
    head, _rest = text.split("action_groups:\n", 1)
    groups = [
        f"  {system}:\n" + "".join(f"    - {name}\n" for name in sorted(names))
        for system, names in itertools.groupby(sorted(modules), lambda name: name.partition("_")[0])
    ]
    return head + "action_groups:\n" + "".join(groups)


# Tables


def between(text: str, begin: str, end: str, lines: list[str]) -> str:
    """``text`` with these lines between its two marks. Raises ValueError where a mark is missing."""
    head, rest = text.split(begin + "\n", 1)
    _old, tail = rest.split(end + "\n", 1)
    return head + begin + "\n" + "".join(line + "\n" for line in lines) + end + "\n" + tail


def readme(text: str, modules: dict) -> str:
    """README.md with a row for each module: the sentence that is there already, or the module's own first one."""
    written = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.M))
    order = [name for name in written if name in modules]
    for name in modules:
        if name not in order:
            before = max((one for one in order if one < name), default=None)
            order.insert(order.index(before) + 1 if before else 0, name)
    rows = [f"| `{name}` | {written.get(name) or first_sentence(modules[name])} |" for name in order]
    return between(
        text, "<!-- modules, by make generate -->", "<!-- end -->", ["| Module | What it does |", "|---|---|", *rows]
    )


def first_sentence(module) -> str:
    """How the documentation of a module begins, without the full stop."""
    description = yaml.safe_load(module.DOCUMENTATION)["description"]
    text = description if isinstance(description, str) else description[0]
    return re.sub(r"[A-Z]\(([^)]*)\)", r"`\1`", re.split(r"\.(?:\s|$)", text, maxsplit=1)[0])


def operations(documented: dict) -> list[str]:
    """All documented operations, as "METHOD path", in the order of the contract."""
    return [
        f"{method.upper()} {path}" for path, item in documented["paths"].items() for method in METHODS if method in item
    ]


def coverage(text: str, documented: list[str], modules: dict) -> str:
    """The guide with a row for each operation: the modules that reach it, else itcare_api."""
    known = {name: reach.reached(name, module) for name, module in modules.items()}
    lines = [
        "",
        ".. list-table::",
        "    :header-rows: 1",
        "    :widths: 55 45",
        "",
        "    * - Operation",
        "      - Module",
    ]
    for operation in documented:
        found = [name for name, its in known.items() if reach.plain(operation) in its] or ["itcare_api"]
        lines.append(f"    * - ``{operation}``")
        lines += textwrap.wrap(
            named(found),
            WIDTH,
            initial_indent="      - ",
            subsequent_indent="        ",
        )
    return between(text, ".. operations, by make generate", ".. end", [*lines, ""])


def named(found: list[str]) -> str:
    """These modules in a row of the table; of many, the one that is about resources of all kinds, and their number."""
    several = len(found) > AT_MOST
    shown = [next((name for name in found if name in reach.OF_ANY_KIND), found[0])] if several else found
    text = ", ".join(f":ansplugin:`cegedim.cloud.{name}#module`" for name in shown)
    return text + (f" and {len(found) - 1} other modules" if several else "")


# In the modules


# What fields cannot say: a creation needs one of these.
OR = {"itcare_k8s_cluster": "O(nodes) or O(sizing) and O(node_count)"}


def with_needs(text: str, name: str, resource: Resource) -> str:
    """The source of a module with the sentence "A creation needs" of its resource."""
    found = re.search(r"^  - A creation needs (?:.*\n(?:    .*\n)*)", text, re.M)
    if not found:
        return text
    needed = [" or ".join(f"O({name})" for name in names) for names in resource.needs()]
    needed += [OR[name]] if name in OR else []
    item = " ".join(found[0].split())
    item = re.sub(r"A creation needs [^.]*\.", f"A creation needs {listed(needed, name in OR)}.", item, count=1)
    wrapped = textwrap.wrap(
        item,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return text.replace(found[0], "\n".join(wrapped) + "\n")


def listed(words: list[str], comma: bool) -> str:
    """``a, b and c``; with a ``comma`` before the last, where that has an "and" of its own."""
    return ", ".join(words[:-1]) + (", and " if comma else " and ") + words[-1]


RETURNED = {
    "address": """\
  description:
    - The path at which {noun} was read, below O(api_url), ready for M(cegedim.cloud.itcare_api).
    - A resource has two numbers, C(id) and C(internal_resource_id), which may differ. This path has the right one.
  returned: when {noun} exists and the module knows which number its path takes
  type: str
""",
    "steps": """\
  description: The names of the steps that were sent, or in check mode would be sent, in this order.
  returned: success
  type: list
  elements: str
""",
    "diff": """\
  description: For each step what it changes, the same in check mode and in a run.
  returned: success
  type: list
  elements: dict
""",
    "actions": """\
  description: The platform's actions that the task started or found in progress, in their last state.
  returned: success
  type: list
  elements: dict
""",
    "still_to_do": """\
  description: Steps that were not sent because O(wait) is V(false) and they must follow an action in progress.
  returned: when there are any
  type: list
  elements: str
""",
}

# What an info module says of the rows that it returns.
RETURNED_IN_ROWS = {
    "source": """\
      description:
        - V(details) if the row comes from its own page, V(listing) if it comes from a listing, which may omit fields or
          show outdated values.
      type: str
      returned: always
""",
    "tags": """\
      description: Tags as keys and values. A key that has several values has a list of them.
      type: dict
      returned: with V(tags) in O(gather)
""",
}


def returned_in_rows(text: str) -> str:
    """The source of an info module, with what all of them say of their rows. The samples are the module's own."""
    for key, words in RETURNED_IN_ROWS.items():
        found = re.search(rf"^    {key}:\n      description:(?:.*\n)((?:      .*\n)+)", text, re.M)
        if found and "returned: where" not in found[1]:
            sample = re.search(r"^      sample:.*\n(?:        .*\n)*", found[1], re.M)
            text = text.replace(found[0], f"    {key}:\n" + words + (sample[0] if sample else ""))
    return text


def returned(text: str) -> str:
    """The source of a module of a resource, with what all of them say of their results.

    The noun and the samples are the module's own. So is a description in several paragraphs.
    """
    noun = re.search(r"The path at which (.*) was read,", text)
    for key, words in RETURNED.items():
        found = re.search(rf"^{key}:\n((?:  .*\n)+)", text, re.M)
        if (
            not found
            or (key != "address" and found[1].startswith("  description:\n"))
            or (key == "address" and not noun)
        ):
            continue
        sample = re.search(r"^  sample:.*\n(?:    .*\n)*", found[1], re.M)
        block = f"{key}:\n" + words.format(noun=noun and noun[1]) + (sample[0] if sample else "")
        text = text.replace(found[0], block)
    return text


def write(root: Path = ROOT) -> list[Path]:
    """Write what is stale, and remove action plugins of no module; those files."""
    wanted, found = texts(root), stale(root)
    for path in found:
        if path in wanted:
            path.write_text(wanted[path])
        else:
            path.unlink()
    return found


if __name__ == "__main__":
    for changed in write():
        print(changed.relative_to(ROOT))
