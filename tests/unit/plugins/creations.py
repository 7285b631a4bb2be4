# SPDX-License-Identifier: GPL-3.0-or-later
"""What a creation takes, for the tests that run every module; in services and networks of the simulator's estate."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ansible_collections.cegedim.cloud.plugins.module_utils.moments import to_api

AN_HOUR_AGO = to_api(datetime.now(timezone.utc) - timedelta(hours=1))
INSTANCE = dict(service="billing-qa", region="EB", platform="deb12", sizing="2cpu4gb", network="EB_1127_DMZ9")
POSTGRESQL = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    topology="STANDALONE",
    version="15",
    sizing="2cpu4gb",
    disk_size=40,
    admin_password="Correct-Horse-42",
    trigram="ord",
    allowed_replication_lag=100,
)
REDIS = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="redis72",
    version="7.2",
    node_count=1,
    sizing="2cpu4gb",
    disk_size=40,
    admin_password="Correct-Horse-42!",
    persistence_mode="PERSISTENT",
)
MARIADB = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="mariadb1011",
    version="10.11",
    topology="SINGLE",
    node_count=1,
    sizing="2cpu4gb",
    disk_size=40,
    admin_password="Correct-Horse-42!",
)
OPENSEARCH = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="opensearch219",
    version="2.19.0",
    node_count=5,
    node_prefix="DEBOS",
    sizing="2cpu8gb",
    disk_size=100,
    admin_password="Correct-Horse-42!",
)
SQLSERVER = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    availability_zone="EB-A",
    platform="sqlserver2022",
    edition="STD",
    collation="French_CI_AS",
    sizing="2cpu8gb",
    admin_password="Horse-42",
)
RABBITMQ = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="rabbitmq313",
    version="3.13",
    node_count=1,
    node_prefix="QARMQ",
    sizing="2cpu4gb",
    disk_size=10,
    admin_password="Correct-Horse-42!",
)
KAFKA = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="kafka39",
    version="3.9",
    node_count=3,
    node_prefix="QAKAF",
    sizing="2cpu4gb",
    disk_size=40,
    admin_password="Correct-Horse-42!",
)
GLUSTERFS = dict(
    service="intranet",
    region="EB",
    network="EB_1127_DMZ9",
    platform="glusterfs102",
    user_name="dda",
    sizing="2cpu4gb",
    disk_size=15,
    admin_password="Correct-Horse-42!",
)
OVERDRIVE = dict(
    service="intranet",
    region="EB",
    sizing="XS",
    admin_password="Correct-Horse-42!",
    drive_site_uri="qadrive.acme.example",
)
MATOMO = dict(service="intranet", region="EB", sizing="S", admin_password="Correct-Horse-42!")
