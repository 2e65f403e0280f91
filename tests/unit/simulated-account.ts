import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { GUARDED_PATH } from "../../config";
import { type Accounts, openAccounts, type Props } from "../../local/account/store";
import { modelOf } from "../../local/providers/aws/catalog";
import { SimulatedAws } from "../../local/providers/aws/provider";
import type { Subject } from "../../local/providers/frame";
import type { RunSettings } from "../../local/providers/run";

export const ACCOUNT = "111122223333";
export const REGION = "eu-central-1";
export const NOTHING = "nothing was refused";

/** A resource as the engine keeps it after a create. */
export interface Made {
  readonly type: string;
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

/** A simulated provider over accounts of its own, in a temporary folder, called as the engine calls it. */
export class SimulatedAccount {
  readonly run: RunSettings;
  readonly aws: SimulatedAws;
  readonly accounts: Accounts;

  constructor(settings: Partial<RunSettings> = {}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-unit-"));
    folders.push(folder);
    this.run = {
      accounts: path.join(folder, "accounts"),
      folder: path.join(folder, "run"),
      stack: "unit",
      signedInAccount: undefined,
      latency: 0,
      fault: undefined,
      ...settings,
    };
    this.accounts = openAccounts(this.run.accounts);
    this.aws = this.provider();
  }

  /** Another provider process of the same run. */
  provider(args: Props = {}): SimulatedAws {
    const provider = new SimulatedAws(this.run);
    provider.configure({ region: REGION, allowedAccountIds: JSON.stringify([ACCOUNT]), ...args });
    return provider;
  }

  /** Checks and creates, as the engine does for a new resource. */
  async make(type: string, inputs: Props = {}, name = "it"): Promise<Made> {
    const checked = this.#check(type, {}, inputs, name);
    const { id, outputs } = await this.aws.create(subjectOf(type, name), checked);
    return { type, id, inputs: checked, outputs };
  }

  /** Changes some inputs, as the engine does after a diff without replacement; some may be left to others. */
  async change(made: Made, changes: Props, ignored: readonly string[] = []): Promise<Made> {
    const inputs = this.#check(made.type, made.inputs, { ...made.inputs, ...changes });
    const outputs = await this.aws.update(subjectOf(made.type), made.id, made.outputs, inputs, ignored);
    return { ...made, inputs, outputs };
  }

  delete(made: Made): Promise<void> {
    return this.aws.delete(subjectOf(made.type), made.id, made.outputs);
  }

  read({ type, id, inputs, outputs }: Made) {
    return this.aws.read(subjectOf(type), id, { inputs, outputs });
  }

  /** Properties that a change of some inputs would replace the object for. */
  replaces(type: string, from: Props, to: Props): readonly string[] {
    return this.aws.diff(subjectOf(type), from, to).replaces;
  }

  /** The object as the account has it. */
  stored({ type, id }: Pick<Made, "type" | "id">) {
    const region = modelOf(type).scope === "global" ? "global" : REGION;
    return this.accounts.find(ACCOUNT, region, type, id);
  }

  /** What the account's bootstrap leaves behind, so that the account counts as prepared: a boundary, and its ARN. */
  async prepare(): Promise<string> {
    const boundary = { name: "streamflix-workload-eu-central-1", path: GUARDED_PATH };
    const policy = document({ Action: "*", Resource: "*" });
    return (await this.make("aws:iam/policy:Policy", { ...boundary, policy }, "boundary")).id;
  }

  /** Grants quotas, as a Service Quotas request would. */
  grant(quotas: Readonly<Record<string, number>>): void {
    const folder = path.join(this.run.accounts, ACCOUNT);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "quotas.json"), JSON.stringify(quotas));
  }

  #check(type: string, olds: Props, news: Props, name = "it"): Props {
    const { inputs, failures } = this.aws.check(subjectOf(type, name), olds, news);
    if (failures.length > 0) {
      throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    }
    return inputs;
  }
}

/** A policy document of Allow statements. */
export function document(...statements: readonly Props[]): Props {
  return { Version: "2012-10-17", Statement: statements.map((it) => ({ Effect: "Allow", ...it })) };
}

export function subjectOf(type: string, name = "it"): Subject {
  return { urn: `urn:pulumi:unit::streamflix::${type}::${name}`, type, name };
}

/** Text of the error that a call ends with, generated ids as `#`. */
export async function refusal(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text
      .replaceAll(/(?<=[a-z]-)0[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "#")
      .replaceAll(/(?<=:secret:[\w/]+-)[A-Za-z0-9]{6}/g, "#");
  }
  return NOTHING;
}

const folders: string[] = [];

after(function () {
  // Thousands of small files, on a disk that others use, too.
  this.timeout(120_000);
  for (const folder of folders) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
