import { TARGETS } from './targets/index.ts'

const targets = TARGETS.map(({ name, about }) => `  ${name.padEnd(16)}${about}`).join('\n')

/** What `--help` prints. */
export const HELP = `npm run conformance: does a server answer as the vendor would?

Usage: npm run conformance -- TARGET... [options]

Speaks a vendor's own protocol, and nothing else, to a server: this one, another one, or the real cloud. Two tenants make
networks, ask for a peering, accept and refuse, lead routes both ways, read everything, change it, and take it down
again, each step checked against what the vendor documents. Where an answer differs, the table says what was expected and
what came. Whatever was made is removed at the end, also when checks fail, or on Ctrl-C.

Targets:
${targets}
  terraform       the providers huaweicloud, opentelekomcloud, alicloud and tencentcloud: init, apply, an empty plan,
                  an update, an empty plan, destroy; with the terraform or tofu on PATH, against a server it starts
  all             all of these

Without an endpoint it starts this server on a free port with two tenants of its own, and stops it at the end:

  npm run conformance -- all

Against another server, or a cloud (it makes 3 VPCs, a subnet, and peerings; all are called conformance-…):

  export ISTHMUS_CONFORMANCE_REQUESTER_SECRET=… ISTHMUS_CONFORMANCE_ACCEPTER_SECRET=…
  npm run conformance -- huawei --endpoint https://vpc.example.com --endpoint iam=https://iam.example.com \\
    --region eu-de --requester-key … --requester-account PROJECT --accepter-key … --accepter-account PROJECT

Options; each wins over its variable, and that over the file:
  --endpoint URL              ISTHMUS_CONFORMANCE_ENDPOINT: where all services are
  --endpoint SERVICE=URL      where one of them is: vpc, iam (huawei, otc); vpcpeer, vpc, sts (alibaba); vpc, cam, sts (tencent)
  --region NAME               ISTHMUS_CONFORMANCE_REGION: as the vendor names it
  --zone NAME                 ISTHMUS_CONFORMANCE_ZONE: where tencent makes a subnet [REGION-1]
  --requester-key ID          ISTHMUS_CONFORMANCE_REQUESTER_KEY: the access key of the tenant that asks
  --requester-secret SECRET   ISTHMUS_CONFORMANCE_REQUESTER_SECRET: flags are seen by every user of the machine
  --requester-account ID      ISTHMUS_CONFORMANCE_REQUESTER_ACCOUNT: project id (huawei, otc), uid (alibaba), uin (tencent)
  --accepter-key, --accepter-secret, --accepter-account: the same of the tenant that answers
  --config FILE               JSON, a member for each target:
                              {"huawei": {"endpoint", "endpoints": {"iam"}, "region", "zone",
                                          "requester": {"key", "secret", "account"}, "accepter": {…}}}
  --wait-seconds N            how long what takes a while may take [60; 2 for a server of its own]
  --json                      the table as JSON: [{"target","operation","what","as","outcome","why","assumed"}]
  --require                   ISTHMUS_TEST_REQUIRE=all: what cannot be run is a failure

For terraform:
  ISTHMUS_TERRAFORM_MIRROR    a directory laid out as a provider mirror, or the URL of one, to install providers from;
                              without it, terraform installs them as it is configured to

An answer that no page of the vendor's documents is marked as such ("assumed"): there, a difference is news, not a fault.

Exit codes: 0 nothing differs; 1 something does; 2 asked wrongly, or --require and something could not be run.
`
