# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in refuses what AWX refuses, and keeps secrets to itself."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from awx.controller import Controller


@pytest.fixture
def controller():
    with Controller(["site.yml"]) as controller:
        yield controller


def ask(controller, method, path, body=None, token=None):
    """Status and body of an answer."""
    request = urllib.request.Request(
        controller.address + "/api/v2/" + path,
        json.dumps(body).encode() if body is not None else None,
        {"Authorization": "Bearer " + (token or controller.token), "Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture
def template(controller):
    """The ID of a job template."""
    organization = controller.created("organizations", name="o")
    project = controller.created("projects", name="p", organization=organization, scm_type="git", scm_url="u")
    inventory = controller.created("inventories", name="i", organization=organization)
    return controller.created("job_templates", name="j", project=project, playbook="site.yml", inventory=inventory)


def test_login(controller):
    assert ask(controller, "GET", "organizations/", token="another")[0] == 401


def test_list_is_filtered_and_comes_in_pages(controller):
    for number in range(30):
        controller.created("organizations", name="o%d" % number)
    _status, page = ask(controller, "GET", "organizations/?name=o7")
    assert [one["name"] for one in page["results"]] == ["o7"]
    _status, page = ask(controller, "GET", "organizations/")
    assert page["count"] == 30 and len(page["results"]) == 25 and page["next"] == "/api/v2/organizations/?page=2"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("organizations/", {}, "name"),
        ("projects/", {"name": "q", "organization": 1, "scm_type": "git"}, "scm_url"),
        ("projects/", {"name": "p", "organization": 1, "scm_url": "u"}, "__all__"),
        ("job_templates/", {"name": "k", "project": 2, "playbook": "gone.yml", "inventory": 3}, "playbook"),
        ("job_templates/", {"name": "k", "project": 99, "playbook": "site.yml", "inventory": 3}, "project"),
        ("schedules/", {"name": "s", "unified_job_template": 4, "rrule": "at night"}, "rrule"),
        (
            "schedules/",
            {
                "name": "s",
                "unified_job_template": 4,
                "rrule": "DTSTART:20260101T000000Z RRULE:FREQ=DAILY",
                "job_type": "check",
            },
            "job_type",
        ),
        (
            "credential_types/",
            {"name": "t", "kind": "cloud", "injectors": {"env": {"A": "{{ unknown }}"}}},
            "injectors",
        ),
    ],
)
def test_refusals(controller, template, path, body, field):
    status, answer = ask(controller, "POST", path, body)
    assert status == 400 and field in answer


def test_secrets_are_kept(controller):
    fields = [{"id": "a", "label": "A", "type": "string"}, {"id": "b", "label": "B", "type": "string", "secret": True}]
    kind = controller.created("credential_types", name="t", kind="cloud", inputs={"fields": fields})
    _status, made = ask(
        controller, "POST", "credentials/", {"name": "c", "credential_type": kind, "inputs": {"a": "1", "b": "hidden"}}
    )
    assert made["inputs"] == {"a": "1", "b": "$encrypted$"}
    ask(controller, "PATCH", "credentials/%d/" % made["id"], {"inputs": {"a": "2", "b": "$encrypted$"}})
    assert controller.things["credentials"][made["id"]]["inputs"] == {"a": "2", "b": "hidden"}
    assert "hidden" not in json.dumps(controller.requests)
    for wrong in ({"c": "1"}, {"a": 1}):
        assert ask(controller, "PATCH", "credentials/%d/" % made["id"], {"inputs": wrong})[0] == 400
    assert ask(controller, "DELETE", "credential_types/%d/" % kind)[0] == 400


def test_survey_and_answers(controller, template):
    question = {"question_name": "N", "question_description": "", "variable": "n", "type": "integer", "required": True}
    path = "job_templates/%d/survey_spec/" % template
    assert (
        ask(controller, "POST", path, {"name": "", "description": "", "spec": [{**question, "type": "number"}]})[0]
        == 400
    )
    assert ask(controller, "POST", path, {"name": "", "description": "", "spec": [question]})[0] == 200
    ask(controller, "PATCH", "job_templates/%d/" % template, {"survey_enabled": True})
    schedule = {"name": "s", "unified_job_template": template, "rrule": "DTSTART:20260101T000000Z RRULE:FREQ=DAILY"}
    for wrong in ({}, {"n": "3"}):
        status, answer = ask(controller, "POST", "schedules/", {**schedule, "extra_data": wrong})
        assert status == 400 and "variables_needed_to_start" in answer
    assert ask(controller, "POST", "schedules/", {**schedule, "extra_data": {"n": 3}})[0] == 201
    assert ask(controller, "DELETE", "job_templates/%d/" % template)[0] == 204
    assert controller.all("schedules") == []


def test_as_a_process():
    tests = pathlib.Path(__file__).parents[1]
    command = [sys.executable, "-B", "-m", "awx", "--playbook", "billing.yml"]
    with subprocess.Popen(command, cwd=tests, stdout=subprocess.PIPE, text=True) as process:
        try:
            words = process.stdout.readline().split()
            told = dict(word.split("=", 1) for word in words if "=" in word)
            request = urllib.request.Request(
                told["CONTROLLER_HOST"] + "/api/v2/organizations/",
                headers={"Authorization": "Bearer " + told["CONTROLLER_OAUTH_TOKEN"]},
            )
            with urllib.request.urlopen(request) as answer:
                assert json.loads(answer.read())["count"] == 0
        finally:
            process.terminate()
