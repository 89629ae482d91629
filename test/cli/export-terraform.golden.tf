# Written by isthmus export terraform. The keys are variables; for each tenant give what its access key is:
#   terraform plan -var 'TENANT={key="ID",secret="SECRET"}'

terraform {
  required_version = ">= 1.5"
  required_providers {
    huaweicloud = { source = "huaweicloud/huaweicloud" }
  }
}

variable "endpoint" {
  type    = string
  default = "http://127.0.0.1:4750"
}

variable "alice" {
  type      = object({ key = string, secret = string })
  sensitive = true
}

variable "bob" {
  type      = object({ key = string, secret = string })
  sensitive = true
}

provider "huaweicloud" {
  alias                   = "alice_region_a"
  region                  = "region-a"
  access_key              = var.alice.key
  secret_key              = var.alice.secret
  auth_url                = format("%s/v3", var.endpoint)
  endpoints               = { vpc = var.endpoint, iam = var.endpoint }
  skip_check_website_type = true
}

provider "huaweicloud" {
  alias                   = "bob_region_a"
  region                  = "region-a"
  access_key              = var.bob.key
  secret_key              = var.bob.secret
  auth_url                = format("%s/v3", var.endpoint)
  endpoints               = { vpc = var.endpoint, iam = var.endpoint }
  skip_check_website_type = true
}

resource "huaweicloud_vpc" "alice_1" {
  provider = huaweicloud.alice_region_a
  name     = "alice-1"
  cidr     = "10.17.0.0/16"
}

import {
  to = huaweicloud_vpc.alice_1
  id = "00000000-0000-4000-8000-000000001001"
}

resource "huaweicloud_vpc" "bob_1" {
  provider = huaweicloud.bob_region_a
  name     = "bob-1"
  cidr     = "10.33.0.0/16"
}

import {
  to = huaweicloud_vpc.bob_1
  id = "00000000-0000-4000-8000-000000002001"
}

resource "huaweicloud_vpc_peering_connection" "a_name_with_var_alice_and_2j" {
  provider       = huaweicloud.alice_region_a
  name           = "a \"name\" with $${var.alice} %%{ and \\ \u001b[2J 漢字"
  vpc_id         = huaweicloud_vpc.alice_1.id
  peer_vpc_id    = huaweicloud_vpc.bob_1.id
  peer_tenant_id = "2222222222222222222222222222222a"
  description    = "a to b"
}

import {
  to = huaweicloud_vpc_peering_connection.a_name_with_var_alice_and_2j
  id = "PEERING"
}

resource "huaweicloud_vpc_peering_connection_accepter" "a_name_with_var_alice_and_2j_accepted" {
  provider                  = huaweicloud.bob_region_a
  vpc_peering_connection_id = huaweicloud_vpc_peering_connection.a_name_with_var_alice_and_2j.id
  accept                    = true
  lifecycle {
    ignore_changes = [vpc_peering_connection_id, accept]
  }
}

import {
  to = huaweicloud_vpc_peering_connection_accepter.a_name_with_var_alice_and_2j_accepted
  id = "PEERING"
}

resource "huaweicloud_vpc_subnet" "web" {
  provider   = huaweicloud.alice_region_a
  name       = "web"
  cidr       = "10.17.1.0/24"
  gateway_ip = "10.17.1.1"
  vpc_id     = huaweicloud_vpc.alice_1.id
  lifecycle {
    ignore_changes = [dhcp_enable]
  }
}

import {
  to = huaweicloud_vpc_subnet.web
  id = "SUBNET"
}

resource "huaweicloud_vpc_route" "alice_1_to_10_33_0_0_16" {
  provider    = huaweicloud.alice_region_a
  vpc_id      = huaweicloud_vpc.alice_1.id
  destination = "10.33.0.0/16"
  type        = "peering"
  nexthop     = huaweicloud_vpc_peering_connection.a_name_with_var_alice_and_2j.id
}

import {
  to = huaweicloud_vpc_route.alice_1_to_10_33_0_0_16
  id = "TABLE-OF-ALICE/10.33.0.0/16"
}

resource "huaweicloud_vpc_route" "bob_1_to_10_17_0_0_16" {
  provider    = huaweicloud.bob_region_a
  vpc_id      = huaweicloud_vpc.bob_1.id
  destination = "10.17.0.0/16"
  type        = "peering"
  nexthop     = huaweicloud_vpc_peering_connection.a_name_with_var_alice_and_2j.id
}

import {
  to = huaweicloud_vpc_route.bob_1_to_10_17_0_0_16
  id = "TABLE-OF-BOB/10.17.0.0/16"
}
