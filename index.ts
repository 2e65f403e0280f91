import { Alerts } from "./components/alerts";
import { Keys } from "./components/keys";
import { Network } from "./components/network";
import { homeProvider } from "./components/provider";
import { loadConfig, Names } from "./config";

const config = loadConfig();
const { accountId, region, availabilityZones } = config.aws;
const { protection: protect } = config.environment;
const names = new Names(config);
const place = { names, accountId, region };
const opts = { providers: [homeProvider(config)] };

// Encryption: one key per class of data.
const keys = new Keys(
  "keys",
  { ...place, deletionWindowDays: config.keys.deletionWindowDays, protect },
  opts,
);

// Network: tiers, ways out, private ways to AWS, flow logs.
const network = new Network(
  "network",
  { ...place, availabilityZones, network: config.network, logsKeyArn: keys.arns.logs, protect },
  opts,
);

// Alerting: the topic that reaches people.
const alerts =
  config.alerts &&
  new Alerts(
    "alerts",
    { ...place, alerts: config.alerts, contacts: config.contacts, keyArn: keys.arns.messaging },
    opts,
  );

export const vpcId = network.vpcId;
export const privateSubnetIds = network.privateSubnetIds;
export const isolatedSubnetIds = network.isolatedSubnetIds;
export const securityGroupIds = network.securityGroupIds;
export const keyArns = keys.arns;
export const alertsTopicArn = alerts?.topicArn;
