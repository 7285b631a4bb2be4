# SPDX-License-Identifier: GPL-3.0-or-later
"""Every playbook and every command on the pages of the documentation runs, or the page says why not.

``tests/tools/pages.py`` says how a page is marked. The blocks of a page run from top to bottom against one simulator: a
block with a file name is written to that file, other YAML is run as a playbook, commands run in a shell.
"""

from __future__ import annotations

import itertools
import json
import pathlib
import re
import subprocess
import sys

import pytest
import yaml
from player import PASSWORD, ROOT, Player
from simulator import Simulator
from test_application import in_fast_lane

sys.path.insert(0, str(ROOT / "tests/tools"))
import pages  # noqa: E402

sys.path.pop(0)

PAGES = pages.pages(ROOT)
BLOCKS = [block for path in PAGES.values() for block in pages.blocks(path)]
RUNNABLE = ("yaml", "yaml+jinja", "console")
# The tests of single pages, and which of their blocks these run.
ELSEWHERE = {
    "inventory": ("tests/unit/plugins/inventory/test_recipes.py", lambda one: one.caption or one.language != "console"),
    "openvcloud_inventory": ("tests/unit/plugins/inventory/test_ovc_inventory_guide.py", lambda one: True),
    "lookup": ("tests/unit/plugins/lookup/test_lookup_guide.py", lambda one: one.language != "console"),
    "awx": ("tests/playbooks/roles/test_awx.py", lambda one: one.caption),
    "roles": ("tests/playbooks/conftest.py", lambda one: one.language != "console"),
    "adding_a_product": ("tests/unit/tools/test_guides.py", lambda one: True),
}
# What a reader puts in place of an example.
REPLACED = {
    "my-service": "billing-qa",
    "my_service": "billing_qa",
    "MYAPP01, MYAPP02": "QEBBILL01, QEBBILL02",
    "my-network": "EB_1127_DMZ9",
    "example.com": "acme.example",
}
VARIABLES = {
    "vault_letters_password": PASSWORD,
    "vault_windows_password": PASSWORD,
    "vault_itcare_client_id": "",
    "vault_itcare_client_secret": "",
}
INSTANCE = {"service": "sandbox", "region": "EB", "platform": "deb12", "sizing": "2cpu4gb"}


def machines(*names):
    """A task that makes these machines."""
    resources = [{"module": "itcare_instance", "name": name} for name in names]
    return {"name": "Make machines", "cegedim.cloud.itcare_batch": {"resources": resources, "defaults": INSTANCE}}


def application():
    """A task that builds the parts of an application."""
    small = {"disk_size": 40, "node_count": 3}
    parts = {
        "shop_events": {"kind": "kafka", "node_prefix": "SHOPEV", **small},
        "shop-search": {"kind": "opensearch", "node_prefix": "SHOPSR", **small},
        "shop_files": {"kind": "glusterfs", "user_name": "documents", "disk_size": 40},
        "web": {"kind": "instance", "names": ["SHOPWEB01", "SHOPWEB02"]},
    }
    place = {"service": "billing-qa", "network": "EB_1127_DMZ9", "password": PASSWORD, "parts": parts}
    variables = {f"application_stack_{name}": value for name, value in place.items()}
    return {"ansible.builtin.include_role": {"name": "cegedim.cloud.application_stack"}, "vars": variables}


# What a page takes for granted: tasks that run first, the host of its tasks, files, and words for ansible-playbook.
BEFORE = {
    "README": [machines("MYFIRST02")],
    "application": [application()],
    "check_mode": [machines("MYFIRST01")],
    "tags": [machines("MYFIRST02")],
}
HOST = {"authentication": "PEBBILL01"}
SITE = [{"hosts": "localhost", "gather_facts": False, "tasks": [{"cegedim.cloud.itcare_region_info": {}}]}]
FILES = {
    "authentication": {".vault-password": PASSWORD},
    "fast_lane": {"site.yml": SITE},
    "waiting": {"site.yml": SITE},
}
WORDS = {"first_login": ("-e", "ansible_connection=local")}


def runs_here(block):
    test = ELSEWHERE.get(block.page)
    return (
        block.language in RUNNABLE
        and block.mark not in ("not run", "run by")
        and not (test and test[1](block))
        and not is_make(block)
    )


def is_make(block):
    return block.language == "console" and all(line.split()[0] == "make" for line in commands(block))


def commands(block):
    """The commands of a block, without their comments."""
    return pages.script(block).splitlines()


HERE = [block for block in BLOCKS if runs_here(block)]


# What is said about the blocks


def test_reasons_are_given():
    for block in BLOCKS:
        if block.mark in ("not run", "fails"):
            assert len(block.said) > 10, block
        if block.mark == "run by":
            assert f'pages.run_by(__file__, "{block.page}")' in (ROOT / block.said).read_text(), block


def test_tests_of_pages_exist():
    for page, (file, _blocks) in ELSEWHERE.items():
        assert page in PAGES and page in (ROOT / file).read_text()


def test_commands_of_make_are_targets():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    text = "".join(path.read_text() for path in PAGES.values())
    assert set(re.findall(r"(?:\$ |``|`)make ([a-z-]+)", text)) <= set(targets)


def test_commands_begin_with_a_prompt():
    for block in BLOCKS:
        if block.language == "console":
            assert all(line.startswith("$ ") for line in block.text.splitlines()), block


def test_each_file_of_a_page_is_used():
    """A file that no command of its page names would not be tested."""
    for block in HERE:
        if block.caption and block.language != "console":
            text = PAGES[block.page].read_text()
            assert len(re.findall(rf"\$ .*{re.escape(block.caption)}", text)) > 0, block


# The run


@in_fast_lane
@pytest.mark.parametrize("page", sorted({block.page for block in HERE}))
def test_page(page, tmp_path):
    with Simulator(action_seconds=0.05) as simulator:
        reader = Reader(simulator, tmp_path, page)
        if page in BEFORE:
            reader.plays([{"hosts": "localhost", "gather_facts": False, "tasks": BEFORE[page]}])
        before = ""
        for block in [one for one in BLOCKS if one.page == page]:
            if runs_here(block) or (block.caption and block.language != "console"):
                before = reader.does(block)
            elif block.mark == "output of the command above":
                assert missing(block.text, before) == [], f"{block} is not the output, which is:\n{before}"
        assert simulator.violations() == []


def missing(shown, output):
    """The lines that a page shows and the output does not have; stars and blanks at the end do not count."""
    said = [line.rstrip("* ") for line in output.splitlines()]
    return [line for line in shown.splitlines() if not any(one.startswith(line.rstrip("* ")) for one in said)]


class Reader:
    """A reader who does what a page says, in an empty directory."""

    def __init__(self, simulator, directory, page):
        self.simulator = simulator
        self.directory = directory
        self.words, self.host = WORDS.get(page, ()), HOST.get(page, "localhost")
        for name, content in FILES.get(page, {}).items():
            (directory / name).write_text(json.dumps(content))  # JSON is YAML
        self.numbers = itertools.count()
        account = {"vault_itcare_client_id": simulator.client_id, "vault_itcare_client_secret": simulator.client_secret}
        for name in ("vault.yml", "variables.json"):  # a page may encrypt the one that it speaks of
            (directory / name).write_text(json.dumps({**VARIABLES, **account}))
        player = Player(simulator, directory)
        self.environment = {
            **{name: value for name, value in player.environment.items() if "CALLBACK" not in name},
            "ANSIBLE_HOST_KEY_CHECKING": "false",
            "PATH": f"{pathlib.Path(sys.executable).parent}:{player.environment['PATH']}",
            "HOME": str(directory),
            "APPLICATION_PASSWORD": PASSWORD,
        }
        self.environment.setdefault("ANSIBLE_COLLECTIONS_PATH", str(ROOT.parents[2]))

    def does(self, block):
        """Follow one block; what was printed (str). Raises AssertionError where it does not go as the page says."""
        text = block.text
        for example, real in REPLACED.items():
            text = text.replace(example, real)
        if block.caption and block.language != "console":
            file = self.directory / block.caption
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return ""
        if block.language == "console":
            return self.shell(block)
        return self.plays(as_plays(yaml.safe_load(text), self.host), block)

    def plays(self, plays, block=None):
        file = self.directory / f"block{next(self.numbers)}.json"  # JSON is YAML
        file.write_text(json.dumps(plays))
        words = ("-i", f"{self.host},") if self.host != "localhost" else ()
        return self.run(["ansible-playbook", file.name, "-e", "@variables.json", *words, *self.words], block)

    def shell(self, block):
        lines = []
        for line in commands(block):
            for example, real in {**REPLACED, "my-client-id": self.simulator.client_id}.items():
                line = line.replace(example, real)
            line = re.sub(r"(PASSWORD|SECRET)=\.\.\.", lambda found: f"{found[1]}='{self.secret(found[1])}'", line)
            if "ansible-playbook" in line:
                line = " ".join([line, *self.words])
            lines.append(line)
        return self.run(["bash", "-e", "-c", "\n".join(lines)], block)

    def secret(self, word):
        return PASSWORD if word == "PASSWORD" else self.simulator.client_secret

    def run(self, words, block):
        done = subprocess.run(
            words,
            env=self.environment,
            cwd=self.directory,
            input=self.simulator.client_secret + "\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert self.simulator.client_secret not in done.stdout
        if block and block.mark == "fails":
            assert done.returncode != 0 and block.said in " ".join(done.stdout.split()), f"{block}:\n{done.stdout}"
        else:
            assert done.returncode == 0, f"{block}:\n{done.stdout}"
        return done.stdout


def as_plays(content, host):
    """Plays (list of dict), from plays, from tasks, or from keywords of a play such as ``module_defaults``."""
    if isinstance(content, dict):
        content = [{"hosts": host, **content, "tasks": [{"cegedim.cloud.itcare_region_info": {}}]}]
    if not any("hosts" in one for one in content):
        content = [{"hosts": host, "tasks": content}]
    return [{"gather_facts": False, **play} for play in content]
