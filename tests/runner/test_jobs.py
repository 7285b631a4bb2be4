# SPDX-License-Identifier: GPL-3.0-or-later
"""A job of AWX: what it does, what it shows, and how it ends where an answer of its survey is wrong."""

from __future__ import annotations

import re

import pytest
import yaml
from conftest import HIDDEN_BY_AWX, PASSWORD, ROOT, play_of

from ansible_collections.cegedim.cloud.plugins.module_utils.arguments import GROUPS

ROLES = sorted(path.parent.parent for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))
MACHINE = {"name": "{{ survey_name }}", "service": "billing", "region": "EB", "platform": "deb12"}
DATABASE = {
    "name": "jobdb",
    "service": "billing",
    "region": "EB",
    "network": "EB_1126_BACK3",
    "topology": "STANDALONE",
    "version": "15",
    "sizing": "2cpu4gb",
    "disk_size": 40,
    "admin_password": PASSWORD,
    "trigram": "bil",
    "allowed_replication_lag": 100,
}
# Values that no option of these types takes.
WRONG = {"int": "several", "float": "some", "bool": "perhaps", "dict": "none"}


@pytest.mark.parametrize("fast_lane", ["1", "0"])
def test_job_does_its_work_and_shows_no_secret(controller, simulator, fast_lane):
    controller.injected["ITCARE_FAST_LANE"] = fast_lane
    finished = controller.job(
        play_of(
            {"cegedim.cloud.itcare_instance": {**MACHINE, "sizing": "{{ survey_sizing }}"}, "register": "made"},
            {"cegedim.cloud.itcare_postgresql": DATABASE},
            {"ansible.builtin.debug": {"msg": "{{ query('cegedim.cloud.itcare', 'instance', survey_name) }}"}},
            {"ansible.builtin.set_stats": {"data": {"machine": "{{ made.instance }}"}}},
        ),
        "-vvv",
        survey_name="QJOB01",
        survey_sizing="2cpu4gb",
    )
    assert finished.status == "successful", finished.stdout
    assert [entry["operation"] for entry in simulator.writes(applied=True)] == ["create_instance", "create_postgresql"]
    assert finished.results()[0]["instance"]["name"] == "QJOB01"
    assert simulator.world.tokens._access  # among the secrets that none of this may show
    stats = [event["event_data"] for event in finished.events if event["event"] == "playbook_on_stats"]
    assert stats[0]["artifact_data"]["machine"]["name"] == "QJOB01"


def test_secret_that_a_playbook_shows_would_be_noticed(controller):
    with pytest.raises(AssertionError, match="assert"):
        controller.job(play_of({"ansible.builtin.debug": {"msg": PASSWORD}}))


@pytest.mark.parametrize("secret", ["client_secret", "access_token", "admin_password"])
def test_secret_of_a_task_that_fails_is_not_shown(controller, simulator, secret):
    task = {**DATABASE, "sizing": "3cpu7gb", secret: PASSWORD}
    finished = controller.job(play_of({"cegedim.cloud.itcare_postgresql": task}), "-vvv")
    assert (finished.status, len(finished.failed_tasks())) == ("failed", 1)


def test_awx_hides_the_variables_that_hold_secrets():
    secrets = [name for name, option in GROUPS["auth"].items() if option.get("no_log")]
    assert {"client_secret", "access_token"} <= set(secrets)
    # A proxy is an address: AWX hides the password in it.
    assert all(HIDDEN_BY_AWX.search("ITCARE_" + name.upper()) for name in secrets if name != "proxy")


def test_wrong_answer_of_a_survey_ends_a_job_in_its_first_task(controller, simulator):
    play = play_of(
        {"name": "Set up", "cegedim.cloud.itcare_instance": {**MACHINE, "state": "{{ survey_state }}"}},
        {"name": "Later", "ansible.builtin.debug": {"msg": "never"}},
    )
    finished = controller.job(play, survey_name="QJOB01", survey_state="vanished")
    ((task, begun, message),) = finished.failed_tasks()
    assert (finished.status, task, begun) == ("failed", "Set up", 1)
    assert message.startswith("value of state must be one of: present, ")
    assert simulator.requests() == []


def wrong_answer(role):
    """An option of the role and a value (dict) that its argument spec refuses."""
    options = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    for name, option in options.items():
        if option.get("choices"):
            return {name: "vanished"}
        if option.get("type") in WRONG:
            return {name: WRONG[option["type"]]}
    return {}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_wrong_answer_of_a_survey_ends_a_role_in_its_first_task(controller, simulator, role):
    answer = wrong_answer(role)
    include = {"ansible.builtin.import_role": {"name": f"cegedim.cloud.{role.name}"}}
    finished = controller.job(play_of(include), **answer)
    assert len(finished.failed_tasks()) == 1, finished.stdout
    ((_task, begun, message),) = finished.failed_tasks()
    assert (finished.status, begun) == ("failed", 1)
    assert re.search("Validation of arguments failed", message)
    assert all(name in message for name in answer), message
    assert simulator.requests() == []


def test_login_that_is_refused_ends_a_job_and_says_what_to_check(controller):
    controller.injected["ITCARE_CLIENT_SECRET"] = PASSWORD
    finished = controller.job(play_of({"cegedim.cloud.itcare_region_info": {}}))
    ((_task, _begun, message),) = finished.failed_tasks()
    assert f"refused the login of client {controller.simulator.client_id}" in message
