# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the guides that follow from the code: modules by product, roles, and all error messages.

``generate.py`` writes them between marks in the pages.
"""

from __future__ import annotations

import ast
import functools
import re
import textwrap
from pathlib import Path

import yaml

WIDTH = 120
# The pages of modules, under the product that they are about. What is not here is under OTHERS.
PRODUCTS = {
    "Virtual machines": ("instance", "instance_info", "instance_snapshot"),
    "PostgreSQL": ("postgresql", "postgresql_info", "postgresql_restore"),
    "MariaDB": ("mariadb", "mariadb_info"),
    "SQL Server": ("sqlserver", "sqlserver_info"),
    "OpenSearch": ("opensearch", "opensearch_info"),
    "Redis": ("redis", "redis_info"),
    "Apache Kafka": ("kafka", "kafka_info"),
    "RabbitMQ": ("rabbitmq", "rabbitmq_info"),
    "GlusterFS": ("glusterfs", "glusterfs_info"),
    "OverDrive": ("overdrive", "overdrive_info"),
    "Matomo": ("matomo", "matomo_info"),
    "Kubernetes": ("k8s_cluster", "k8s_cluster_info"),
    "Load balancers": (
        "loadbalancer",
        "loadbalancer_member",
        "loadbalancer_url",
        "loadbalancer_info",
        "certificate_info",
        "ssl_profile_info",
        "health_check_info",
    ),
    "Any resource": ("resource_info", "tag", "tag_info", "comment", "dns_alias", "batch", "estate", "estate_info"),
    "Services and patching": ("service_info", "environment_info", "patch_policy", "change_info", "backup_policy_info"),
    "Support and numbers": ("obsolescence_info", "metric_info", "status_info", "resource_filter_info"),
    "Places and networks": ("region_info", "network_info", "domain_info", "authentication_domain_info"),
    "Catalogue": ("product_info", "resource_type_info"),
    "Hardware and network clusters": ("hardware_info", "network_cluster_info", "application_server_info"),
    "Actions and other requests": ("action", "action_info", "api"),
}
# The other systems, by the first word of their modules.
SYSTEMS = {"Cockpit ITSM": "cockpit", "GoPaaS": "gopaas", "OpenvCloud": "ovc"}
OTHERS = "Other products"
# Exceptions of the transport, and which of the collection's a user gets in their place.
SENT = {"NotSent": "Unreachable", "AnswerLost": "TimedOut", "Unreadable": "UnexpectedAnswer"}
FEWEST_WORDS = 2  # what has fewer words of its own only passes on what another says


def texts(root: Path, modules: dict) -> dict[Path, str]:
    """The guides of this kind, as they have to be. ``modules``: {name: the imported module}."""
    guides = root / "docs/docsite/rst"
    page, roles, messages = guides / "modules_by_product.rst", guides / "roles.rst", guides / "troubleshooting.rst"
    return {
        page: between(page.read_text(), "modules", by_product(modules)),
        roles: with_roles(roles.read_text(), root),
        messages: with_messages(messages.read_text(), root),
    }


def between(text: str, what: str, lines: list[str]) -> str:
    """A page with these lines between the marks of ``what``. Raises ValueError where it has no such marks."""
    head, mark, rest = text.partition(f".. {what}, by make generate\n")
    _old, end, tail = rest.partition(".. end\n")
    if not mark or not end:
        raise ValueError(f"no page has an entry for {what}: there is no '.. {what}, by make generate'")
    return head + mark + "\n" + "".join(line + "\n" for line in [*lines, ""]) + end + tail


# Modules


def by_product(modules: dict) -> list[str]:
    """A table for each product."""
    grouped = {title: [f"itcare_{name}" for name in names] for title, names in PRODUCTS.items()}
    for title, system in SYSTEMS.items():
        grouped[title] = [name for name in modules if name.startswith(f"{system}_")]
    known = {name for names in grouped.values() for name in names}
    grouped[OTHERS] = [name for name in modules if name not in known]
    lines = []
    for title, names in grouped.items():
        present = [name for name in names if name in modules]
        if not present:
            continue
        lines += [title, "-" * len(title), "", ".. list-table::", "    :widths: 40 60", ""]
        for name in present:
            words = yaml.safe_load(modules[name].DOCUMENTATION)["short_description"]
            lines += [f"    * - :ansplugin:`cegedim.cloud.{name}#module`", f"      - {words}"]
        lines.append("")
    return lines[:-1]


# Roles


def with_roles(text: str, root: Path) -> str:
    """The guide on roles, with what each of them is for and the example of its README."""
    specs = specifications(root)
    rows = [".. list-table::", "    :widths: 70 30", ""]
    sections = []
    for path in specs:
        name = path.parents[1].name
        readme = (path.parents[1] / "README.md").read_text()
        rows += textwrap.wrap(about(path), WIDTH, initial_indent="    * - ", subsequent_indent="        ")
        rows.append(f"      - :ansplugin:`cegedim.cloud.{name}#role`")
        sections += [name, "~" * len(name), "", *introduction(readme), ""]
        sections += [".. code-block:: yaml+jinja", "", *textwrap.indent(example(readme), "    ").splitlines(), ""]
        sections += [f"Its variables are described with the role :ansplugin:`cegedim.cloud.{name}#role`.", ""]
    text = between(text, "roles", rows)
    return between(text, "examples", sections[:-1])


def with_table(readme: str, root: Path) -> str:
    """README.md with a row for each role."""
    rows = ["| Role | What it is for |", "|---|---|"]
    rows += [f"| `{path.parents[1].name}` | {about(path)} |" for path in specifications(root)]
    head, rest = readme.split("<!-- roles, by make generate -->\n", 1)
    _old, tail = rest.split("<!-- end -->\n", 1)
    return head + "\n".join(["<!-- roles, by make generate -->", *rows, "<!-- end -->", tail])


def specifications(root: Path) -> list[Path]:
    """The argument specifications of all roles."""
    return sorted(root.glob("roles/*/meta/argument_specs.yml"))


def about(specification: Path) -> str:
    """What a role is for, in one line."""
    return yaml.safe_load(specification.read_text())["argument_specs"]["main"]["short_description"].rstrip(".")


def introduction(readme: str) -> list[str]:
    """What a README says below its title, in lines."""
    words = readme.split("\n\n")[1]
    return textwrap.wrap(re.sub(r"`([^`]+)`", r"``\1``", " ".join(words.split())), WIDTH, break_on_hyphens=False)


def example(readme: str) -> str:
    """The first example of a README."""
    return readme.split("```yaml\n")[1].split("```")[0]


# Messages


def with_messages(text: str, root: Path) -> str:
    """The guide on errors, with all messages of each kind below what is written about it."""
    for kind, found in messages(root).items():
        lines = []
        for message in found:
            lines += textwrap.wrap(
                f"``{message}``",
                WIDTH,
                initial_indent="- ",
                subsequent_indent="  ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        text = between(text, kind, lines)
    return text


def kinds(root: Path) -> list[str]:
    """The exceptions of the collection, the root of the family first."""
    tree = ast.parse((root / "plugins/module_utils/errors.py").read_text())
    return [node.name for node in tree.body if isinstance(node, ast.ClassDef)]


def messages(root: Path) -> dict[str, list[str]]:
    """{exception: its messages, as the code has them}; what is filled in is shown as "…"."""
    sources = tuple(path.read_text() for path in sorted(root.glob("plugins/**/*.py")))
    return raised(tuple(kinds(root)), sources)


@functools.cache
def raised(known: tuple[str, ...], sources: tuple[str, ...]) -> dict[str, list[str]]:
    """{exception: messages} in these files. It takes a few seconds, so it is done once."""
    found: dict[str, set[str]] = {kind: set() for kind in known}
    trees = [ast.parse(text) for text in sources]
    public = {name: node for tree in trees for name, node in defined(tree).items() if not name.startswith("_")}
    for tree in trees:
        functions, everywhere = {**public, **defined(tree)}, assigned(tree)
        for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
            calls = [node for node in ast.walk(scope) if isinstance(node, ast.Call) and node.args]
            for node in calls:
                kind = SENT.get(called(node), called(node))
                if kind in found:
                    names = {**everywhere, **assigned(scope)}
                    found[kind].update(sentences(node.args[0], names, functions))
    return {kind: sorted(filter(None, map(shown, texts))) for kind, texts in found.items()}


def defined(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions and methods of a file by their names."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def called(node: ast.Call) -> str:
    """The name of what is called, without what stands before its last dot."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def assigned(*scopes: ast.AST) -> dict[str, list[ast.expr]]:
    """{name: what is assigned to it} in these parts of a file, wherever."""
    found: dict[str, list[ast.expr]] = {}
    for scope in scopes:
        for node in ast.walk(scope) if isinstance(scope, ast.FunctionDef) else scope.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def sentences(node: ast.expr, names: dict, functions: dict, depth: int = 0) -> set[str]:
    """What an expression may be as a text, with %s for what is not known."""
    if depth > 4:
        return set()

    def inner(one: ast.expr) -> set[str]:
        return sentences(one, names, functions, depth + 1)

    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return inner(node.left)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return {left + right for left in inner(node.left) or {"%s"} for right in inner(node.right) or {"%s"}}
    if isinstance(node, ast.IfExp):
        return inner(node.body) | inner(node.orelse)
    if isinstance(node, ast.Name):
        return {text for value in names.get(node.id, ()) for text in inner(value)}
    if isinstance(node, ast.Call) and called(node) in ("redact", "remove_values"):
        return inner(node.args[0])
    if isinstance(node, ast.Call) and called(node) in functions:
        function = functions[called(node)]
        names = assigned(function)
        returns = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value]
        return {text for one in returns for text in sentences(one, names, functions, depth + 1)}
    return set()


def shown(template: str) -> str:
    """A message as the page shows it, or an empty text if it has no words of its own."""
    text = re.sub(r"%[-#0-9.]*[sdrgf]", "…", template.replace("%r", "'%s'")).replace("%%", "%").strip(" ;:.")
    words = re.findall(r"[A-Za-z_]{3,}", text)
    return " ".join(text.split()) if len(words) >= FEWEST_WORDS else ""
