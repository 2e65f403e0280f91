import { z } from "zod";

import { isPrivate } from "./cidr";
import { DEFAULT_ENDPOINTS, INTERFACE_ENDPOINTS, PLATFORM_ENDPOINTS } from "./facts";
import { cidrBlock, distinct, noted } from "./fields";

const subnetTier = (means: string) =>
  noted(
    z
      .array(
        noted(
          cidrBlock(({ prefixLength }) =>
            prefixLength < 16 || prefixLength > 28
              ? `AWS subnets are /16 to /28, not /${prefixLength}`
              : undefined,
          ),
          {
            means: "One subnet.",
            allowed: "a network inside streamflix:network.cidr, /28 or larger, apart from every other subnet",
            why: "AWS refuses other subnets in the middle of a deployment",
          },
        ),
      )
      .readonly(),
    {
      means,
      allowed: "a list of networks, one per zone of streamflix:aws.availabilityZones",
      why: "each tier has one subnet in each zone, in the order of the zones",
    },
  );

/** Section `streamflix:network`. */
export const network = noted(
  z
    .strictObject({
      cidr: noted(
        cidrBlock((block) => {
          if (block.prefixLength < 16 || block.prefixLength > 22) {
            return `its prefix length is /${block.prefixLength}, not /16 to /22`;
          }
          return isPrivate(block) ? undefined : "it is outside 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16";
        }),
        {
          means: "Address range of the VPC.",
          allowed: "a private (RFC 1918) network of /16 to /22",
          why: "AWS takes no VPC above /16, three tiers need room, and a change replaces the VPC",
        },
      ),
      subnets: noted(
        z
          .strictObject({
            public: subnetTier("Subnets of the NAT gateways; they give no public addresses."),
            private: subnetTier("Subnets of tasks, functions and interface endpoints; way out through NAT."),
            isolated: subnetTier("Subnets of databases and caches; no way out."),
          })
          .readonly(),
        {
          means: "Subnets by tier.",
          allowed: "an object with public, private and isolated",
          why: "a calculated layout could move when a zone is added",
        },
      ),
      nat: noted(z.enum(["none", "single", "onePerAz"]), {
        means: "NAT gateways: none, one for all zones (it fails with its zone), or one per zone.",
        allowed: `none, single or onePerAz; prod: onePerAz; none only with all of ${PLATFORM_ENDPOINTS.join(", ")}`,
        why: "it decides the cost, and what fails when a zone fails",
      }),
      endpoints: noted(
        distinct(
          noted(z.enum(INTERFACE_ENDPOINTS), {
            means: "One interface endpoint.",
            allowed: INTERFACE_ENDPOINTS.join(", "),
            why: "an unknown service name would fail in the middle of a deployment",
          }),
        )
          .readonly()
          .default(DEFAULT_ENDPOINTS),
        {
          means:
            "Interface endpoints, which keep calls to AWS off the internet. The S3 gateway endpoint is always built.",
          allowed: `a list without repeats of ${INTERFACE_ENDPOINTS.join(", ")}`,
          why: "AWS takes one private-DNS endpoint per service in a VPC",
        },
      ),
      flowLogs: noted(z.strictObject({}).readonly().exactOptional(), {
        means: "Records who talks to whom in the VPC.",
        allowed: "{}; required when streamflix:environment.protection is true",
        why: "without them an incident can't be traced",
        absent: "no flow logs",
      }),
      blockPublicAccess: noted(z.enum(["create", "adopt", "off"]), {
        means:
          "VPC Block Public Access, one setting per account and region: create = this stack owns it, adopt = another stack does, off = nobody.",
        allowed: "create, adopt or off; prod: create or adopt",
        why: "two owners of the one setting would undo each other's work",
      }),
    })
    .readonly(),
  { means: "VPC, subnets and ways out.", allowed: "an object", why: "everything runs in it" },
);
