# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process: command line, control interface, TLS, coverage."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
import requests
from simulator import Simulator

TESTS = pathlib.Path(__file__).resolve().parents[2]


def spawn(*arguments, **environment) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        env={**os.environ, "PYTHONPATH": str(TESTS), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def token_of(told: dict, **options) -> dict:
    form = {"grant_type": "client_credentials"}
    answer = requests.post(told["token_url"], data=form, auth=(told["client_id"], told["client_secret"]), **options)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_process_tells_where_it_listens_and_ends_cleanly(tmp_path):
    ready, coverage = tmp_path / "ready.json", tmp_path / "coverage"
    process = spawn(
        "--ready-file",
        str(ready),
        "--instances",
        "7",
        "--action-seconds",
        "0.01",
        "--latency-ms",
        "1",
        "--settings",
        '{"ram_unit": "mb"}',
        ITCARE_SIMULATOR_COVERAGE=str(coverage),
    )
    try:
        told = json.loads(process.stdout.readline())
        assert json.loads(ready.read_text()) == told
        headers = token_of(told)
        page = requests.get(told["api_url"] + "/compute/instances", headers=headers).json()
        assert page["totalElements"] == 20
        module = {**headers, "User-Agent": "ansible-collection-cegedim.cloud (itcare_region_info)"}
        assert requests.get(told["api_url"] + "/topology/regions", headers=module).ok
        assert page["content"][0]["ram"] == 8192
        assert told["api_url"].startswith("http://127.0.0.1:")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    assert process.stderr.read() == ""
    report = subprocess.run(
        [sys.executable, "-m", "simulator.coverage", str(coverage)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert report.stdout.startswith("1 of 188 documented operations reached by a typed module or the inventory\n")
    assert "  not reached: list_instances (GET /compute/instances)\n" in report.stdout
    assert "\n0 of 81 PATCH operations sent by a typed module\n" in report.stdout
    assert "  not sent: resize (PATCH /compute/instances/{id})\n" in report.stdout
    assert "\n2 of 188 documented operations exercised by any client\n" in report.stdout
    assert "  not exercised: create_instance (POST /compute/instances)\n" in report.stdout
    assert report.stderr == ""


def test_process_ends_with_its_parent(tmp_path):
    ready = tmp_path / "ready.json"
    code = (
        "import subprocess, sys, pathlib, time\n"
        f"subprocess.Popen([sys.executable, '-m', 'simulator', '--exit-with-parent', '--ready-file', {str(ready)!r}])\n"
        f"while not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.02)\n"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        check=True,
        timeout=20,
        stdout=subprocess.DEVNULL,
    )
    url = json.loads(ready.read_text())["control_url"]
    deadline = time.time() + 5
    while time.time() < deadline:
        try:
            requests.get(url + "/settings", timeout=1)
        except requests.ConnectionError:
            return
        time.sleep(0.1)
    raise AssertionError("the process outlived its parent")


@pytest.mark.parametrize("given", [True, "directory"])
def test_tls(given, tmp_path):
    with Simulator(tls=True if given is True else tmp_path) as sim:
        assert sim.api_url.startswith("https://")
        headers = token_of(sim.announcement(), verify=sim.ca_path)
        url = sim.api_url + "/compute/instances/500000001"
        assert requests.get(url, headers=headers, verify=sim.ca_path).status_code == 200
        sim.fault("reset_before")
        with pytest.raises(requests.ConnectionError):
            requests.get(url, headers=headers, verify=sim.ca_path)
        assert requests.get(url, headers=headers, verify=sim.ca_path).status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url)


def test_stopped_simulator_answers_no_more():
    sim = Simulator()
    sim.start()
    session = requests.Session()
    session.get(sim.control_url + "/settings")
    sim.stop()
    with pytest.raises(requests.ConnectionError):
        session.get(sim.control_url + "/settings")


def test_two_simulators_live_side_by_side():
    with Simulator() as one, Simulator() as other:
        one.add_instance("ONLY01")
        assert one.api_url != other.api_url
        assert "ONLY01" not in repr(other.state)


def test_control_interface_does_what_the_python_interface_does(api):
    control = api.sim.control_url
    assert requests.patch(control + "/settings", json={"ram_unit": "mb"}).json()["ram_unit"] == "mb"
    assert requests.get(control + "/settings").json()["ram_unit"] == "mb"
    requests.post(control + "/faults", json={"kind": "status", "status": 418, "match": {"operation": "get_instance"}})
    assert len(requests.get(control + "/faults").json()) == 1
    assert api.get("/compute/instances/500000001").status_code == 418
    api.get("/compute/instances", colour="red")
    assert len(requests.get(control + "/journal", params={"status": 418}).json()) == 1
    assert len(requests.get(control + "/violations").json()) == 1
    assert requests.get(control + "/coverage").json()["documented"] == 188
    assert (
        requests.post(control + "/instances", json={"name": "ADDED01", "service": "sandbox"}).json()["name"]
        == "ADDED01"
    )
    several = [{"name": name, "service": "sandbox"} for name in ("ADDED02", "ADDED03")]
    assert [row["name"] for row in requests.post(control + "/instances", json=several).json()] == ["ADDED02", "ADDED03"]
    gone = requests.delete(control + "/instances", json=["ADDED02", "NOSUCH01", 500000001]).json()
    assert gone == {"count": 2}
    shown = {row["name"] for row in requests.get(control + "/state/instances").json()}
    assert "ADDED03" in shown and not shown & {"ADDED02", "PEBBILL01"}
    assert requests.post(control + "/instances", json={"count": 3}).json() == {"count": 3}
    assert len(requests.get(control + "/state/instances").json()) > 17
    requests.delete(control + "/journal")
    assert requests.get(control + "/journal").json() == []
    requests.delete(control + "/faults")
    requests.post(control + "/revoke-tokens")
    assert api.get("/actions").status_code == 401
    requests.post(control + "/reset")
    assert requests.get(control + "/settings").json()["ram_unit"] == "gb"
    wrong = requests.patch(control + "/settings", json={"colour": "red"})
    assert (wrong.status_code, "unknown setting" in wrong.json()["error"]) == (400, True)
    assert requests.get(control + "/nowhere").status_code == 404


def test_keep_alive_answers_do_not_wait_for_a_delayed_ack(api):
    times = []
    for _time in range(20):
        begin = time.perf_counter()
        api.get("/actions")
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.030  # each would take 40 ms
