# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller counts as managed nodes: extensions/audit/event_query.yml, evaluated as AWX evaluates it."""

from __future__ import annotations

import ast
import importlib

import jq
import pytest
import yaml
from conftest import ROOT, play_of
from simulator import Simulator

from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane

QUERIES = {
    name: query["query"]
    for name, query in yaml.safe_load((ROOT / "extensions/audit/event_query.yml").read_text()).items()
}
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("itcare_*.py"))
INSTANCE, DATABASE = "cegedim.cloud.itcare_instance", "cegedim.cloud.itcare_postgresql"


def counted(results):
    """The nodes (list of dict) that AWX would store for the ``(module, result)`` of a job.

    It skips what it cannot hash, such as null; it keeps the first name and facts; and it stores nothing at all if two
    nodes of a job have the same name, or one has none (`build_indirect_host_data`, and the model's constraints).
    """
    nodes = {}
    for module, result in results:
        for node in jq.compile(QUERIES[module]).input_value(result).all() if module in QUERIES else ():
            assert node["canonical_facts"] and all(isinstance(fact, str) for fact in node["canonical_facts"].values())
            nodes.setdefault(tuple(sorted(node["canonical_facts"].items())), node)
    names = [node["name"] for node in nodes.values()]
    assert all(names) and len(set(names)) == len(names) and max(map(len, names), default=0) <= 255
    return list(nodes.values())


def types_of(nodes):
    return sorted(node["facts"]["device_type"] for node in nodes)


@pytest.fixture
def run(simulator, tmp_path, monkeypatch):
    """``run("itcare_instance", name="A")``: the result of a module on the simulator."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    def run_module(module_name, on=simulator, **options):
        login = {word: getattr(on, word) for word in ("api_url", "token_url", "client_id", "client_secret")}
        module = importlib.import_module("ansible_collections.cegedim.cloud.plugins.modules." + module_name)
        return fast_lane.run_here(module, {**login, **options}, False)

    return run_module


def result_key(module):
    """The first key of the module's RETURN block."""
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "RETURN"]
    return next(iter(yaml.safe_load(ast.literal_eval(block.value))))


def test_every_module_that_shows_resources_is_counted():
    for module in MODULES:
        key, resource = result_key(module), {"id": 1, "name": "A"}
        result = {key: [{"result": {"instance": resource}}] if key == "results" else resource}
        known = bool(jq.compile(QUERIES[INSTANCE]).input_value(result).all())
        assert (f"cegedim.cloud.{module}" in QUERIES) == known, module


def test_machines_of_several_modules_in_one_task_count(run):
    machine = run("itcare_instance", name="PEBBILL01")
    results = [{"result": machine}, {"result": machine}, {"result": None}, {"failed": True, "msg": "it failed"}]
    nodes = counted([("cegedim.cloud.itcare_batch", {"results": results, "changed": False})])
    assert types_of(nodes) == ["virtual_machine"]


def test_job_counts_each_resource_once(controller, simulator):
    machines = ["PEBBILL01", "PEBBILL02"]
    finished = controller.job(
        play_of(
            {INSTANCE: {"name": "{{ item }}", "state": "started"}, "loop": machines},
            {"cegedim.cloud.itcare_instance_info": {"names": machines}},
            {"cegedim.cloud.itcare_tag": {"resources": machines, "tags": {"counted": "yes"}}},
            {"cegedim.cloud.itcare_postgresql_info": {"gather": ["nodes"]}},
            {"cegedim.cloud.itcare_region_info": {}},
            {INSTANCE: {"name": "NOTTHERE01", "state": "absent"}},
            {INSTANCE: {"name": "NOTTHERE02"}, "ignore_errors": True},
        )
    )
    assert finished.status == "successful", finished.stdout
    events = [event["event_data"] for event in finished.events if "res" in event["event_data"]]
    nodes = counted([(event["resolved_action"], event["res"]) for event in events])
    databases = [row for row in simulator.state.live() if row["resourceType"] == "POSTGRESQL"]
    expected = [f"{row['name']} ({row['id']})" for row in simulator.state.live() if row["name"] in machines]
    expected += [f"{row['name']} ({row['id']})" for row in databases]
    assert databases and sorted(node["name"] for node in nodes) == sorted(expected)
    assert types_of(nodes) == ["database_relational"] * len(databases) + ["virtual_machine"] * 2


def test_database_counts_as_one_whether_its_nodes_are_read_or_not(run):
    bare, whole = (run("itcare_postgresql_info", gather=gather) for gather in ([], ["nodes"]))
    assert any(len(row["nodes"]) > 1 for row in whole["postgresql"])
    assert len(counted([(DATABASE + "_info", bare), (DATABASE + "_info", whole)])) == len(whole["postgresql"])


def test_everything_that_is_listed_counts_with_its_type(run):
    result = run("itcare_resource_info")
    nodes = counted([("cegedim.cloud.itcare_resource_info", result)])
    assert len(nodes) == len(result["resources"])
    assert {"virtual_machine", "container", "load_balancer", "database_relational", "message_queue"} <= set(
        types_of(nodes)
    )


@pytest.mark.parametrize("numbers", ["different", "overlapping"])
def test_machine_with_two_numbers_counts_once(run, tmp_path, numbers):
    with Simulator(numbers=numbers) as other:
        of_each = [("itcare_instance_info", {}), ("itcare_resource_info", {}), ("itcare_postgresql_info", {})]
        results = [(f"cegedim.cloud.{name}", run(name, on=other, **options)) for name, options in of_each]
        machine = results[0][1]["instances"][0]
        results.append((INSTANCE, run("itcare_instance", on=other, id=machine["id"])))
        assert results[-1][1]["instance"]["name"] == machine["name"]
        assert len(counted(results)) == len(counted(results[1:2]))


def test_machines_of_the_same_name_are_told_apart(run):
    rows = [row for row in run("itcare_instance_info")["instances"] if row["name"] == "TWIN01"]
    assert len(rows) == 2
    assert len(counted([("cegedim.cloud.itcare_instance_info", {"instances": rows})])) == 2
