# SPDX-License-Identifier: GPL-3.0-or-later
"""What is generated is as it has to be, and the generator notices what is not."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / "tests/tools"


@pytest.fixture(scope="module")
def tool():
    sys.path.insert(0, str(TOOLS))
    spec = importlib.util.spec_from_file_location("generate_tool", TOOLS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(TOOLS))
    return module


@pytest.fixture
def copy(tmp_path, tool):
    """A copy of all that the generator reads and writes."""
    read = [ROOT / "tests/simulator/itcare.contract.yaml", *ROOT.glob("roles/*/meta/argument_specs.yml")]
    read += [*ROOT.glob("roles/*/README.md"), *ROOT.glob("plugins/**/*.py")]  # what the guides are made from
    for path in (*tool.texts(ROOT), *read):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    return tmp_path


def test_nothing_is_stale(tool):
    assert [str(path.relative_to(ROOT)) for path in tool.stale(ROOT)] == [], "run: make generate"


# Files, what is generated in them, and what somebody makes of it.
BY_HAND = [
    ("plugins/action/itcare_redis.py", "itcare_redis", "itcare_instance"),
    ("meta/runtime.yml", "    - itcare_redis\n", ""),
    ("docs/docsite/rst/coverage.rst", "    * - ``POST /databases/redis``\n", ""),
    ("plugins/modules/itcare_redis.py", "A creation needs O(name), ", "A creation needs "),
    ("plugins/modules/itcare_redis.py", "For each step what it changes", "For each step what it has changed"),
    ("roles/awx/vars/main/generated.yml", "ITCARE_PROXY", "ITCARE_PROXIES"),
    ("roles/awx/meta/argument_specs.yml", "          client_secret:\n", "          secret:\n"),
    ("docs/docsite/rst/awx.rst", "``ITCARE_PROXY``", "``ITCARE_PROXIES``"),
    ("docs/docsite/rst/modules_by_product.rst", "List Redis of ITCare", "List them"),
    ("docs/docsite/rst/roles.rst", "            name: cegedim.cloud.patch_plan\n", ""),
    ("docs/docsite/rst/troubleshooting.rst", "has expired (or the clock here is wrong)", "has expired"),
]


def change(copy, changes):
    """Make these changes in the copy; the texts (dict by Path) that the files had."""
    right = {copy / file: (copy / file).read_text() for file, _old, _new in changes}
    for file, old, new in changes:
        text = (copy / file).read_text()
        assert old in text, file
        (copy / file).write_text(text.replace(old, new))
    return right


@pytest.mark.slow
def test_what_is_changed_by_hand_is_stale_and_written_again(tool, copy):
    right = change(copy, BY_HAND)
    assert sorted(tool.stale(copy)) == sorted(right)
    tool.write(copy)
    assert tool.stale(copy) == []
    assert {path: path.read_text() for path in right} == right


@pytest.mark.slow
def test_what_one_file_says_of_another_is_written_again(tool, copy):
    (readme,) = change(copy, [("README.md", "| `itcare_redis` |", "| `itcare_cache` |")])
    assert tool.stale(copy) == [readme]
    change(
        copy, [("plugins/modules/itcare_redis.py", "The path at which the Redis was read, below", "The path of it,")]
    )
    tool.write(copy)
    assert tool.stale(copy) == []


@pytest.mark.slow
def test_missing_and_surplus_action_plugins(tool, copy):
    (copy / "plugins/action/itcare_redis.py").unlink()
    (copy / "plugins/action/itcare_gone.py").write_text("")
    assert [path.name for path in tool.stale(copy)] == ["itcare_gone.py", "itcare_redis.py"]
    tool.write(copy)
    assert tool.stale(copy) == []


def test_every_operation_has_a_module(tool):
    text = (ROOT / "docs/docsite/rst/coverage.rst").read_text()
    contract = tool.contract(ROOT)
    rows = re.findall(r"^    \* - ``([A-Z]+ /\S*)``\n      - :ansplugin:", text, re.M)
    assert rows == tool.operations(contract)
    assert len(rows) == 188


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a", "b", "c", "d", "e"], "{a}, {b}, {c}, {d}, {e}"),
        (["a", "b", "c", "d", "e", "itcare_resource_info"], "{itcare_resource_info} and 5 other modules"),
        (["a", "b", "c", "d", "e", "f"], "{a} and 5 other modules"),
    ],
)
def test_row_of_many_modules_names_the_one_for_all_kinds(tool, names, text):
    assert tool.named(names) == text.format(**{name: ":ansplugin:`cegedim.cloud.%s#module`" % name for name in names})


def test_what_is_written_of_a_module_is_documented(tool):
    """A path that the contract does not have is a slip of the pen."""
    contract = tool.contract(ROOT)
    documented = {tool.reach.plain(one) for one in tool.operations(contract)}
    for words in tool.reach.WRITTEN.values():
        for line in words:
            *methods, path = line.split()
            assert {"%s %s" % (method, path) for method in methods} <= documented


def test_modules_that_are_written_of_exist(tool):
    assert set(tool.reach.WRITTEN) <= set(tool.names(ROOT))


@pytest.mark.parametrize(
    ("module", "operation"),
    [
        ("itcare_redis", "POST /databases/redis"),
        ("itcare_redis", "DELETE /databases/redis/{}"),
        ("itcare_instance", "PATCH /compute/resources/{}/comments"),
        ("itcare_instance_info", "GET /compute/instances/{}/storage"),
        ("itcare_k8s_cluster_info", "GET /compute/containers/kubernetes/{}/metrics"),
        ("itcare_service_info", "GET /compute/services/{}/managed-databases"),
        ("itcare_postgresql_info", "GET /databases"),
        ("itcare_redis_info", "GET /databases"),
        ("itcare_redis_info", "GET /databases/redis/{}/nodes"),
    ],
)
def test_resources_and_listings_tell_what_they_reach(tool, module, operation):
    imported = importlib.import_module(tool.PACKAGE + module)
    assert operation in tool.reach.reached(module, imported)
