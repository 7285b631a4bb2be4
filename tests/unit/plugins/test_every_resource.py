# SPDX-License-Identifier: GPL-3.0-or-later
"""What is true of every resource and every part, taken from their values and from the contract.

The values are found by importing every file below products/, and their modules by what these import. So a new product
is tested by being there. What a rule does not hold for is in a table, with the reason.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from itertools import product
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.cegedim.cloud.plugins.module_utils import arguments
from ansible_collections.cegedim.cloud.plugins.module_utils import run as running
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.plugins.module_utils.plan import (
    Step,
    contradictions,
    creation,
    fixed_differences,
    plan,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.resource import (
    ACTIVE,
    INACTIVE,
    Operation,
    Part,
    Resource,
    camel,
)
from ansible_collections.cegedim.cloud.plugins.module_utils.run import Run
from ansible_collections.cegedim.cloud.plugins.module_utils.seen import Seen
from ansible_collections.cegedim.cloud.plugins.module_utils.telling import outcome
from ansible_collections.cegedim.cloud.plugins.plugin_utils import fast_lane
from ansible_collections.cegedim.cloud.tests.simulator import contract

ROOT = Path(__file__).parents[3]
PLUGINS = "ansible_collections.cegedim.cloud.plugins."
CONTRACT = contract.load()
DOCUMENT = yaml.safe_load((ROOT / "tests/simulator/itcare.contract.yaml").read_text())

# The tables: what a rule does not hold for, and why.

WITHOUT_A_MODULE = {}
NOT_IN_THE_BODY = {
    ("loadbalancer", "cluster"): "a creation in front of a cluster goes to the cluster's own path",
}
NOT_OFFERED = {
    ("sqlserver", "asCollation"): "the list of fields spells it asCollaction (choices.rst)",
    ("loadbalancer", "domain"): "named by the prose only (choices.rst)",
    ("glusterfs", "userName"): "the prose's name of user_name (choices.rst)",
}
NEEDED_OTHERWISE = {
    ("postgresql", "area"): "every product's area has a default; elsewhere the contract says so itself",
    ("k8s_cluster", "instanceCount"): "comes from nodes, or from node_count",
    ("k8s_cluster", "nodeSizing"): "comes from nodes, or from sizing",
}
ONE_OF_WHICH_A_CREATION_NEEDS = {"k8s_cluster": {"nodes", "sizing", "node_count"}}
# The field, or the part, whose own steps send a documented operation.
OWN_STEPS = {
    ("postgresql", "install_extension"): "extensions",
    ("postgresql", "restore"): "restore",
    ("opensearch", "add_nodes"): "node_count",
    ("opensearch", "resize_nodes"): "sizing",
    ("kafka", "reconfigure"): "parameters",
    ("glusterfs", "add_volume"): "volumes",
    ("glusterfs", "resize_volume"): "volumes",
    ("glusterfs", "delete_volume"): "volumes",
    ("k8s_cluster", "create_nodes"): "nodes",
    ("k8s_cluster", "delete_nodes"): "nodes",
    ("k8s_cluster", "upgrade"): "version",
    ("loadbalancer", "activate_bot"): "bot_defense",
    ("loadbalancer", "update_bot"): "bot_defense",
    ("loadbalancer", "delete_bot"): "bot_defense",
    ("loadbalancer", "edit_bot_whitelist"): "bot_defense",
    ("loadbalancer", "delete_bot_whitelist"): "bot_defense",
}
# What no answer shows although the field has a reader: it is never compared, and a warning says so.
NEVER_SHOWN = {
    ("mariadb", "disk_size"): "the answer for MariaDB has no storage; that of its nodes is not read",
    ("mariadb", "tls"): "named by the prose only (choices.rst)",
    ("loadbalancer", "regulation"): "it is a property of the area, of which a load balancer shows only the name",
    ("opensearch", "disk_size"): "the answer for OpenSearch has no storage; that of its nodes is not compared",
    ("sqlserver", "always_on"): "shown as a word in the topology only",
    ("mariadb", "topology"): "shown as one of some words only; see test_itcare_mariadb.py",
    ("sqlserver", "edition"): "shown as a word in the version only",
    ("sqlserver", "volumes"): "shown as drives of certain letters only",
    ("redis", "disk_size"): "the answer for Redis has no storage; that of its nodes is not read",
    ("rabbitmq", "disk_size"): "likewise",
    ("kafka", "disk_size"): "likewise",
    ("glusterfs", "disk_size"): "likewise; its volumes show their own",
}
# Options that say how a task runs, or how another option is meant.
USUAL = {"id", "state", "on_fixed_difference", "server_dry_run", "tags_mode"}
OWN_OPTIONS = {
    ("k8s_cluster", "scale_down"): "says whether nodes may remove any",
    ("k8s_cluster", "intermediate_upgrades"): "says whether version may take several steps",
}
# Where a module hands the plan something other than its option.
WANTED = {("loadbalancer", "update_urls"): {"other": {"monitoring_enabled": False, "on_call_supervision": False}}}


# What there is


def imported(folder):
    """The modules (list) of all files below a folder of plugins/."""
    base = ROOT / "plugins" / folder
    names = [
        ".".join((folder.replace("/", "."), *path.relative_to(base).with_suffix("").parts))
        for path in base.rglob("*.py")
    ]
    return [importlib.import_module(PLUGINS + name) for name in sorted(names)]


def values_of(kind, modules):
    """The values of that kind which these modules define or import, each once."""
    found = [value for module in modules for value in vars(module).values() if isinstance(value, kind)]
    return list({id(one): one for one in found}.values())


def is_about(module, value):
    """Whether a module imports the value, or the file that defines it."""
    files = [one for one in vars(module).values() if isinstance(one, ModuleType) and ".products." in one.__name__]
    return any(one is value for place in (module, *files) for one in vars(place).values())


PRODUCTS = imported("module_utils/products")
# What has nothing but fields that identify it is there for its parts.
RESOURCES = sorted(
    (one for one in values_of(Resource, PRODUCTS) if any(not field.identifies for field in one.fields)),
    key=lambda one: one.kind,
)
PARTS = values_of(Part, PRODUCTS)
ALL_MODULES = imported("modules")
CONVERGING = {
    one.kind: module
    for one in RESOURCES
    for module in ALL_MODULES
    if is_about(module, one) and "on_fixed_difference" in module.SPEC["argument_spec"]
}
OF_PARTS = {
    one.key: module
    for one in PARTS
    for module in ALL_MODULES
    if is_about(module, one) and not module.__name__.endswith("_info") and module not in CONVERGING.values()
}
WRITING = sorted({*CONVERGING.values(), *OF_PARTS.values()}, key=lambda one: one.__name__)


def resources(function):
    return pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)(function)


def with_modules(function):
    those = [one for one in RESOURCES if one.kind in CONVERGING]
    return pytest.mark.parametrize("resource", those, ids=lambda one: one.kind)(function)


def every_field(such_as):
    """Parametrizes with (resource, field) for the fields of which ``such_as(field)`` is true."""
    those = [(resource, one) for resource in RESOURCES for one in resource.fields if such_as(one)]
    return pytest.mark.parametrize(
        "resource, one", those, ids=["%s-%s" % (resource.kind, one.name) for resource, one in those]
    )


def changes(resource):
    """Its operations that are changes in place, and no removal."""
    return [one for one in resource.operations if one.name != "delete"]


def every_operation(function):
    those = [(resource, one) for resource in RESOURCES for one in changes(resource)]
    return pytest.mark.parametrize(
        "resource, operation", those, ids=["%s-%s" % (resource.kind, one.name) for resource, one in those]
    )(function)


def test_resources_and_parts_are_found():
    assert {"instance", "postgresql", "k8s_cluster", "loadbalancer"} <= {one.kind for one in RESOURCES}
    assert {"snapshot", "pool", "url", "restore", "tags"} <= {one.key for one in PARTS}


@resources
def test_resource_has_a_module(resource):
    assert (resource.kind in CONVERGING) != (resource.kind in WITHOUT_A_MODULE)


@pytest.mark.parametrize("part", PARTS, ids=lambda one: one.key)
def test_part_has_a_module(part):
    assert part.key in OF_PARTS


SHORT = 40  # lines of a file in which a product is made by a constructor


def test_file_of_a_product_is_short():
    """What a constructor makes says only what is its own; rules and steps of some length have files of their own."""
    made = re.compile(r"^[A-Z]+ = (farm|application_service)\($", re.M)
    texts = {path.name: path.read_text() for path in (ROOT / "plugins/module_utils/products").glob("*.py")}
    lines = {name: len(text.splitlines()) for name, text in texts.items() if made.search(text)}
    assert len(lines) >= 10
    assert {name: count for name, count in lines.items() if count >= SHORT} == {}


# What the contract says


def documented(method, path):
    """The documented Operation of a request; a template stands for any number."""
    operations, _values = CONTRACT.route(re.sub(r"\{\w+\}", "1", path))
    assert method in operations, "%s %s is not documented" % (method, path)
    return operations[method]


def resolved(schema):
    return CONTRACT.schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def body_of(operation):
    """The fields (dict: name -> schema) of the documented body."""
    return resolved(operation.body.schema)["properties"]


def creation_of(resource):
    return documented("POST", resource.path)


def change_of(resource):
    return documented("PATCH", resource.path + "/1")


def undocumented(step):
    """What the documentation does not allow of a step (list of str). A field that is missing is another matter."""
    operation = documented(step.method, step.path)
    if operation.body is None:
        return [] if step.body is None else ["%s has a body" % step.name]
    if step.body is None:
        return []
    found = list(operation.body.iter_errors(step.body))
    named = step.body.get("operation") if isinstance(step.body, dict) else None
    if named is not None and operation.options:
        assert named in operation.options, named
        found += operation.options[named].iter_errors(step.body.get("options", {}))
    return ["%s: %s" % (step.name, error.message) for error in found if error.validator != "required"]


def some(schema, text, number, truth, depth=0):
    """A value of a schema in which all texts, numbers and truths are these."""
    schema = resolved(schema)
    if depth > 5:
        return None
    if "properties" in schema:
        return {key: some(one, text, number, truth, depth + 1) for key, one in schema["properties"].items()}
    if schema.get("type") == "array":
        return [some(schema["items"], text, number, truth, depth + 1)]
    return {"integer": number, "number": number, "boolean": truth, "object": {}}.get(schema.get("type"), text)


@functools.cache
def other(path, text="other", **more):
    """A record that shows every documented field, with values that nobody wants."""
    operation = documented("GET", path)
    schema = operation.answers[min(operation.answers)][1]
    schema = schema["items"] if schema.get("type") == "array" else schema
    return {**some(schema, text, 7, True), **more}


def nodes_path(resource):
    """Where the nodes of one are read; what has no path of its own for them has that of all resources."""
    own = resource.path + "/1/nodes"
    return own if CONTRACT.route(own)[0] else "/compute/resources/1/nodes"


def seen_other(resource, status=ACTIVE, text="other"):
    record = other(resource.path + "/1", text, status=status)
    seen = Seen(record, number=1, address=1, is_whole=True)
    for one in resource.fields:
        if one.elsewhere:
            value = one.shown(other(nodes_path(resource), text))
            seen.elsewhere.update({} if value is None else {one.name: [value]})
    return seen


def seen_with(resource, one):
    """The same where the field shows a value: some show only the rows of one type, whose word stands for all texts."""
    tried = [seen_other(resource, text=text) for text in ("other", "SERVER", "DATABASE")]
    return next((seen for seen in tried if seen.shows(one) is not None), tried[0])


def candidates(resource, one):
    """Values (list) that the user may give for a field, none of which ``other`` shows."""
    if (resource.kind, one.name) in WANTED:
        return [WANTED[resource.kind, one.name]]
    if resource.kind in CONVERGING:
        return _of_option(CONVERGING[resource.kind].SPEC["argument_spec"][one.name])
    body = body_of(creation_of(resource))
    if one.body_name:
        return [some(body[one.body_name], "wanted", 9, False)]
    return [{"excluded": False, "patch_group": 3}] if one.name == "patch_party" else ["wanted"]


def _of_option(option):
    if option.get("choices"):
        return list(option["choices"])
    if "options" in option:
        row = {name: _of_option(one)[-1] for name, one in option["options"].items()}
        return [[row] if option["type"] == "list" else row]
    plain = dict(str="wanted", int=9, float=9.5, bool=False, dict={"key": "wanted"}, list=["wanted"])
    return [plain[option.get("type", "str")]]


# Fields and the body of a creation


@every_field(lambda one: one.body_name)
def test_field_is_sent_at_creation_as_documented(resource, one):
    schema = body_of(creation_of(resource))
    assert one.body_name in schema
    value = some(schema[one.body_name], "wanted", 9, False)
    wanted = {"name": "wanted", one.name: value}
    step = creation(resource, Seen(), wanted)
    assert step.body[one.body_name] == value
    if one.name == "name" or "pattern" not in schema[one.body_name]:  # such as a made-up value does not have
        assert [text for text in undocumented(step) if one.body_name in text or "wanted" in text] == []


@every_field(lambda one: not one.body_name)
def test_field_that_no_creation_sends_reaches_the_platform_otherwise(resource, one):
    also = {option for operation in resource.operations for option, _name in operation.also}
    reaches = bool(one.changed_by or one.steps or one.name in also)
    assert reaches != ((resource.kind, one.name) in NOT_IN_THE_BODY)


@resources
def test_every_documented_field_of_a_creation_is_a_field(resource):
    names = {one.body_name for one in resource.fields}
    left = {name for name in body_of(creation_of(resource)) if name not in names}
    assert left == {name for kind, name in NOT_OFFERED if kind == resource.kind}


@resources
def test_what_the_documentation_requires_is_required(resource):
    (media,) = DOCUMENT["paths"][resource.path]["post"]["requestBody"]["content"].values()
    marked = {
        mark: {name for schema in all_of(media["schema"]) for name in schema.get(mark, ())}
        for mark in ("required", "x-itcare-required-from-prose", "x-itcare-required-doubtful")
    }
    needed = marked["required"] | marked["x-itcare-required-from-prose"]
    needed -= marked["x-itcare-required-doubtful"] | {one.body_name for one in resource.fields if one.required}
    assert needed == {name for kind, name in NEEDED_OTHERWISE if kind == resource.kind}


def all_of(schema):
    """The schemas (list) of which a schema of the contract consists."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return [schema, *(one for part in schema.get("allOf", ()) for one in all_of(part))]


@resources
def test_no_two_fields_have_a_name_in_common(resource):
    names = [one.name for one in resource.fields]
    bodies = [one.body_name for one in resource.fields if one.body_name]
    operations = [one.name for one in resource.operations]
    for given in (names, bodies, operations):
        assert sorted(given) == sorted(set(given))
    options = [(one.changed_by, one.option_name) for one in resource.fields if one.changed_by and one.option_name]
    assert sorted(options) == sorted(set(options))


# What differs


def is_fixed(one):
    return one.read is not None and not one.changed_by and not one.steps


@every_field(is_fixed)
def test_fixed_field_that_differs_is_refused_with_both_values(resource, one):
    seen, wanted = seen_with(resource, one), {one.name: candidates(resource, one)[0]}
    shown = seen.shows(one)
    assert (shown is None) == ((resource.kind, one.name) in NEVER_SHOWN)
    if shown is None:
        return
    (sentence,) = fixed_differences(resource, seen, wanted)
    for word in (one.name, str(shown), str(wanted[one.name])):
        assert word in sentence
    if one.identifies:
        (sentence,) = contradictions(resource, seen, wanted)
        assert str(shown) in sentence and str(wanted[one.name]) in sentence


@every_field(is_fixed)
def test_fixed_field_that_is_as_wanted_is_not_refused(resource, one):
    seen = seen_with(resource, one)
    shown = one.shown(seen.record)
    shown = seen.elsewhere.get(one.name, [None])[0] if shown is None else shown
    for value in getattr(shown, "spellings", [shown]):
        assert value is None or fixed_differences(resource, seen, {one.name: value}) == []


@every_field(lambda one: one.read is None and not one.changed_by and not one.steps)
def test_field_that_is_never_compared_is_in_no_answer(resource, one):
    assert not {camel(one.name), one.body_name} & set(other(resource.path + "/1"))


@every_field(lambda one: one.identifies)
def test_field_that_identifies_can_be_read(resource, one):
    assert one.read is not None


# Operations


@every_field(lambda one: one.changed_by)
def test_field_names_an_operation_that_there_is(resource, one):
    assert resource.operation(one.changed_by)


@every_operation
def test_operation_sends_what_is_documented(resource, operation):
    """All fields of one operation at once: one request, with every documented option and no other one."""
    fields = [one for one in resource.fields if one.changed_by == operation.name]
    extra = {option: "wanted" for option, _name in operation.also if option not in [one.name for one in fields]}
    requests = []
    state = {"start": "started", "stop": "stopped", "reset": "reset"}.get(operation.name, "present")
    seen = seen_other(resource, INACTIVE if state == "started" else ACTIVE)
    for values in product(*(candidates(resource, one) for one in fields)):
        wanted = {"name": "other", "state": state, **extra, **dict(zip([one.name for one in fields], values))}
        requests += [step for step in plan(resource, seen, wanted) if step.name == operation.name]
    assert requests
    for step in requests:
        assert undocumented(step) == []
    body = requests[-1].body
    options = set(body.get("options", ()))
    assert {one.option_name for one in fields if one.option_name} <= options
    assert {name for _option, name in operation.also} <= options
    assert set(change_of(resource).options[operation.name].schema["properties"]) == options


@resources
def test_every_documented_operation_is_offered(resource):
    ours = {one.name for one in changes(resource)}
    own = {name: by for (kind, name), by in OWN_STEPS.items() if kind == resource.kind}
    assert ours | set(own) == set(change_of(resource).options)
    assert not ours & set(own)
    with_steps = {one.name for one in resource.fields if one.steps}
    with_steps |= {one.key for one in PARTS if one.of is resource}
    assert set(own.values()) <= with_steps


@resources
def test_removal_sends_what_is_documented(resource):
    wanted = {"name": "other", "state": "absent", "change_reference": "wanted"}
    steps = plan(resource, seen_other(resource), wanted)
    assert [text for step in steps for text in undocumented(step)] == []
    allowed = documented("DELETE", resource.path + "/1").body
    assert set(steps[-1].body or ()) == set(resolved(allowed.schema)["properties"] if allowed else ())


# Hooks


ORDER = ("wanted", "seen")
HOOKS = {
    "Field": dict(
        stuck=ORDER,
        refuse=ORDER,
        steps=ORDER,
        valid=1,
        same=2,
        lookup=2,
        elsewhere=3,
        to_api=1,
        read=1,
        kept=2,
    ),
    "Operation": dict(refuse=ORDER, tidy=1),
    "Resource": dict(
        listed=2,
        valid=1,
        resolve=("ask", "seen", "wanted"),
        offers=0,
        created_at=ORDER,
        ready=("wanted", "record"),
        is_new=1,
    ),
    "Part": dict(
        read=("client", "seen"),
        plan=ORDER,
        resolve=("ask", "seen", "wanted"),
        also_about=ORDER,
        status=ORDER,
        valid=1,
    ),
}
OWNERS = [
    *((resource.kind, resource) for resource in RESOURCES),
    *(("%s-%s" % (resource.kind, one.name), one) for resource in RESOURCES for one in resource.fields),
    *(("%s-%s" % (resource.kind, one.name), one) for resource in RESOURCES for one in resource.operations),
    *(("part-%s" % one.key, one) for one in PARTS),
]


@pytest.mark.parametrize("owner", [one for _name, one in OWNERS], ids=[name for name, _one in OWNERS])
def test_hooks_take_what_they_are_given(owner):
    for hook, expected in HOOKS[type(owner).__name__].items():
        function = getattr(owner, hook)
        if not callable(function):
            continue
        names = tuple(inspect.signature(function).parameters)
        if isinstance(expected, tuple):
            assert names == expected, hook
        else:
            inspect.signature(function).bind(*range(expected))


@resources
def test_readers_beside_the_page_take_client_and_seen(resource):
    for option, read in {**resource.also_read, **resource.facts}.items():
        assert tuple(inspect.signature(read).parameters) == ("client", "seen"), option


@resources
def test_hooks_beside_the_fields_are_for_something_that_there_is(resource):
    names = {one.name for one in resource.fields}
    parts = {one.key for one in PARTS if one.of is resource}
    assert set(resource.also_read) <= names | parts and set(resource.facts) <= names
    assert {option for one in resource.operations if one.name == "delete" for option, _name in one.also} <= names


def test_effect_is_not_looked_for_where_there_is_nothing():
    def explode(record):
        raise AssertionError("asked of nothing")

    assert Step(Operation("a"), "PATCH", "/", done=explode).is_done(Seen()) is False
    assert Step(Operation("a"), "DELETE", "/", done=explode).is_done(Seen()) is True


# Secrets


@every_field(lambda one: one.secret)
def test_secret_is_in_no_diff_and_no_result(resource, one):
    wanted = {"name": "wanted", one.name: "the secret itself"}
    for seen in (Seen(), seen_other(resource)):
        steps = plan(resource, seen, wanted)
        told = outcome(
            Run(
                ask=SimpleNamespace(warnings=[]),
                resource=resource,
                part=None,
                wanted=wanted,
                clock=None,
                seen=seen,
                first=seen,
                steps=steps,
            ),
            check=True,
        )
        assert "the secret itself" not in repr(told)
        assert one.name not in told.result[resource.kind]
        assert seen or "the secret itself" in repr(steps[0].body)
        assert not any(one.name in {**step.before, **step.after} for step in steps)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.kind)
def test_result_has_no_value_that_no_answer_shows(resource):
    record = {"id": 1, "name": "given"}
    run = Run(ask=SimpleNamespace(warnings=[]), resource=resource, part=None, wanted=record, clock=None)
    run.seen = run.first = Seen(dict(record))
    shown = outcome(run, check=False).result[resource.kind]
    assert {key: value for key, value in shown.items() if key not in record} == {}


def hidden(spec, *parents):
    """The options, and the suboptions, that are kept out of logs, each by its path (set of tuple)."""
    found = {(*parents, name) for name, option in spec.items() if option.get("no_log")}
    return found.union(*(hidden(option.get("options") or {}, *parents, name) for name, option in spec.items()))


def hidden_of(resource):
    """The same of the fields of a resource, in two sets: of secret fields, and of suboptions of others."""
    spec = CONVERGING[resource.kind].SPEC["argument_spec"]
    paths = {path for path in hidden(spec) if path[0] not in arguments.GROUPS["auth"]}
    secret = {one.name for one in resource.fields if one.secret}
    return {path for path in paths if path[0] in secret}, {path for path in paths if path[0] not in secret}


SECRET_SUBOPTIONS = sorted(
    (one.kind, *path) for one in RESOURCES if one.kind in CONVERGING for path in hidden_of(one)[1]
)


@with_modules
def test_secret_fields_and_hidden_options_are_the_same(resource):
    secret, partly = hidden_of(resource)
    assert {path[0] for path in secret} == {one.name for one in resource.fields if one.secret}
    assert all(len(path) == 2 for path in partly)


@pytest.mark.parametrize("kind, name, key", SECRET_SUBOPTIONS)
def test_secret_of_a_suboption_is_in_no_diff(kind, name, key):
    resource = next(one for one in RESOURCES if one.kind == kind)
    one = next(one for one in resource.fields if one.name == name)
    options = CONVERGING[kind].SPEC["argument_spec"][name]["options"]
    given = [{**{name: _of_option(option)[0] for name, option in options.items()}, key: "the secret itself"}]
    for seen in (Seen(), seen_other(resource).with_values(**{one.name: []})):
        steps = plan(resource, seen, {"name": "wanted", one.name: given})
        assert "the secret itself" in repr([step.body for step in steps])
        assert not any("the secret itself" in repr((step.before, step.after)) for step in steps)


# Options and fields


def disagreements(resource, spec):
    """Where the options of a module and the fields of its resource are not the same (list of str)."""
    fields = {one.name for one in resource.fields}
    also = {option for operation in resource.operations for option, _name in operation.also}
    own = {name for kind, name in OWN_OPTIONS if kind == resource.kind}
    usual = {*arguments.GROUPS["auth"], *running.OPTIONS, *USUAL}
    expected = fields | also | own | usual
    return sorted(
        ["%s is not an option" % name for name in expected - set(spec)]
        + ["%s is an option of nothing" % name for name in set(spec) - expected]
    )


@with_modules
def test_options_and_fields_are_the_same(resource):
    assert disagreements(resource, CONVERGING[resource.kind].SPEC["argument_spec"]) == []


@with_modules
def test_option_group_that_is_dropped_is_missed(resource):
    spec = CONVERGING[resource.kind].SPEC["argument_spec"]
    used = [group for group in arguments.GROUPS.values() if set(group) <= set(spec)]
    assert len(used) > 5
    for group in used:
        rest = {name: option for name, option in spec.items() if name not in group}
        assert disagreements(resource, rest) != [], sorted(group)
    assert disagreements(resource, {**spec, "farewell": {}}) == ["farewell is an option of nothing"]


@with_modules
def test_note_names_what_a_creation_needs(resource):
    notes = yaml.safe_load(CONVERGING[resource.kind].DOCUMENTATION)["notes"]
    (note,) = [one for one in notes if one.startswith("A creation needs")]
    named = set(re.findall(r"O\((\w+)\)", note))
    required = {one.name for one in resource.fields if one.required}
    if any(one.name == "network" for one in resource.fields):
        # A network says where it is: the region is needed only where the network is not, and instead of it.
        required = required - {"region"} if "network" in required else required | {"network"}
    assert named == required | ONE_OF_WHICH_A_CREATION_NEEDS.get(resource.kind, set())


@every_field(lambda one: one.required and one.name != "name")
def test_what_a_creation_needs_is_never_empty(resource, one):
    with pytest.raises(InvalidInput, match="^%s: it is empty$" % one.name):
        running.wanted_of(resource, {"name": "wanted", one.name: " "})


# Modules that write


def modules(function):
    return pytest.mark.parametrize("module", WRITING, ids=lambda one: one.__name__.rsplit(".", 1)[1])(function)


def examples(module):
    """The arguments (list of dict) of the module's own tasks among its examples."""
    name = "cegedim.cloud." + module.__name__.rsplit(".", 1)[1]
    return [task[name] for task in yaml.safe_load(module.EXAMPLES) if name in task]


@modules
def test_task_that_names_nothing_is_refused(module, auth):
    result = fast_lane.run_here(module, dict(auth), check=False)
    assert result["failed"] and "required" in result["msg"]


@with_modules
def test_task_without_name_and_id_is_told_so(resource, auth):
    result = fast_lane.run_here(CONVERGING[resource.kind], dict(auth, state="absent"), check=False)
    assert result["failed"] and result["msg"] == "one of the following is required: name, id"


@modules
def test_unknown_option_is_refused(module, auth):
    result = fast_lane.run_here(module, {**auth, **examples(module)[0], "farewell": 1}, check=False)
    assert result["failed"] and result["msg"].startswith("Unsupported parameters") and "farewell" in result["msg"]


@modules
def test_options_of_the_examples_are_known(module):
    for given in examples(module):
        found = ArgumentSpecValidator(module.SPEC["argument_spec"]).validate(given)
        assert found.error_messages == []
