variable "endpoint" {
  type        = string
  description = "Where the server is, e.g. http://127.0.0.1:4750."
}

variable "region" {
  type        = string
  description = "As the vendor names it."
}

variable "name" {
  type        = string
  description = "Of the peering. Another one is an update in place."
}

variable "requester" {
  type      = object({ key = string, secret = string })
  sensitive = true
}

variable "accepter" {
  type      = object({ key = string, secret = string })
  sensitive = true
}

variable "accepter_account" {
  type        = string
  description = "What the vendor calls the accepter. No secret, and not to be hidden in plans."
}
