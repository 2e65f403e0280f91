/**
 * The bench's Pulumi program: the platform's own components, `bench:size` times, each copy with names and addresses of
 * its own and all of them under one provider. The sizes without a copy show what starting costs.
 */
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { Alerts } from "../../../components/alerts";
import { Keys } from "../../../components/keys";
import { makeAlarm } from "../../../components/monitoring/alarm";
import { failureAlarms } from "../../../components/monitoring/rows/platform";
import { Network } from "../../../components/network";
import { homeProvider } from "../../../components/provider";
import { boundRoles } from "../../../components/role-boundary";
import { boundaryArn, loadConfig, Names } from "../../../config";
import { copyOf } from "./copy";
import { parseSize } from "./size";

const config = loadConfig();
const size = parseSize(new pulumi.Config("bench").require("size"));
const opts = {
  providers: [homeProvider(config)],
  transforms: [boundRoles(boundaryArn("workload", config.aws))],
};

if (size === "start") {
  new awsx.ec2.Vpc(
    "start",
    {
      cidrBlock: config.network.cidr,
      availabilityZoneNames: [],
      enableDnsSupport: true,
      enableDnsHostnames: true,
      natGateways: { strategy: "None" },
      subnetStrategy: "Auto",
      subnetSpecs: [],
      vpcEndpointStrategy: "Auto",
      tags: {},
    },
    opts,
  );
}

const copies = typeof size === "number" ? size : 0;
for (let index = 0; index < copies; index += 1) {
  const copy = copyOf(config, index);
  const { accountId, region, availabilityZones } = copy.aws;
  const place = { names: new Names(copy), accountId, region, retention: copy.retention };
  const protect = copy.environment.protection;
  const keys = new Keys(
    `keys-${index}`,
    { ...place, deletionWindowDays: copy.keys.deletionWindowDays, protect },
    opts,
  );
  new Network(
    `network-${index}`,
    { ...place, availabilityZones, network: copy.network, logsKeyArn: keys.arns.logs, protect },
    opts,
  );
  if (copy.alerts) {
    const alerts = new Alerts(
      `alerts-${index}`,
      { ...place, alerts: copy.alerts, contacts: copy.contacts, keyArn: keys.arns.messaging },
      opts,
    );
    for (const row of failureAlarms({ alerts: alerts.failures.metrics })) {
      makeAlarm(
        `alerts-${index}-${row.what}`,
        row,
        { names: place.names, topics: alerts.topics },
        { parent: alerts },
      );
    }
  }
}
