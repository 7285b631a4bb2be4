# SPDX-License-Identifier: GPL-3.0-or-later
"""The scaffold of a product: it compiles, it forgets no field of the contract, and it overwrites nothing."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
import yaml

TOOL = Path(__file__).resolve().parents[3] / "tests/tools/new_product.py"
PRODUCTS = ("redis", "mariadb", "rabbitmq", "opensearch", "kafka")
UTILS = "ansible_collections.cegedim.cloud.plugins.module_utils"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("new_product_tool", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=PRODUCTS)
def product(request, tool, tmp_path_factory):
    """The name, the folder with what was written, and what the contract says."""
    root = tmp_path_factory.mktemp(request.param)
    tool.write(request.param, root)
    return request.param, root, tool.Contract(request.param)


def namespace(root, path):
    """What a written file defines; it is not where its imports would lead."""
    text = (root / path).read_text()
    text = text.replace("from ..resource", "from %s.resource" % UTILS)
    text = text.replace("from .shared", "from %s.products.shared" % UTILS)
    found = {}
    exec(compile(text, path, "exec"), found)  # noqa: S102
    return found


def resource(product):
    name, root, _contract = product
    return namespace(root, "plugins/module_utils/products/%s.py" % name)[name.upper()]


def test_files(product):
    name, root, _contract = product
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()) == [
        "plugins/module_utils/products/%s.py" % name,
        "plugins/modules/itcare_%s.py" % name,
        "plugins/modules/itcare_%s_info.py" % name,
        "tests/integration/targets/itcare_%s/aliases" % name,
        "tests/integration/targets/itcare_%s/meta/main.yml" % name,
        "tests/integration/targets/itcare_%s/tasks/converge.yml" % name,
        "tests/integration/targets/itcare_%s/tasks/main.yml" % name,
        "tests/unit/plugins/modules/test_itcare_%s.py" % name,
        "tests/unit/plugins/modules/test_itcare_%s_info.py" % name,
    ]


def test_modules_begin_as_modules_do(product):
    _name, root, _contract = product
    modules = list((root / "plugins/modules").iterdir())
    assert [path.read_text().splitlines()[0] for path in modules] == ["#!/usr/bin/python"] * 2


def test_all_of_it_can_be_read(product):
    _name, root, _contract = product
    for path in root.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
        assert [line for line in path.read_text().splitlines() if len(line) > 120] == [], path
    for path in root.rglob("*.yml"):
        yaml.safe_load(path.read_text())


def test_every_field_of_the_body_is_named_once(product):
    _name, _root, contract = product
    named = Counter(one.body_name for one in resource(product).fields)
    assert {key: named[key] for key in contract.fields} == dict.fromkeys(contract.fields, 1)


def test_every_operation_is_named(product):
    name, root, contract = product
    text = (root / ("plugins/module_utils/products/%s.py" % name)).read_text()
    operations = {one.name for one in resource(product).operations}
    assert set(contract.operations) <= operations
    surplus = {one.name for one in resource(product).operations} - set(contract.operations)
    for one in surplus:
        assert "# decide: farm() has the operation %s, and the contract does not" % one in text


def test_what_the_contract_requires_a_creation_needs(product):
    """All but the area, which goes without saying."""
    _name, _root, contract = product
    needed = {one.body_name for one in resource(product).fields if one.required}
    assert contract.required - {"area"} <= needed


def test_documentation_has_the_options_of_the_product(product, tool):
    name, root, contract = product
    text = (root / ("plugins/modules/itcare_%s.py" % name)).read_text()
    documented = yaml.safe_load(text.split('DOCUMENTATION = r"""')[1].split('"""')[0])
    written = tool.Product(name, contract)
    assert list(documented["options"]) == written.options
    for option in written.options:
        assert "\n    %s=dict(type=" % option in text


def test_info_module_lists_the_product(product):
    """It has the options that its fragments document, and reads the listing and the pages of the product."""
    name, root, contract = product
    path = "plugins/modules/itcare_%s_info.py" % name
    written = namespace(root, path)
    listing = written[name.upper()]
    shared = contract.path.rsplit("/", 1)[0]
    assert (listing.key, listing.path, listing.own_path) == (name, shared, contract.path)
    assert {"services", "topologies", "versions", "gather"} <= set(written["SPEC"]["argument_spec"])
    documented = yaml.safe_load(written["DOCUMENTATION"])
    assert {"cegedim.cloud.farm_filters", "cegedim.cloud.farm_gather"} <= set(
        documented["extends_documentation_fragment"]
    )
    assert name in yaml.safe_load(written["RETURN"])


def test_listing_of_its_own_is_a_decision(tool, tmp_path):
    tool.write("glusterfs", tmp_path)
    text = (tmp_path / "plugins/modules/itcare_glusterfs_info.py").read_text()
    assert "# decide: " in text and 'farm_listing("glusterfs", "/storage/glusterfs")' in text


def test_decisions_are_marked(product):
    name, root, _contract = product
    for path in (
        "plugins/module_utils/products/%s.py",
        "plugins/modules/itcare_%s.py",
        "plugins/modules/itcare_%s_info.py",
    ):
        assert "# decide: " in (root / (path % name)).read_text()


def test_bounds_come_from_the_contract(tool, tmp_path):
    tool.write("rabbitmq", tmp_path)
    text = (tmp_path / "plugins/module_utils/products/rabbitmq.py").read_text()
    assert 'within("disk_size", 10, 2048, "GB")' in text
    assert 'node_count(1, 5, created_as="brokerCount")' in text


def test_nothing_is_overwritten(tool, tmp_path, capsys):
    mine = tmp_path / "plugins/module_utils/products/redis.py"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    written = tool.write("redis", tmp_path)
    assert mine.read_text() == "mine" and mine not in written and len(written) == 8
    assert "products/redis.py is there already" in capsys.readouterr().out
    assert tool.write("redis", tmp_path) == []


@pytest.mark.parametrize("name", ["nonsense", "instances_of_nothing"])
def test_product_that_the_contract_does_not_have(tool, tmp_path, name):
    with pytest.raises(SystemExit, match="the contract has 0 paths of that name"):
        tool.write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []
