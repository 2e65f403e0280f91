import { GetParameterCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import type { z } from "zod";

import { OperatorError } from "../shared/errors";
import { NO_FLAG } from "./settings";

/**
 * What a remedy remembers between events, in a parameter that the deployment makes and never writes again. Everybody can
 * read there what is going on.
 */
export class Flag<Schema extends z.ZodType> {
  readonly #client: SSMClient;
  readonly #parameter: string;
  readonly #schema: Schema;

  constructor(client: SSMClient, parameter: string, schema: Schema) {
    this.#client = client;
    this.#parameter = parameter;
    this.#schema = schema;
  }

  /** @throws OperatorError when the parameter holds something else: what a remedy has done must not be guessed */
  async read(): Promise<z.output<Schema> | undefined> {
    const { Parameter: found } = await this.#client.send(new GetParameterCommand({ Name: this.#parameter }));
    const text = found?.Value;
    if (text === NO_FLAG) return undefined;
    try {
      return this.#schema.parse(JSON.parse(text ?? ""));
    } catch {
      throw new OperatorError(
        "FlagUnusable",
        `Parameter ${this.#parameter} holds no flag of this function.`,
        `see in its history who wrote it, and write ${NO_FLAG}; nothing was changed.`,
      );
    }
  }

  async write(flag: z.output<Schema> | undefined): Promise<void> {
    const value = flag === undefined ? NO_FLAG : JSON.stringify(flag);
    await this.#client.send(
      new PutParameterCommand({ Name: this.#parameter, Value: value, Type: "String", Overwrite: true }),
    );
  }
}
