/**
 * Writes docs/config.md and docs/bootstrap-config.md from the schemas' field notes; with `--check` it only says whether
 * the files are up to date.
 *
 *     npm run config-reference [-- --check]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { bootstrapSchema } from "../bootstrap/config";
import { organizationSchema } from "../organization/config";
import { fieldNotes, platformSchema } from "../config";
import { unwrapped } from "../config/issues";

/** The reference of one program's configuration. */
export interface Reference {
  /** Where it is kept. */
  readonly file: string;
  readonly introduction: string;
  readonly schema: z.ZodReadonly<z.ZodObject>;
}

const COMMON = `under the namespace \`streamflix\`, one key per section. A section that is
present is built, an optional one that is absent is not. Unknown keys are errors, and every problem is reported at once.
`;

/** Every program's reference. */
export const REFERENCES: readonly Reference[] = [
  {
    file: join(__dirname, "../docs/config.md"),
    introduction: `# Configuration reference

Generated from \`config/schema.ts\` by \`npm run config-reference\`; a test fails when it is out of date.

A stack is configured in \`Pulumi.<stack>.yaml\` ${COMMON}What is under \`streamflix:contacts\` is personal data: \`pulumi config set --secret --path '<path>'\`, never in clear.
`,
    schema: platformSchema,
  },
  {
    file: join(__dirname, "../docs/bootstrap-config.md"),
    introduction: `# Configuration reference of an account's bootstrap

Generated from \`bootstrap/config.ts\` by \`npm run config-reference\`; a test fails when it is out of date.

An account is configured in \`bootstrap/Pulumi.<stack>.yaml\` ${COMMON}`,
    schema: bootstrapSchema,
  },
  {
    file: join(__dirname, "../docs/organization-config.md"),
    introduction: `# Configuration reference of the organization

Generated from \`organization/config.ts\` by \`npm run config-reference\`; a test fails when it is out of date.

The organization is configured in \`organization/Pulumi.main.yaml\` ${COMMON}`,
    schema: organizationSchema,
  },
];

/** The whole text of a reference, laid out as the formatter would. */
export function renderReference({ introduction, schema }: Reference): string {
  const sections = Object.entries<z.core.$ZodType>(schema.unwrap().shape);
  const entries = sections.flatMap(([name, field]) => renderField(`streamflix:${name}`, field, 2));
  return [introduction, ...entries].join("\n");
}

function renderField(path: string, schema: z.core.$ZodType, level: number): string[] {
  const note = fieldNotes.get(schema);
  if (note === undefined) throw new Error(`${path} has no note: wrap its schema in noted().`);
  const lines = [
    `${"#".repeat(level)} \`${path}\``,
    "",
    // Outside code, Markdown would take a placeholder for a tag.
    note.means.replaceAll("<", "\\<"),
    "",
    `- type: ${typeOf(schema)}${note.hidden === true ? ", never shown" : ""}`,
    `- when absent: ${whenAbsent(schema, note.absent)}`,
    `- allowed: ${note.allowed}`,
    `- why: ${note.why}`,
    "",
  ];
  return [
    lines.join("\n"),
    ...childrenOf(path, unwrapped(schema)).flatMap((child) => renderField(...child, 3)),
  ];
}

function childrenOf(path: string, schema: z.core.$ZodType): [string, z.core.$ZodType][] {
  if (schema instanceof z.ZodObject) {
    return Object.entries<z.core.$ZodType>(schema.shape).map(([key, child]) => [`${path}.${key}`, child]);
  }
  if (schema instanceof z.ZodRecord) return [[`${path}.<name>`, schema.valueType]];
  if (schema instanceof z.ZodArray && isObject(schema.element)) {
    return childrenOf(`${path}[]`, unwrapped(schema.element));
  }
  return [];
}

function typeOf(schema: z.core.$ZodType): string {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return "object";
  if (inner instanceof z.ZodArray) return `list of ${isObject(inner.element) ? "objects" : "strings"}`;
  if (inner instanceof z.ZodBoolean) return "boolean";
  if (inner instanceof z.ZodNumber) return inner.format === null ? "number" : "whole number";
  if (inner instanceof z.ZodLiteral) return "whole number";
  return "string";
}

function isObject(schema: z.core.$ZodType): boolean {
  return unwrapped(schema) instanceof z.ZodObject;
}

function whenAbsent(schema: z.core.$ZodType, absent: string | undefined): string {
  if (schema instanceof z.ZodDefault) return `\`${JSON.stringify(schema.def.defaultValue)}\``;
  if (schema instanceof z.ZodExactOptional) return absent ?? "not built";
  return "error, the field is required";
}

function main(): void {
  for (const reference of REFERENCES) {
    const text = renderReference(reference);
    const { file } = reference;
    if (!process.argv.includes("--check")) {
      writeFileSync(file, text);
    } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
      console.error(`${file} is out of date: run npm run config-reference`);
      process.exitCode = 1;
    }
  }
}

if (require.main === module) main();
