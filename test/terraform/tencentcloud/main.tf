# Two tenants, two VPCs, a peering that the other one accepts, and routes both ways. The provider has no setting for an
# endpoint: the server is its HTTP proxy, and the domain is made up.

terraform {
  required_providers {
    tencentcloud = {
      source  = "tencentcloudstack/tencentcloud"
      version = ">= 1.81.60"
    }
  }
}

provider "tencentcloud" {
  secret_id  = var.requester.key
  secret_key = var.requester.secret
  region     = var.region
}

provider "tencentcloud" {
  alias      = "accepter"
  secret_id  = var.accepter.key
  secret_key = var.accepter.secret
  region     = var.region
}

resource "tencentcloud_vpc" "ours" {
  name       = "${var.name}-ours"
  cidr_block = "172.16.10.0/24"
}

resource "tencentcloud_vpc" "theirs" {
  provider   = tencentcloud.accepter
  name       = "${var.name}-theirs"
  cidr_block = "172.16.20.0/24"
}

resource "tencentcloud_vpc_peer_connect_manager" "peering" {
  source_vpc_id           = tencentcloud_vpc.ours.id
  peering_connection_name = var.name
  destination_vpc_id      = tencentcloud_vpc.theirs.id
  destination_uin         = var.accepter_account
  destination_region      = var.region
}

resource "tencentcloud_vpc_peer_connect_accept_operation" "accepted" {
  provider              = tencentcloud.accepter
  peering_connection_id = tencentcloud_vpc_peer_connect_manager.peering.id
}

resource "tencentcloud_route_table_entry" "there" {
  route_table_id         = tencentcloud_vpc.ours.default_route_table_id
  destination_cidr_block = tencentcloud_vpc.theirs.cidr_block
  next_type              = "PEERCONNECTION"
  next_hub               = tencentcloud_vpc_peer_connect_manager.peering.id
  depends_on             = [tencentcloud_vpc_peer_connect_accept_operation.accepted]
}

resource "tencentcloud_route_table_entry" "back" {
  provider               = tencentcloud.accepter
  route_table_id         = tencentcloud_vpc.theirs.default_route_table_id
  destination_cidr_block = tencentcloud_vpc.ours.cidr_block
  next_type              = "PEERCONNECTION"
  next_hub               = tencentcloud_vpc_peer_connect_manager.peering.id
  depends_on             = [tencentcloud_vpc_peer_connect_accept_operation.accepted]
}
