# Two tenants, two VPCs, a peering that the other one accepts, and routes both ways.

terraform {
  required_providers {
    huaweicloud = { source = "huaweicloud/huaweicloud" }
  }
}

provider "huaweicloud" {
  region                  = var.region
  access_key              = var.requester.key
  secret_key              = var.requester.secret
  auth_url                = "${var.endpoint}/v3"
  endpoints               = { vpc = var.endpoint, iam = var.endpoint }
  skip_check_website_type = true
}

provider "huaweicloud" {
  alias                   = "accepter"
  region                  = var.region
  access_key              = var.accepter.key
  secret_key              = var.accepter.secret
  auth_url                = "${var.endpoint}/v3"
  endpoints               = { vpc = var.endpoint, iam = var.endpoint }
  skip_check_website_type = true
}

resource "huaweicloud_vpc" "ours" {
  name = "${var.name}-ours"
  cidr = "172.16.10.0/24"
}

resource "huaweicloud_vpc" "theirs" {
  provider = huaweicloud.accepter
  name     = "${var.name}-theirs"
  cidr     = "172.16.20.0/24"
}

resource "huaweicloud_vpc_peering_connection" "peering" {
  name           = var.name
  vpc_id         = huaweicloud_vpc.ours.id
  peer_vpc_id    = huaweicloud_vpc.theirs.id
  peer_tenant_id = var.accepter_account
}

resource "huaweicloud_vpc_peering_connection_accepter" "accepted" {
  provider                  = huaweicloud.accepter
  vpc_peering_connection_id = huaweicloud_vpc_peering_connection.peering.id
  accept                    = true
}

resource "huaweicloud_vpc_route" "there" {
  vpc_id      = huaweicloud_vpc.ours.id
  destination = huaweicloud_vpc.theirs.cidr
  type        = "peering"
  nexthop     = huaweicloud_vpc_peering_connection_accepter.accepted.vpc_peering_connection_id
  description = var.name
}

resource "huaweicloud_vpc_route" "back" {
  provider    = huaweicloud.accepter
  vpc_id      = huaweicloud_vpc.theirs.id
  destination = huaweicloud_vpc.ours.cidr
  type        = "peering"
  nexthop     = huaweicloud_vpc_peering_connection_accepter.accepted.vpc_peering_connection_id
}
