# Two tenants, two VPCs, a peering that the other one accepts, and routes both ways. Endpoints come from the catalogue.

terraform {
  required_providers {
    opentelekomcloud = { source = "opentelekomcloud/opentelekomcloud" }
  }
}

provider "opentelekomcloud" {
  auth_url    = "${var.endpoint}/v3"
  access_key  = var.requester.key
  secret_key  = var.requester.secret
  domain_name = var.requester.domain
  tenant_name = var.region
}

provider "opentelekomcloud" {
  alias       = "accepter"
  auth_url    = "${var.endpoint}/v3"
  access_key  = var.accepter.key
  secret_key  = var.accepter.secret
  domain_name = var.accepter.domain
  tenant_name = var.region
}

resource "opentelekomcloud_vpc_v1" "ours" {
  name = "${var.name}-ours"
  cidr = "172.16.10.0/24"
}

resource "opentelekomcloud_vpc_v1" "theirs" {
  provider = opentelekomcloud.accepter
  name     = "${var.name}-theirs"
  cidr     = "172.16.20.0/24"
}

resource "opentelekomcloud_vpc_peering_connection_v2" "peering" {
  name           = var.name
  vpc_id         = opentelekomcloud_vpc_v1.ours.id
  peer_vpc_id    = opentelekomcloud_vpc_v1.theirs.id
  peer_tenant_id = var.accepter_account
}

resource "opentelekomcloud_vpc_peering_connection_accepter_v2" "accepted" {
  provider                  = opentelekomcloud.accepter
  vpc_peering_connection_id = opentelekomcloud_vpc_peering_connection_v2.peering.id
  accept                    = true
}

resource "opentelekomcloud_vpc_route_v2" "there" {
  type        = "peering"
  nexthop     = opentelekomcloud_vpc_peering_connection_accepter_v2.accepted.vpc_peering_connection_id
  destination = opentelekomcloud_vpc_v1.theirs.cidr
  vpc_id      = opentelekomcloud_vpc_v1.ours.id
}

resource "opentelekomcloud_vpc_route_v2" "back" {
  provider    = opentelekomcloud.accepter
  type        = "peering"
  nexthop     = opentelekomcloud_vpc_peering_connection_accepter_v2.accepted.vpc_peering_connection_id
  destination = opentelekomcloud_vpc_v1.ours.cidr
  vpc_id      = opentelekomcloud_vpc_v1.theirs.id
}
