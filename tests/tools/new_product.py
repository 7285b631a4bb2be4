# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the first version of all files of a product that is made of nodes, from the contract.

    make new-product NAME=redis

What has to be decided is marked `decide:`. A file that is there already is left as it is.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from string import Template

import yaml

from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.farm import farm
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.offers import FARM_TYPES
from ansible_collections.cegedim.cloud.plugins.module_utils.products.shared.rules import FARM_NAME, within

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).with_name("new_product")
WIDTH = 120
TITLES = {"mariadb": "MariaDB", "opensearch": "OpenSearch", "rabbitmq": "RabbitMQ", "glusterfs": "GlusterFS"}
SHARED = "ansible_collections.cegedim.cloud.plugins.module_utils.products.shared"
LISTINGS = {"DATABASES": "/databases", "BROKERS": "/message-brokers"}
COUNTS = ("instanceCount", "brokerCount", "nodeCount")
PREFIXES = ("vmPrefix", "nodePrefix", "prefix")
TYPES = {"integer": "int", "boolean": "bool", "number": "float", "array": "list"}
NAME, PASSWORD = "qitnew", "Correct-Horse-42!"


class Contract:
    """What the contract says of one product."""

    def __init__(self, name: str, root: Path = ROOT):
        whole = yaml.load(
            (root / "tests/simulator/itcare.contract.yaml").read_bytes(),
            Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
        )
        self._schemas = whole["components"]["schemas"]
        fitting = [path for path in whole["paths"] if _is_called(path, name) and "post" in whole["paths"][path]]
        if len(fitting) != 1:
            raise SystemExit(f"{name}: the contract has {len(fitting)} paths of that name where something is created")
        self.path = fitting[0]
        self.has_listing = "get" in whole["paths"][self.path]
        (content,) = whole["paths"][self.path]["post"]["requestBody"]["content"].values()
        self.fields, self.required = self._fields(content["schema"])
        self.example = next((one["value"] for one in content.get("examples", {}).values()), {})
        update = whole["paths"][self.path + "/{id}"]["patch"]
        self.operations = {one["operation"]: one.get("options", {}) for one in update["x-itcare-operations"]}

    def _fields(self, schema: dict) -> tuple[dict, set]:
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        fields, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            more, needed = self._fields(part)
            fields.update(more)
            required |= needed
        return fields, required


def _is_called(path: str, name: str) -> bool:
    last = path.rsplit("/", 1)[1].replace("-", "_")
    return name in (last, last.rsplit("_", 1)[-1])


class Product:
    """What is written for one product: files, by their paths below the collection."""

    def __init__(self, name: str, contract: Contract):
        self.name, self.contract = name, contract
        self.constructor = farm(name, contract.path, "", name=FARM_NAME, disk=within("disk_size", 1, 2), password=len)
        covered = {one.body_name for one in self.constructor.fields}
        self.own = {key: value for key, value in contract.fields.items() if key not in covered}
        self.options = [self._option(key) for key in self.own]

    def files(self) -> dict[str, str]:
        """Path: text."""
        target = f"tests/integration/targets/itcare_{self.name}"
        words = self._words()
        written = {
            f"plugins/module_utils/products/{self.name}.py": "product.py.in",
            f"plugins/modules/itcare_{self.name}.py": "module.py.in",
            f"plugins/modules/itcare_{self.name}_info.py": "info.py.in",
            f"tests/unit/plugins/modules/test_itcare_{self.name}.py": "test.py.in",
            f"tests/unit/plugins/modules/test_itcare_{self.name}_info.py": "test_info.py.in",
            f"{target}/tasks/converge.yml": "converge.yml.in",
            f"{target}/tasks/main.yml": "target.yml.in",
        }
        texts = {path: Template((TEMPLATES / one).read_text()).substitute(words) for path, one in written.items()}
        return {
            **texts,
            f"{target}/aliases": "gather_facts/no\n",
            f"{target}/meta/main.yml": "---\ndependencies:\n  - setup_itcare\n",
        }

    def _words(self) -> dict[str, str]:
        given = self._given()
        body = self._body(given)
        return {
            "shebang": "#!/usr/bin/python",  # ansible-test allows it in modules only, and so not in the template
            "name": self.name,
            "NAME": self.name.upper(),
            "Title": TITLES.get(self.name, self.name.capitalize()),
            "path": self.contract.path,
            "product": "".join(_short(f"    {line}") for line in self._arguments()),
            "imports": ", ".join(self._imports()),
            "rules": "FARM_NAME, PASSWORD_12_20, within",
            "resource_imports": "Field, Operation" if self._other_operations() else "Field",
            **self._listing(),
            **self._zone(),
            "documented": "".join(self._documented(key, option) for key, option in zip(self.own, self.options)),
            "spec": "".join(f"    {option}={self._argument(key)},\n" for key, option in zip(self.own, self.options)),
            "given": "".join(f"    {key}={_python(value)},\n" for key, value in given.items()),
            "body": "".join(f'    "{key}": {_python(value)},\n' for key, value in body.items()),
            "given_yaml": _yaml({**given, "admin_password": "{{ password }}"}, 6),
            "body_yaml": _yaml(body, 14),
            "example_yaml": _yaml({**given, "admin_password": "{{ vault_password }}"}, 4),
        }

    # The product

    def _arguments(self) -> list[str]:
        """The lines of the call of farm(), each as Python has it."""
        pattern, fields = self.contract.fields["name"].get("pattern"), self.contract.fields
        disk = fields.get("diskSize", {})
        said = f"the contract has the pattern {pattern}" if pattern else "the contract has no pattern"
        lines = [
            f'"{self.name}",',
            f'"{self.contract.path}",',
            f'"{self._catalogue()}",  # decide: its type among the products',
            f"name=FARM_NAME,  # decide: {said}",
            "password=PASSWORD_12_20,  # decide: compare the pattern in the contract",
            f'disk=within("disk_size", {disk.get("minimum", 40)}, {disk.get("maximum", 1024)}, "GB"),'
            "  # decide: the bounds",
        ]
        if self._listed():
            lines.append(f"listed={self._listed()},")
        needed = [one for one in ("platform",) if one in self.contract.required]
        if needed:
            lines.append(f'needs=("{needed[0]}",),')
        lines += ["fields=(", *(f"    {self._field(key, value)}" for key, value in self.own.items()), "),"]
        others = self._other_operations()
        if others:
            lines += ["operations=(", *(f"    {self._operation(one)}" for one in others), "),"]
        return [*lines, *self._surplus()]

    def _catalogue(self) -> str:
        return next((one for one in FARM_TYPES if one.endswith(self.name.upper())), self.name.upper())

    def _listed(self) -> str | None:
        parent = self.contract.path.rsplit("/", 1)[0]
        shared = next((name for name, path in LISTINGS.items() if path == parent), None)
        return None if self.contract.has_listing else shared

    def _imports(self) -> list[str]:
        used = ["farm"]
        used += [self._listed()] if self._listed() else []
        for key in self.own:
            used.append(next((word for word, fits in USED.items() if fits(key)), "farm"))
        return sorted(set(used), key=lambda word: (not word.isupper(), word.lower()))

    def _field(self, key: str, schema: dict) -> str:
        if key in COUNTS:
            least, most = schema.get("minimum", 1), schema.get("maximum", 3)
            named = "" if key == "instanceCount" else f', created_as="{key}"'
            text = ", and the body has text" if schema["type"] == "string" else ""
            return f"node_count({least}, {most}{named}),  # decide: the bounds{text}"
        if _is_version(key):
            return f'version("{key}"),  # decide: whether it can be upgraded in place'
        if key == "tlsEnabled":
            return "TLS,  # decide: whether the page of one shows it"
        option = self._option(key)
        named = "" if _camel(option) == key else f', created_as="{key}"'
        read = ", read=None" if key in PREFIXES else ""
        needed = ", required=True" if key in self.contract.required else ""
        return f'Field("{option}"{named}{read}{needed}),  # decide: where a record shows it, and which values it takes'

    def _option(self, key: str) -> str:
        """Our word for a field of the body."""
        if key in COUNTS:
            return "node_count"
        if _is_version(key):
            return "version"
        return {"tlsEnabled": "tls", **dict.fromkeys(PREFIXES, "node_prefix")}.get(key) or _snake(key)

    def _other_operations(self) -> list[str]:
        known = {one.name for one in self.constructor.operations}
        return [name for name in self.contract.operations if name not in known]

    def _operation(self, name: str) -> str:
        options = ", ".join(self.contract.operations[name]) or "none"
        return f'Operation("{name}"),  # decide: which field it changes, or whether it is left out; options: {options}'

    def _surplus(self) -> list[str]:
        """What the constructor has and the contract does not, as comments; the argument ``lacks`` names it."""
        operations = {one.name for one in self.constructor.operations} - set(self.contract.operations)
        bodies = {one.body_name for one in self.constructor.fields if one.body_name} - set(self.contract.fields)
        lines = [f"# decide: farm() has the operation {one}, and the contract does not" for one in sorted(operations)]
        return lines + [f"# decide: farm() has the field {one}, and the contract does not" for one in sorted(bodies)]

    # The modules

    def _listing(self) -> dict[str, str]:
        """What the info module says of its listing."""
        shared = self._listed()
        words = [f'"{self.name}"', f'"{self.contract.path}"', *([shared] if shared else [])]
        return {
            "listing": ", ".join(words),
            "listing_mark": "" if shared else "# decide: whether its own listing has all these filters\n",
            "listing_path": LISTINGS[shared] if shared else self.contract.path,
            "listing_imports": f"from {SHARED}.farm import {shared}\n" if shared else "",
        }

    def _zone(self) -> dict[str, str]:
        """The fragment and the group of the option availability_zone, where a creation has it."""
        has_zone = "az" in self.contract.fields
        return {
            "zone_fragment": "  - cegedim.cloud.zone\n" if has_zone else "",
            "zone_group": '    "zone",\n' if has_zone else "",
        }

    def _argument(self, key: str) -> str:
        alias = _snake(key)
        option = self._option(key)
        kind = "int" if key in COUNTS else TYPES.get(self.own[key].get("type"), "str")
        aliases = f', aliases=["{alias}"]' if alias != option else ""
        return f'dict(type="{kind}"{aliases})'

    def _documented(self, key: str, option: str) -> str:
        kind = "int" if key in COUNTS else TYPES.get(self.own[key].get("type"), "str")
        needed = "Fixed at creation, and needed there." if key in self.contract.required else "Fixed at creation."
        alias = _snake(key)
        lines = [f"  {option}:", "    description:", f"      - {needed} # decide: what it is, in the words of the user"]
        lines += [f"    type: {kind}"] + (["    aliases:", f"      - {alias}"] if alias != option else [])
        return "".join(line + "\n" for line in lines)

    # The tests

    def _given(self) -> dict:
        """The options of a creation with the fewest of them."""
        given = dict(
            name=NAME,
            service="billing-qa",
            region="EB",
            network="EB_1127_DMZ9",
            sizing="2cpu4gb",
            disk_size=40,
            admin_password=PASSWORD,
        )
        for key in sorted(self.contract.required - {"area"}):
            if key == "platform":
                given["platform"] = f"decide-{self.name}"
            elif key in self.own:
                given[self._option(key)] = self._value(key)
        return given

    def _value(self, key: str):
        example = self.contract.example.get(key, self.own[key].get("example"))
        if key in COUNTS:
            return int(example or 1)
        return example if example is not None else {"integer": 1, "boolean": True}.get(self.own[key]["type"], "decide")

    def _body(self, given: dict) -> dict:
        spelled = {self._option(key): key for key in self.own}
        spelled.update((one.name, one.body_name) for one in self.constructor.fields)
        ids = {"service": 44412, "network": 1127, "admin_password": "***"}
        body = {spelled[option]: ids.get(option, value) for option, value in given.items()}
        return {**body, "area": "EB-EMEA"}


def _is_version(key: str) -> bool:
    return key.lower().endswith("version")


USED = {
    "node_count": lambda key: key in COUNTS,
    "version": _is_version,
    "TLS": lambda key: key == "tlsEnabled",
}


def _python(value) -> str:
    """A value as our formatter has it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _short(line: str) -> str:
    """A line of Python, with its comment on one of its own before it where it would be too long."""
    code, mark, comment = line.partition("  # decide: ")
    if len(line) <= WIDTH or not mark:
        return line + "\n"
    return f"{code[: len(code) - len(code.lstrip())]}# decide: {comment}\n{code}\n"


def _camel(option: str) -> str:
    head, *rest = option.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()


def _yaml(values: dict, indent: int) -> str:
    lines = []
    for key, value in values.items():
        quoted = isinstance(value, str) and not re.fullmatch(r"[A-Za-z_][\w-]*|\dcpu\dgb", value)
        lines.append(" " * indent + f"{key}: " + (f'"{value}"' if quoted else str(value)) + "\n")
    return "".join(lines)


def write(name: str, root: Path = ROOT) -> list[Path]:
    """Write what is not there yet; those files."""
    written = []
    for path, text in Product(name, Contract(name)).files().items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("x") as file:
                file.write(text)
        except FileExistsError:
            print(f"{path} is there already, and is left as it is")
            continue
        written.append(target)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2 or not re.fullmatch(r"[a-z][a-z0-9_]*", sys.argv[1]):
        sys.exit("usage: make new-product NAME=redis")
    for path in write(sys.argv[1]):
        print(path.relative_to(ROOT))
