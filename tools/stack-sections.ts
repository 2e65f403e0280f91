import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse as parseYaml } from "yaml";
import { z } from "zod";

import { platformSchema } from "../config";
import { repositoryRoot } from "../local/paths";
import { Problem } from "../local/problem";

/** A stack file that is not there or can't be used; the message says which, and what to do. */
export class UnusableStack extends Problem {}

/** What a stack file of this checkout says, as it is written: keys with their namespace. */
export function stackConfig(file: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(join(repositoryRoot, file), "utf8");
  } catch {
    throw new UnusableStack(`there is no ${file}`);
  }
  return (parseYaml(text) as { config?: Record<string, unknown> } | null)?.config ?? {};
}

const { shape } = platformSchema.unwrap();

/** Sections that stand in a stack file as they are; contacts are encrypted there. */
type Name = Exclude<keyof typeof shape, "contacts">;
type Sections = z.output<ReturnType<typeof platformSchema.unwrap>>;

/**
 * Sections of `Pulumi.<stack>.yaml`, checked each for itself.
 *
 * @throws UnusableStack when there is no such stack, or one of the sections is not valid
 */
export function stackSections<Wanted extends Name>(
  stack: string,
  names: readonly Wanted[],
): Pick<Sections, Wanted> {
  const file = `Pulumi.${stack}.yaml`;
  const config = stackConfig(file);
  const schema = z.object(Object.fromEntries(names.map((name) => [name, shape[name]])));
  const parsed = schema.safeParse(
    Object.fromEntries(
      names
        .map((name) => [name, config[`streamflix:${name}`]] as const)
        // A section that is left out is absent, not undefined.
        .filter(([, section]) => section !== undefined),
    ),
  );
  if (!parsed.success)
    throw new UnusableStack(`${file} is not valid: npm run local -- preview --stack ${stack} says where`);
  return parsed.data as Record<string, unknown> as Pick<Sections, Wanted>;
}
