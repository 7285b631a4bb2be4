# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action does is told by the words of its process, in any spelling; what is not understood is None."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.processes import concerns, is_removal, meaning, means

SPELLINGS = ["vm_create_snapshot", "CREATE_SNAPSHOT", "CreateSnapshot", "snapshot-creation", "k8s.create.snapshot"]


@pytest.mark.parametrize("process", SPELLINGS)
def test_spelling_of_a_process_does_not_matter(process):
    assert meaning(process) == ("create", {"snapshot"})
    assert means(process, "create_snapshot") is True


@pytest.mark.parametrize("process", ["", None, "x42", "WORKFLOW_17", "snapshot"])
def test_process_that_is_not_understood(process):
    assert meaning(process) is None
    assert means(process, "create") is None
    assert is_removal(process) is False


@pytest.mark.parametrize(
    "process, step, same",
    [
        ("STOP", "stop", True),
        ("vm_stop", "start", False),
        ("vm_shutdown", "stop", True),
        ("vm_create", "create_snapshot", False),
        ("vm_create_snapshot", "create", False),
        ("vm_delete_snapshot", "delete", False),
        ("RECOVER_SNAPSHOT", "recover_snapshot", True),
        ("vm_restore_snapshot", "recover_snapshot", True),
        ("pg_restore", "restore", True),
        ("pg_restore", "recover_snapshot", False),
        ("vm_resize", "resize", True),
        ("pg_upgrade", "resize", False),
        ("matomo_extend", "extend", True),
        ("RESIZE_MATOMO", "extend", True),
        ("pg_install_extension", "extend", False),
        ("DISABLE_MONITORING", "update_monitoring", True),
        ("UPDATE_BACKUP", "update_monitoring", False),
        ("ENABLE_HA", "enable_ha", True),
        ("vm_reset", "reset", True),
        ("vm_reboot", "reset", True),
        ("add_nodes", "create_nodes", True),
        ("remove_nodes", "delete_nodes", True),
        ("CREATE_URL", "create_url", True),
    ],
)
def test_process_of_a_step(process, step, same):
    assert means(process, step) is same


@pytest.mark.parametrize(
    "process, removal",
    [
        ("DELETE", True),
        ("vm_delete", True),
        ("DecommissionInstance", True),
        ("vm_delete_snapshot", False),
        ("delete_nodes", False),
        ("CREATE", False),
    ],
)
def test_removal_of_a_resource_itself(process, removal):
    assert is_removal(process) is removal


@pytest.mark.parametrize(
    "process, option, expected",
    [
        ("UPDATE_MONITORING", "monitoring_enabled", True),
        ("UPDATE_MONITORING", "backup_enabled", False),
        ("vm_resize", "sizing", True),
        ("pg_resize", "sizing", True),
        ("vm_resize", "comment", False),
        ("pg_upgrade", "version", True),
        ("UPDATE_PATCH_PARTY", "patch_party", True),
        ("create_nodes", "nodes", True),
        ("INSTALL_EXTENSION", "extensions", True),
        ("vm_start", "tags", False),
    ],
)
def test_options_that_a_process_may_change(process, option, expected):
    assert concerns(meaning(process), option) is expected
