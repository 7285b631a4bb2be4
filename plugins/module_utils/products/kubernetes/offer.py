# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform offers for Kubernetes clusters (the API reference, Kubernetes, Topology, Platform products)."""

from __future__ import annotations

from ..shared.references import shows

PATH = "/compute/containers/kubernetes"
ITSELF = PATH + "/{address}"

SHOWN_AREAS = shows("labelAreaList", "area", "area.id", "labelArea", "network.area")


def read_ingress_providers(client):
    """The ingress providers (list of str) that a new cluster can have."""
    return client.find(PATH + "/ingress-providers") or []


def read_products(client):
    """The Kubernetes products (list of dict), one for each version."""
    return client.get("/compute/platform/products", {"type": "KUBERNETES"}) or []
