# Two tenants, two VPCs, a peering that the other one accepts, and routes both ways. Endpoints have no scheme.

terraform {
  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.289.0"
    }
  }
}

locals {
  host = trimprefix(var.endpoint, "http://")
}

provider "alicloud" {
  access_key             = var.requester.key
  secret_key             = var.requester.secret
  region                 = var.region
  protocol               = "HTTP"
  account_type           = "Domestic"
  skip_region_validation = true
  endpoints {
    vpc        = local.host
    vpcpeer    = local.host
    sts        = local.host
    location   = local.host
    bssopenapi = local.host
  }
}

provider "alicloud" {
  alias                  = "accepter"
  access_key             = var.accepter.key
  secret_key             = var.accepter.secret
  region                 = var.region
  protocol               = "HTTP"
  account_type           = "Domestic"
  skip_region_validation = true
  endpoints {
    vpc        = local.host
    vpcpeer    = local.host
    sts        = local.host
    location   = local.host
    bssopenapi = local.host
  }
}

data "alicloud_account" "accepter" {
  provider = alicloud.accepter
}

resource "alicloud_vpc" "ours" {
  vpc_name   = "${var.name}-ours"
  cidr_block = "172.16.10.0/24"
}

resource "alicloud_vpc" "theirs" {
  provider   = alicloud.accepter
  vpc_name   = "${var.name}-theirs"
  cidr_block = "172.16.20.0/24"
}

resource "alicloud_vpc_peer_connection" "peering" {
  peer_connection_name = var.name
  vpc_id               = alicloud_vpc.ours.id
  accepting_ali_uid    = data.alicloud_account.accepter.id
  accepting_region_id  = var.region
  accepting_vpc_id     = alicloud_vpc.theirs.id
}

resource "alicloud_vpc_peer_connection_accepter" "accepted" {
  provider    = alicloud.accepter
  instance_id = alicloud_vpc_peer_connection.peering.id
}

resource "alicloud_route_entry" "there" {
  route_table_id        = alicloud_vpc.ours.route_table_id
  destination_cidrblock = alicloud_vpc.theirs.cidr_block
  nexthop_type          = "VpcPeer"
  nexthop_id            = alicloud_vpc_peer_connection_accepter.accepted.id
}

resource "alicloud_route_entry" "back" {
  provider              = alicloud.accepter
  route_table_id        = alicloud_vpc.theirs.route_table_id
  destination_cidrblock = alicloud_vpc.ours.cidr_block
  nexthop_type          = "VpcPeer"
  nexthop_id            = alicloud_vpc_peer_connection_accepter.accepted.id
}
