# SPDX-License-Identifier: GPL-3.0-or-later
"""Option groups, in the same words as the documentation fragments of the same names."""

from __future__ import annotations

from ansible.module_utils.basic import env_fallback

API_URL = "https://api.cegedim.cloud/itcare"
TOKEN_URL = "https://accounts.cegedim.cloud/auth/realms/cloud/protocol/openid-connect/token"

ITSYOUONLINE = "https://itsyou.online/v1/oauth/access_token"


def _from_environment(variable):
    return (env_fallback, [variable])


def _place(variables):
    """The address of a system that each customer has for himself; ``variables`` is the first part of the names of its
    environment variables."""
    return dict(
        url=dict(type="str", required=True, fallback=_from_environment(variables + "_URL")),
        allow_http=dict(type="bool", default=False, fallback=_from_environment(variables + "_ALLOW_HTTP")),
    )


def _client(variables):
    """The client of an OAuth server."""
    return dict(
        client_id=dict(type="str", fallback=_from_environment(variables + "_CLIENT_ID")),
        client_secret=dict(type="str", no_log=True, fallback=_from_environment(variables + "_CLIENT_SECRET")),
    )


def _connection(variables, parallel_requests=20):
    """How to connect, the same for each system."""
    options = dict(
        token_store=dict(type="bool", default=True, no_log=False),
        ca_path=dict(type="path"),
        validate_certs=dict(type="bool", default=True),
        proxy=dict(type="str", no_log=True),
        connect_timeout=dict(type="float", default=10),
        read_timeout=dict(type="float", default=60),
        retry_timeout=dict(type="float", default=120),
        parallel_requests=dict(type="int", default=parallel_requests),
    )
    return {
        name: dict(option, fallback=_from_environment("%s_%s" % (variables, name.upper())))
        for name, option in options.items()
    }


_REGION = dict(
    service=dict(type="str", aliases=["service_id"]),
    region=dict(type="str"),
    regulation=dict(type="str", choices=["STANDARD", "HDS"]),
    cloud=dict(type="int", aliases=["cloud_id"]),
)
GROUPS = dict(
    auth=dict(
        api_url=dict(type="str", default=API_URL, fallback=_from_environment("ITCARE_API_URL")),
        token_url=dict(type="str", default=TOKEN_URL, fallback=_from_environment("ITCARE_TOKEN_URL"), no_log=False),
        **_client("ITCARE"),
        client_authentication=dict(
            type="str",
            choices=["basic", "post"],
            default="basic",
            fallback=_from_environment("ITCARE_CLIENT_AUTHENTICATION"),
        ),
        scope=dict(type="str", fallback=_from_environment("ITCARE_SCOPE")),
        access_token=dict(type="str", no_log=True, fallback=_from_environment("ITCARE_ACCESS_TOKEN")),
        **_connection("ITCARE"),
    ),
    cockpit_auth=dict(
        **_place("COCKPIT"),
        **_client("COCKPIT"),
        username=dict(type="str", fallback=_from_environment("COCKPIT_USERNAME")),
        password=dict(type="str", no_log=True, fallback=_from_environment("COCKPIT_PASSWORD")),
        access_token=dict(type="str", no_log=True, fallback=_from_environment("COCKPIT_ACCESS_TOKEN")),
        **_connection("COCKPIT"),
    ),
    gopaas_auth=dict(
        **_place("GOPAAS"),
        bearer_token=dict(type="str", no_log=True, fallback=_from_environment("GOPAAS_BEARER_TOKEN")),
        **_client("GOPAAS"),
        grant_type=dict(type="str", fallback=_from_environment("GOPAAS_GRANT_TYPE")),
        **_connection("GOPAAS"),
    ),
    ovc_auth=dict(
        **_place("OVC"),
        token_url=dict(type="str", default=ITSYOUONLINE, fallback=_from_environment("OVC_TOKEN_URL"), no_log=False),
        **_client("OVC"),
        client_authentication=dict(
            type="str",
            choices=["post", "basic"],
            default="post",
            fallback=_from_environment("OVC_CLIENT_AUTHENTICATION"),
        ),
        scope=dict(type="str", fallback=_from_environment("OVC_SCOPE")),
        validity=dict(type="int", fallback=_from_environment("OVC_VALIDITY")),
        username=dict(type="str", fallback=_from_environment("OVC_USERNAME")),
        password=dict(type="str", no_log=True, fallback=_from_environment("OVC_PASSWORD")),
        access_token=dict(type="str", no_log=True, fallback=_from_environment("OVC_ACCESS_TOKEN")),
        **_connection("OVC", parallel_requests=5),
    ),
    ovc_order=dict(
        asynchronous=dict(type="bool", default=False),
        wait_timeout=dict(type="float", default=1800),
    ),
    wait=dict(
        wait=dict(type="bool", default=True),
        wait_timeout=dict(type="float", default=7200),
        wait_interval=dict(type="float", default=15),
    ),
    identity=dict(
        name=dict(type="str"),
        id=dict(type="int"),
    ),
    region=_REGION,
    placement=dict(
        _REGION,
        area=dict(type="str"),
        network=dict(type="str", aliases=["network_id"]),
    ),
    platform=dict(
        platform=dict(type="str"),
    ),
    management=dict(
        monitoring_enabled=dict(type="bool"),
        monitoring_alerting=dict(type="bool"),
        no_monitoring_prod_reason=dict(type="str"),
        on_call_supervision=dict(type="bool"),
        backup_enabled=dict(type="bool"),
        no_backup_prod_reason=dict(type="str"),
        server_backup_policy=dict(type="str", aliases=["server_backup_policy_id"]),
        database_backup_policy=dict(type="str", aliases=["db_backup_policy_id"]),
        replication_enabled=dict(type="bool"),
        no_replication_prod_reason=dict(type="str"),
        comment=dict(type="str"),
    ),
    state=dict(
        state=dict(type="str", choices=["present", "absent"], default="present"),
    ),
    power=dict(
        state=dict(type="str", choices=["present", "started", "stopped", "absent"], default="present"),
    ),
    farm=dict(
        sizing=dict(type="str", aliases=["node_sizing"]),
        disk_size=dict(type="int"),
        admin_password=dict(type="str", no_log=True, aliases=["adm_password"]),
    ),
    application_service=dict(
        sizing=dict(type="str", choices=["XS", "S", "M", "L", "XL"]),
        admin_password=dict(type="str", no_log=True, aliases=["password"]),
    ),
    zone=dict(
        availability_zone=dict(type="str", aliases=["az"]),
    ),
    check_mode=dict(
        on_missing_in_check_mode=dict(
            type="str",
            choices=["warn", "fail", "ignore"],
            default="warn",
            fallback=_from_environment("ITCARE_ON_MISSING_IN_CHECK_MODE"),
        ),
    ),
    protection=dict(
        protection_tag=dict(
            type="str",
            default="protected",
            fallback=_from_environment("ITCARE_PROTECTION_TAG"),
            no_log=False,
        ),
    ),
    dry_run=dict(
        server_dry_run=dict(type="bool", default=False),
    ),
    fixed=dict(
        on_fixed_difference=dict(type="str", choices=["fail", "warn"], default="fail"),
    ),
    tags=dict(
        tags=dict(type="dict"),
        tags_mode=dict(type="str", choices=["merge", "replace"], default="merge"),
    ),
    change=dict(
        change_reference=dict(type="str"),
    ),
    estate_scope=dict(
        services=dict(type="list", elements="str", aliases=["service"]),
        environments=dict(type="list", elements="str"),
        kinds=dict(type="list", elements="str"),
        names=dict(type="list", elements="str"),
        tags=dict(type="dict"),
    ),
    patch_party=dict(
        patch_party=dict(
            type="dict",
            options=dict(
                excluded=dict(type="bool", default=False),
                exclusion_reason=dict(type="str"),
                patch_group=dict(type="int", choices=[0, 1, 2, 3]),
            ),
            required_if=[("excluded", True, ["exclusion_reason"])],
        ),
    ),
)


# What every task has that brings a resource to a state, and what it has besides for each sort of resource.
CONVERGING = ("auth", "identity", "wait", "check_mode", "protection", "fixed", "dry_run", "tags")
SORTS = {
    "resource": ("placement", "management"),
    "machine": ("placement", "platform", "management", "patch_party"),
    "farm": ("placement", "platform", "management", "patch_party", "power", "farm"),
    "application_service": ("region", "management", "power", "application_service"),
}


def converging(sort, *groups, **options):
    """The SPEC of a module that brings one resource to a state: the options that all have, those of its ``sort`` (see
    SORTS), those of further ``groups``, and its own ``options``."""
    return dict(
        argument_spec=spec(*CONVERGING, *SORTS[sort], *groups, **options),
        required_one_of=[("name", "id")],
        supports_check_mode=True,
    )


def listing(of, **options):
    """The SPEC of a module that lists: the options of the Listing ``of``, and the module's own ``options``."""
    return dict(
        argument_spec=spec("auth", **of.arguments(), **options),
        mutually_exclusive=of.exclusive(),
        supports_check_mode=True,
    )


def spec(*groups, **options):
    """The argument spec of a module: the options of the named ``groups`` and the module's own ``options``.

    Raises KeyError for an unknown group and ValueError for an option that is defined twice: both are bugs.
    """
    result = dict(options)
    for group in groups:
        for name, option in GROUPS[group].items():
            if name in result:
                raise ValueError("option %s is defined twice" % name)
            result[name] = option
    return result
