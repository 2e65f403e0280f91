import { ECSClient } from "@aws-sdk/client-ecs";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Accounts, Props, StoredObject } from "../../../local/account/store";
import { local } from "../../remediation/support/world";
import { AwsError } from "../../rotation/support/secrets-manager/errors";
import { JsonServer } from "../../rotation/support/secrets-manager/server";

const SERVICE = "aws:ecs/service:Service";
const PARAMETER = "aws:ssm/parameter:Parameter";

/** The calls that the function of remediation makes about capacity, on what a stack has deployed into an account. */
export class AccountServices {
  readonly #accounts: Accounts;
  readonly #place: { readonly account: string; readonly region: string };
  readonly #ecs = new JsonServer(
    (operation, input) => Promise.resolve(this.#ecsCall(operation, input)),
    "AmazonEC2ContainerServiceV20141113",
  );
  readonly #ssm = new JsonServer(
    (operation, input) => Promise.resolve(this.#ssmCall(operation, input)),
    "AmazonSSM",
  );

  constructor(accounts: Accounts, place: { readonly account: string; readonly region: string }) {
    this.#accounts = accounts;
    this.#place = place;
  }

  async start(): Promise<{ readonly ecs: ECSClient; readonly parameters: SSMClient }> {
    await Promise.all([this.#ecs.start(), this.#ssm.start()]);
    return { ecs: new ECSClient(local(this.#ecs.url)), parameters: new SSMClient(local(this.#ssm.url)) };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#ecs.stop(), this.#ssm.stop()]);
  }

  #ecsCall(operation: string, input: Props): object {
    const named = [input["service"], input["services"]].flat() as (string | undefined)[];
    const service = this.#need(SERVICE, named.find((it) => it !== undefined) ?? "");
    if (operation === "DescribeServices") {
      const tags = Object.entries(service.inputs["tags"] as Props);
      return {
        services: [
          {
            status: "ACTIVE",
            capacityProviderStrategy: service.inputs["capacityProviderStrategies"],
            tags: tags.map(([key, value]) => ({ key, value })),
          },
        ],
      };
    }
    if (operation !== "UpdateService") throw new AwsError("UnknownOperationException", operation);
    const { capacityProviderStrategy } = input;
    this.#change(service, { capacityProviderStrategies: capacityProviderStrategy });
    return { service: {} };
  }

  #ssmCall(operation: string, input: Props): object {
    const parameter = this.#need(PARAMETER, String(input["Name"]));
    if (operation === "GetParameter") {
      return { Parameter: { Name: parameter.id, Value: parameter.inputs["insecureValue"] } };
    }
    if (operation !== "PutParameter") throw new AwsError("UnknownOperationException", operation);
    const version = Number(parameter.computed["version"]) + 1;
    this.#change(parameter, { insecureValue: input["Value"] }, { version });
    return { Version: version };
  }

  #need(type: string, id: string): StoredObject {
    const found = this.#accounts.find(this.#place.account, this.#place.region, type, id);
    if (found === undefined) throw new AwsError("ParameterNotFound", `There is no ${id}.`);
    return found;
  }

  #change(object: StoredObject, inputs: Props, computed: Props = {}): void {
    this.#accounts.replace({
      ...object,
      inputs: { ...object.inputs, ...inputs },
      computed: { ...object.computed, ...computed },
    });
  }
}
