import { RDSClient } from "@aws-sdk/client-rds";
import { SNSClient, CreateTopicCommand } from "@aws-sdk/client-sns";
import { PutParameterCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { KMSClient } from "@aws-sdk/client-kms";
import { ECSClient } from "@aws-sdk/client-ecs";

import { casesOf, type Clients } from "../../../functions/remediation/cases";
import type { AuditRecord } from "../../../functions/remediation/record";
import { run } from "../../../functions/remediation/run";
import type { Settings } from "../../../functions/remediation/settings";

/** Tags of the stack. */
export const TAGS = { project: "streamflix", environment: "dev" } as const;
export const PLACE = { accountId: "111122223333", region: "eu-central-1", tags: TAGS } as const;

/** A call of the function that reached AWS, each attempt for itself. */
export interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A fault to come: the error's name, and how many attempts it strikes. */
interface Fault {
  readonly name: string;
  readonly error: string;
  left: number;
}

/** What clients are made with, for a server on this machine. */
export const local = (endpoint: string) => ({
  endpoint,
  region: PLACE.region,
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});

/** Commands that only look. */
const LOOKS = /^(Describe|Get|List)/;

type AnyClient = KMSClient | SecretsManagerClient | SSMClient | ECSClient | RDSClient | SNSClient;

/** The function with real clients, on servers of this machine; every call is seen, and can be made to fail. */
export class World {
  readonly calls: Call[] = [];
  readonly records: AuditRecord[] = [];
  /** Milliseconds since 1970; tests move it. */
  now = Date.parse("2026-11-25T12:00:30Z");
  readonly topics: SNSClient;
  readonly #clients: Clients;
  readonly #faults: Fault[] = [];
  readonly #settings: Settings["cases"];
  readonly #place: Omit<Settings, "cases" | "topicArns">;
  #topicArns: Settings["topicArns"];

  /** @param moto address of moto; clients given apart go elsewhere */
  constructor(
    moto: string,
    settings: Settings["cases"],
    elsewhere: Partial<Clients> = {},
    accountId: string = PLACE.accountId,
  ) {
    this.#clients = {
      kms: new KMSClient(local(moto)),
      parameters: new SSMClient(local(moto)),
      secrets: new SecretsManagerClient(local(moto)),
      ecs: new ECSClient(local(moto)),
      rds: new RDSClient(local(moto)),
      ...elsewhere,
    };
    this.topics = new SNSClient(local(moto));
    this.#settings = settings;
    this.#place = { ...PLACE, accountId };
    const { kms, parameters, secrets, ecs, rds } = this.#clients;
    for (const client of [kms, parameters, secrets, ecs, rds, this.topics]) this.#watch(client);
  }

  get kms(): KMSClient {
    return this.#clients.kms;
  }

  /** Makes the topics that people are told by. */
  async makeTopic(): Promise<void> {
    const make = async (Name: string) =>
      (await this.topics.send(new CreateTopicCommand({ Name }))).TopicArn ?? "";
    this.#topicArns = { critical: await make("alerts"), warning: await make("warnings") };
  }

  async flag(name: string, value?: string): Promise<string | undefined> {
    if (value !== undefined) {
      await this.#clients.parameters.send(
        new PutParameterCommand({ Name: name, Value: value, Type: "String", Overwrite: true }),
      );
    }
    return (await this.#clients.parameters.send(new GetParameterCommand({ Name: name }))).Parameter?.Value;
  }

  /** The next attempts of a call fail. */
  fail(name: string, error: string, times = 1): void {
    this.#faults.push({ name, error, left: times });
  }

  /** Forgets what was called and recorded. */
  forget(): void {
    this.calls.length = 0;
    this.records.length = 0;
    this.#faults.length = 0;
  }

  /** Sends an event; its record, or the name of the error. */
  async send(event: unknown): Promise<AuditRecord | string> {
    try {
      return await run(event, {
        ...this.#place,
        cases: casesOf({ ...this.#place, cases: this.#settings }, this.#clients, () => this.now),
        topics: this.topics,
        topicArns: this.#topicArns,
        record: (record) => this.records.push(record),
      });
    } catch (error) {
      return error instanceof Error ? error.name : "no error";
    }
  }

  /** Names of the calls that change something, in their order, each attempt for itself. */
  get changes(): string[] {
    return this.calls.map(({ name }) => name).filter((name) => !LOOKS.test(name) && name !== "Publish");
  }

  /** What people were told. */
  get told(): string[] {
    return this.calls
      .filter(({ name }) => name === "Publish")
      .map(
        ({ input }) => `${String(input["TopicArn"]).split(":").at(-1) ?? ""}: ${String(input["Subject"])}`,
      );
  }

  #watch(client: AnyClient): void {
    const stack = client.middlewareStack as unknown as {
      add: (
        middleware: (
          next: (args: { input: unknown }) => Promise<unknown>,
          context: { commandName?: string },
        ) => (args: { input: unknown }) => Promise<unknown>,
        options: { step: "deserialize"; name: string; override: true },
      ) => void;
    };
    stack.add(
      (next, context) => async (args) => {
        const name = (context.commandName ?? "").replace(/Command$/, "");
        this.calls.push({ name, input: args.input as Call["input"] });
        const fault = this.#faults.find((it) => it.name === name && it.left > 0);
        if (fault !== undefined) {
          fault.left--;
          throw Object.assign(new Error("as the test wants it"), { name: fault.error });
        }
        return next(args);
      },
      // Within the client's retries; a later world takes over the clients that it is given.
      { step: "deserialize", name: "watch", override: true },
    );
  }
}
