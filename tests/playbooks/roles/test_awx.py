# SPDX-License-Identifier: GPL-3.0-or-later
"""The role awx against a stand-in for AWX, with the real modules of awx.awx."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest
import yaml
from awx.controller import Controller
from player import ROOT, Player, changes, example_of, four_runs, role
from simulator import Simulator

sys.path.insert(0, str(ROOT / "tests/tools"))
import pages  # noqa: E402

sys.path.pop(0)

SECRET = "Kept-from-everyone-7"
HOOK_PASSWORD = "Kept-from-all-as-well-8"
TASKS = [task for path in (ROOT / "roles/awx/tasks").glob("*.yml") for task in yaml.safe_load(path.read_text())]
PLAYBOOKS = ["billing.yml", *(path.name for path in (ROOT / "playbooks").glob("*.yml"))]


def collections():
    """Where Ansible finds awx.awx and this collection. `make only NAME=awx` downloads it."""
    places = [*os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(":"), str(ROOT / ".cache/collections")]
    assert any((pathlib.Path(place) / "ansible_collections/awx/awx").is_dir() for place in places if place), (
        "the collection awx.awx is not here: run make only NAME=awx once"
    )
    return ":".join(place for place in places if place)


class AwxPlayer(Player):
    """Runs playbooks against one stand-in for AWX. No secret may be in the output, however verbose."""

    def __init__(self, controller, directory, **variables):
        none = dict.fromkeys(("api_url", "token_url", "client_secret"), "unused")
        super().__init__(SimpleNamespace(**none, client_id="itcare-account", violations=list), directory, **variables)
        self.controller = controller
        self.environment.update(
            ANSIBLE_COLLECTIONS_PATH=collections(),
            CONTROLLER_HOST=controller.address,
            CONTROLLER_OAUTH_TOKEN=controller.token,
            ITCARE_CLIENT_SECRET=SECRET,
            HOOK_PASSWORD=HOOK_PASSWORD,
            ANSIBLE_PIPELINING="true",
        )

    def writes(self):
        return self.controller.writes()

    def start(self, playbook, *words):
        process = super().start(playbook, "-vvv", *words)
        communicate = process.communicate

        def checked():
            output = communicate()
            assert SECRET not in output[0] + self._told() and HOOK_PASSWORD not in output[0] + self._told()
            return output

        process.communicate = checked
        return process


@pytest.fixture
def controller():
    with Controller(PLAYBOOKS) as controller:
        yield controller
        assert SECRET not in json.dumps(controller.requests) and HOOK_PASSWORD not in json.dumps(controller.requests)


@pytest.fixture
def player(controller, tmp_path):
    return AwxPlayer(controller, tmp_path)


def kinds(controller):
    """How many things of each kind there are (dict)."""
    return {kind: len(numbers) for kind, numbers in controller.things.items() if numbers}


def tasks(changed):
    """The names of these tasks (list of str), each once and without that of the role."""
    return list(dict.fromkeys(task.split(" : ")[1] for task, *_rest in changed))


def small(**variables):
    """The role with as little as possible."""
    return role(
        "awx", **{"awx_project_url": "https://git.example.com/itcare.git", "awx_job_templates": [], **variables}
    )


def test_everything_is_set_up(controller, player):
    example = example_of("awx")
    four_runs(player, example)
    assert kinds(controller) == {
        "organizations": 1,
        "credential_types": 1,
        "credentials": 1,
        "execution_environments": 1,
        "notification_templates": 1,
        "projects": 1,
        "inventories": 1,
        "inventory_sources": 1,
        "job_templates": 1,
        "schedules": 1,
    }
    (template,) = controller.all("job_templates")
    number = template["id"]
    (credential,) = controller.all("credentials")
    (notification,) = controller.all("notification_templates")
    assert controller.associated["job_templates", number, "credentials"] == [credential["id"]]
    assert controller.associated["job_templates", number, "notification_templates_error"] == [notification["id"]]
    assert credential["inputs"] == {"client_id": "itcare-account", "client_secret": "$encrypted$"}
    (source,) = controller.all("inventory_sources")
    assert source["update_on_launch"] and source["update_cache_timeout"] == 300 and source["source"] == "scm"
    assert source["source_path"] == "production.itcare.yml" and source["credential"] == credential["id"]
    (schedule,) = controller.all("schedules")
    assert schedule["job_type"] == "check" and schedule["unified_job_template"] == number

    # AWX does not return secrets, so a run cannot see that one has changed as well
    player.environment["ITCARE_CLIENT_SECRET"] = SECRET + "-new"
    before = controller.writes()
    results = player.play(example, "-e", json.dumps({"awx_inventory_cache_timeout": 60}))
    assert tasks(changes(results)) == ["Create the source of the inventory"]
    ((method, _path, body),) = controller.writes()[len(before) :]
    assert method == "PATCH" and body["update_cache_timeout"] == 60
    assert controller.environment_of("ITCare")["ITCARE_CLIENT_SECRET"] == SECRET


def test_secrets_are_sent_again_on_request_and_everything_is_removed(controller, player):
    example = example_of("awx")
    player.play(example)
    player.environment["ITCARE_CLIENT_SECRET"] = SECRET + "-new"
    results = player.play(example, "-e", json.dumps({"awx_update_secrets": True}))
    assert tasks(changes(results)) == ["Create the credential", "Create the notifications"]
    assert controller.environment_of("ITCare")["ITCARE_CLIENT_SECRET"] == SECRET + "-new"

    absent = ("-e", json.dumps({"awx_state": "absent"}))
    before = controller.writes()
    assert len(tasks(changes(player.play(example, "--check", *absent)))) == 8
    assert controller.writes() == before
    assert len(tasks(changes(player.play(example, *absent)))) == 8
    assert kinds(controller) == {}
    assert changes(player.play(example, *absent)) == []


def test_accounts_of_the_companion_systems(controller, player):
    lookup = "{{ lookup('ansible.builtin.env', 'ITCARE_CLIENT_SECRET') }}"
    cockpit = {"url": "https://portal.example.com", "client_id": "c", "client_secret": lookup, "allow_http": False}
    given = small(awx_companion_accounts={"cockpit": cockpit, "gopaas": {}, "ovc": {"url": "https://dc.example.com"}})
    four_runs(player, given)
    named = {thing["name"]: thing for thing in controller.things["credential_types"].values()}
    assert set(named) >= {"cegedim.cloud Cockpit ITSM", "cegedim.cloud GoPaaS", "cegedim.cloud OpenvCloud"}
    kind = named["cegedim.cloud Cockpit ITSM"]
    assert kind["injectors"]["env"]["COCKPIT_PASSWORD"] == "{{ password }}"
    secret = {one["id"] for one in kind["inputs"]["fields"] if one.get("secret")}
    assert secret == {"client_secret", "password", "access_token", "proxy"}
    held = {thing["name"]: thing for thing in controller.things["credentials"].values()}
    assert held["Cockpit ITSM"]["inputs"]["url"] == "https://portal.example.com"
    assert held["Cockpit ITSM"]["inputs"]["allow_http"] == "false"

    four_runs(player, small(awx_companion_accounts={"cockpit": {}, "gopaas": {}, "ovc": {}}, awx_state="absent"))
    assert kinds(controller) == {}


def test_misspelled_option_of_a_companion(controller, player):
    given = small(awx_companion_accounts={"cockpit": {"user": "x"}})
    assert "user" in player.refused(given) and controller.writes() == []


def test_organization_of_others_stays_as_it_is(controller, player):
    """And AWX, which takes texts only, gets numbers and truth values as texts."""
    theirs = controller.created("organizations", name="Operations", description="Ours for years")
    controller.created("projects", name="Theirs", organization=theirs)
    existing = {"awx_organization": "Operations"}
    names = tasks(changes(player.play(small(**existing), "--check")))
    assert names[0] == "Create the credential type" and names[-1] == "Report what check mode cannot look at"
    assert "Create the project" in names and "Create the organization" not in names
    assert controller.writes() == []
    given = {"client_id": "a", "client_secret": SECRET, "validate_certs": False, "read_timeout": 30, "proxy": ""}
    player.play(small(**existing, awx_account=given))
    (credential,) = controller.all("credentials")
    texts = {"client_id": "a", "client_secret": "$encrypted$", "validate_certs": "false", "read_timeout": "30"}
    assert credential["inputs"] == texts
    env = controller.environment_of("ITCare")
    assert (
        env["ITCARE_VALIDATE_CERTS"] == "false" and env["ITCARE_CONNECT_TIMEOUT"] == "10" and env["ITCARE_PROXY"] == ""
    )
    player.play(small(**existing, awx_state="absent"))
    assert kinds(controller) == {"organizations": 1, "projects": 1}
    assert controller.all("organizations")[0]["description"] == "Ours for years"


def test_false_of_the_command_line_is_no(controller, player):
    """-e key=value gives text."""
    player.play(small())
    player.play(small(awx_state="absent"), "-e", "awx_remove_organization=false")
    assert kinds(controller) == {"organizations": 1}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"awx_account": {"client_idd": "a"}}, "client_idd"),
        ({"awx_account": {"client_authentication": "both"}}, "client_authentication"),
        ({"awx_state": "gone"}, "awx_state"),
        ({"awx_schedules": [{"name": "each night"}]}, "job_template"),
        ({"awx_notifications": [{"name": "n", "type": "pigeon", "configuration": {}, "events": []}]}, "pigeon"),
    ],
)
def test_wrong_value_fails_in_the_first_task(controller, player, wrong, words):
    told = player.refused(small(**wrong))
    _role, *validated = told.splitlines()
    assert len(validated) == 1 and "Validating arguments" in validated[0] and words in validated[0]
    assert controller.requests == []


def test_entries_are_changed_as_a_whole_and_an_account_entered_in_awx_stays(controller, player):
    """What is no longer in an entry is empty. A notification without a secret is changed like anything else."""
    entry = {"name": "n", "type": "mattermost", "events": ["error"], "configuration": {"mattermost_url": "http://a"}}
    template = {"name": "j", "playbook": "billing.yml", "limit": "web", "description": "d"}
    player.play(small(awx_notifications=[entry], awx_job_templates=[template]))
    (number,) = controller.things["credentials"]
    controller.things["credentials"][number]["inputs"] = {"client_id": "entered in AWX", "client_secret": SECRET}
    changed = {**entry, "configuration": {"mattermost_url": "http://b"}, "events": ["success"]}
    del template["limit"]
    results = player.play(small(awx_notifications=[changed], awx_job_templates=[template], awx_update_secrets=True))
    assert tasks(changes(results)) == ["Create the notifications", "Create the job templates"]
    assert controller.environment_of("ITCare")["ITCARE_CLIENT_ID"] == "entered in AWX"
    (shown,) = controller.all("job_templates")
    (notification,) = controller.all("notification_templates")
    assert shown["limit"] == "" and notification["notification_configuration"] == {"mattermost_url": "http://b"}
    assert controller.associated["job_templates", shown["id"], "notification_templates_success"] == [notification["id"]]
    assert controller.associated["job_templates", shown["id"], "notification_templates_error"] == []


def test_image_needs_a_name(controller, player):
    told = player.refused(small(awx_execution_environment_image="registry.example.com/itcare:1.0.0"))
    assert "awx_execution_environment is needed" in told and controller.requests == []


def test_inventory_file_that_the_plugin_would_ignore(controller, player):
    told = player.refused(small(awx_inventory_file="production.yml"))
    assert (
        "awx_inventory_file is production.yml. Its name has to end in itcare.yml" in told and controller.requests == []
    )


def test_role_that_does_not_exist(controller, player):
    told = player.refused(small(awx_job_templates=[{"role": "instance_flet"}]))
    assert "there is no role instance_flet: do you mean instance_fleet?" in told and "patch_plan" in told
    assert controller.requests == []


def test_schedule_of_an_unknown_job_template(controller, player):
    rrule = "DTSTART;TZID=Europe/Paris:20260105T030000 RRULE:FREQ=DAILY;INTERVAL=1"
    variables = {
        "awx_job_templates": [{"name": "Billing", "playbook": "billing.yml"}],
        "awx_schedules": [{"name": "Each night", "job_template": "Biling", "rrule": rrule}],
    }
    told = player.refused(small(**variables))
    assert "Each night names the job template Biling" in told and "do you mean Billing?" in told
    assert controller.writes() == []
    # The modules answer in another way where the organization exists
    player.play(small())
    before = controller.writes()
    assert "Each night names the job template Biling" in player.refused(small(**variables))
    assert controller.writes() == before
    # One that somebody else has created is fine
    other = {"name": "Biling", "playbook": "billing.yml"}
    player.play(small(awx_job_templates=[other]))
    player.play(small(**variables))


def test_execution_environment_of_others_is_left(controller, player):
    variables = {"awx_execution_environment": "Ours", "awx_execution_environment_image": "registry.example.com/a:1"}
    player.play(small(**variables))
    (number,) = controller.things["execution_environments"]
    controller.things["execution_environments"][number].update(description="Of another team", organization=None)
    before = controller.writes()
    assert "The execution environment Ours exists, and it has another image" in player.refused(small(**variables))
    assert controller.writes() == before
    player.play(small(**variables, awx_state="absent"))
    assert kinds(controller) == {"execution_environments": 1}
    player.play(small(**variables, awx_replace_execution_environment=True))
    assert controller.all("execution_environments")[0]["description"] == "For ITCare, by the role cegedim.cloud.awx"
    player.play(small(**variables, awx_state="absent"))
    assert kinds(controller) == {}


# The guide

GUIDE = (ROOT / "docs/docsite/rst/awx.rst").read_text()
FILES = {
    caption: yaml.safe_load(textwrap.dedent(text))
    for caption, text in re.findall(r"\.\. code-block:: yaml\S*\n    :caption: (\S+)\n\n((?:    .*\n|\n)+)", GUIDE)
}


SET_UP, DRIFT, REPORT, REMOVE = pages.run_by(__file__, "awx")


def test_commands_of_the_guide(controller, player):
    (player.directory / "awx.yml").write_text(yaml.safe_dump(FILES["awx.yml"], sort_keys=False))
    account = {"ITCARE_CLIENT_ID": "itcare-account", "ITCARE_CLIENT_SECRET": SECRET}
    of_awx = {"CONTROLLER_HOST": controller.address, "CONTROLLER_OAUTH_TOKEN": controller.token}
    follow(player, pages.script(SET_UP, **account, **of_awx))
    assert {one["name"] for one in controller.all("job_templates")} == {"ITCare patch plan", "Billing"}
    assert len(controller.all("schedules")) == 2
    follow(player, pages.script(REMOVE))
    assert controller.all("job_templates") == [] and controller.all("credentials") == []


def test_schedules_of_the_guide(controller, player):
    """Their answers are those to the questions of the surveys; AWX refuses others."""
    schedules = [one for block in (DRIFT, REPORT) for one in yaml.safe_load(block.text)["awx_schedules"]]
    templates = [{"role": "estate_drift"}, {"role": "estate_report"}]
    player.play(small(awx_job_templates=templates, awx_schedules=schedules))
    written = {one["name"]: one for one in controller.all("schedules")}
    assert list(written) == [one["name"] for one in schedules]
    questions = {
        one["id"]: {question["variable"] for question in controller.surveys[one["id"]]["spec"]}
        for one in controller.all("job_templates")
    }
    for one in schedules:
        number = written[one["name"]]["unified_job_template"]
        assert written[one["name"]]["extra_data"] == one["extra_data"]
        assert set(one["extra_data"]) <= questions[number]


def follow(player, script):
    """Run the commands of the guide in the directory of its files."""
    programs = pathlib.Path(sys.executable).parent
    environment = {**player.environment, "PATH": f"{programs}:{os.environ['PATH']}"}
    command = ["bash", "-e", "-c", script]
    done = subprocess.run(command, env=environment, cwd=player.directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_playbooks_of_the_guide_exist():
    (imported,) = FILES["instance_fleet.yml"]
    assert imported["ansible.builtin.import_playbook"] == "cegedim.cloud.instance_fleet"
    (source,) = [task for module, task in of_awx(TASKS) if module == "inventory_source"]
    assert source["source_path"] == "{{ awx_inventory_file }}"
    assert yaml.safe_load((ROOT / "roles/awx/defaults/main.yml").read_text())["awx_inventory_file"] in FILES


# What a job gets


@pytest.fixture(scope="module")
def account():
    with Simulator(action_seconds=0.05) as simulator:
        yield simulator


@pytest.mark.parametrize(
    "words",
    [
        ("ansible", "localhost", "-m", "cegedim.cloud.itcare_region_info"),
        (
            "ansible",
            "localhost",
            "-m",
            "ansible.builtin.debug",
            "-a",
            "msg={{ query('cegedim.cloud.itcare', 'regions') }}",
        ),
        ("ansible-inventory", "-i", "production.itcare.yml", "--list", "--export"),
    ],
    ids=["module", "lookup", "inventory"],
)
def test_job_reaches_itcare_with_what_awx_injects(controller, account, tmp_path, words):
    """With a minimal credential: what was not given is injected, too."""
    written = yaml.load((ROOT / "roles/awx/vars/main/generated.yml").read_text(), Loader=Unsafe)
    kind = controller.created(
        "credential_types", name="t", kind="cloud", inputs=written["__awx_inputs"], injectors=written["__awx_injectors"]
    )
    inputs = {name: getattr(account, name) for name in ("api_url", "token_url", "client_id", "client_secret")}
    controller.created("credentials", name="c", credential_type=kind, inputs=inputs)
    (tmp_path / "production.itcare.yml").write_text("plugin: cegedim.cloud.itcare\nduplicates: suffix\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith("ITCARE_")}
    env |= {
        **controller.environment_of("c"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "tmp"),
    }
    env["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "true"
    program = pathlib.Path(sys.executable).with_name(words[0])
    done = subprocess.run(
        [sys.executable, program, *words[1:]], env=env, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert account.client_secret not in done.stdout + done.stderr


class Unsafe(yaml.SafeLoader):
    """Reads ``!unsafe`` as a text."""


Unsafe.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


# What the modules of awx.awx accept


def of_awx(tasks):
    """``(module, arguments)`` of all tasks with a module of awx.awx, those in blocks included."""
    for task in tasks:
        yield from of_awx(task.get("block", []))
        yield from ((name[len("awx.awx.") :], task[name]) for name in task if name.startswith("awx.awx."))


def test_every_argument_is_one_of_the_module():
    used = {}
    for module, arguments in of_awx(TASKS):
        used.setdefault(module, set()).update(arguments)
    program = pathlib.Path(sys.executable).with_name("ansible-doc")
    names = ["awx.awx." + module for module in used]
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": collections()}
    done = subprocess.run(
        [sys.executable, program, "--json", *names], env=env, capture_output=True, text=True, check=True
    )
    documented = json.loads(done.stdout)
    assert len(used) == 10
    for module, arguments in used.items():
        options = documented["awx.awx." + module]["doc"]["options"]
        assert arguments <= set(options), module
        wrong = [
            (name, value)
            for one, given in of_awx(TASKS)
            for name, value in given.items()
            if one == module and options[name].get("choices") and "{{" not in str(value)
            if value not in options[name]["choices"]
        ]
        assert wrong == []
