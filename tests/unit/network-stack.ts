import { Network, type NetworkArgs } from "../../components/network";
import { record, type Registration } from "./mocks";
import { PLACE } from "./registrations";

const WITHOUT_FLOW_LOGS: NetworkArgs["network"] = {
  cidr: "10.20.0.0/16",
  subnets: {
    public: ["10.20.0.0/24", "10.20.1.0/24"],
    private: ["10.20.16.0/20", "10.20.32.0/20"],
    isolated: ["10.20.8.0/24", "10.20.9.0/24"],
  },
  nat: "single",
  endpoints: ["secretsmanager", "ecr.dkr"],
  blockPublicAccess: "create",
};

/** A network with everything in it: single NAT gateway, two endpoints, flow logs, block of public access. */
const FULL: NetworkArgs["network"] = { ...WITHOUT_FLOW_LOGS, flowLogs: {} };

/** What a Network with some settings of its own registers. */
export function network(
  settings: Partial<NetworkArgs["network"]> = {},
  protect = false,
): Promise<readonly Registration[]> {
  return registrationsOf({ ...FULL, ...settings }, protect);
}

/** The same without flow logs: the section can be absent, but not undefined. */
export function networkWithoutFlowLogs(): Promise<readonly Registration[]> {
  return registrationsOf(WITHOUT_FLOW_LOGS, false);
}

/** Equal settings are recorded once: nothing changes a recording. */
const recordings = new Map<string, Promise<readonly Registration[]>>();

function registrationsOf(
  settings: NetworkArgs["network"],
  protect: boolean,
): Promise<readonly Registration[]> {
  const key = JSON.stringify([settings, protect]);
  const recording =
    recordings.get(key) ??
    record(() => {
      new Network("network", {
        ...PLACE,
        availabilityZones: ["eu-central-1a", "eu-central-1b"],
        network: settings,
        logsKeyArn: "logs-key-arn",
        protect,
      });
    }).then(({ registrations }) => registrations);
  recordings.set(key, recording);
  return recording;
}
