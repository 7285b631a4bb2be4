# SPDX-License-Identifier: GPL-3.0-or-later
"""GoPaaS may answer anything: each answer is changed in each place, and a task ends with a result or a sentence."""

from __future__ import annotations

import dataclasses
import json

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import gopaas_items
from ansible_collections.cegedim.cloud.tests.simulator.answer import Answer
from ansible_collections.cegedim.cloud.tests.unit.plugins import fuzz

ONE = {"cle": "C-0001", "ville": "Paris", "montant": 17}
TASKS = {
    "list": ("gopaas_list_info", dict(view="12", columns=True, page_size=20)),
    "item": ("gopaas_item_info", dict(table="compte", id="7")),
    "by view": ("gopaas_items", dict(table="compte", view="12", items=[ONE, {"cle": "NEW", "nom": "New"}])),
    "by ids": ("gopaas_items", dict(table="compte", items=[ONE], item_ids={"C-0001": 1})),
    "file": ("gopaas_file", dict(table="compte", item_key="C-0001", field="logo")),
}


@pytest.fixture
def changing(gopaas, monkeypatch):
    """``changing(operation, place, kind)`` changes the answers from now on; ``changing.seen`` are those before."""
    monkeypatch.setattr(gopaas_items, "SEEN_SECONDS", 0)
    monkeypatch.setattr(gopaas_items, "LOST_SECONDS", 0)
    wanted, seen = [None], {}

    def altered(operation):
        def handler(app, call):
            answer = operation.handler(app, call)
            answer = answer if isinstance(answer, Answer) else Answer(200, answer)
            if answer.status != 200 or not answer.raw or operation.id == "gopaas.download":
                return answer
            data = json.loads(answer.raw)
            seen.setdefault(operation.id, data)
            if wanted[0] and wanted[0][0] == operation.id:
                data = fuzz.changed(data, wanted[0][1], fuzz.OTHERS[wanted[0][2]])
            return Answer(200, b"null" if data is None else data)

        return dataclasses.replace(operation, handler=handler)

    monkeypatch.setattr(gopaas, "operations", tuple(map(altered, gopaas.operations)))

    def changing(*cell):
        wanted[0] = cell or None

    changing.seen = seen
    return changing


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("login", ["login", "user_login"])
def test_no_answer_is_a_traceback(gopaas, run_on, changing, tmp_path, task, login):
    module, options = TASKS[task]
    if task == "file":
        (tmp_path / "file").write_bytes(b"other")
        options = {**options, "src": str(tmp_path / "file")}
    run = run_on(gopaas, {**getattr(gopaas, login), "token_store": False})
    assert not run(module, **options).get("failed")
    answers, ended = dict(changing.seen), []
    for operation, data in answers.items():
        for place in fuzz.places(data):
            for kind in fuzz.OTHERS:
                gopaas.seed()
                changing(operation, place, kind)
                result = run(module, retry_timeout=0, **options)  # a bug would be raised
                assert isinstance(result.get("changed", False), bool)
                assert result.get("msg") or not result.get("failed"), (operation, place, kind)
                ended.append(bool(result.get("failed")))
    assert True in ended and False in ended
    gopaas.clear_violations()
