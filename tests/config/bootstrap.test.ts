import assert from "node:assert/strict";

import { bootstrapModel, bootstrapSchema } from "../../bootstrap/config";
import { parse } from "../../config/parse";
import { asEngineGives, errorOf, set, stackFile } from "./helpers";

const CONTEXT = { stack: "dev", project: "streamflix-bootstrap", secretKeys: [] };
const SECTIONS = Object.keys(bootstrapSchema.unwrap().shape).map((name) => `streamflix:${name}`);

function check(config: Readonly<Record<string, unknown>>) {
  return parse(bootstrapModel, asEngineGives(config), CONTEXT);
}

/** A change of a shipped account, and what is said about it: path, given, and hint or what is allowed. */
type Case = readonly [title: string, stack: "dev" | "prod", path: string, value: unknown, answer?: string];

const CASES: readonly Case[] = [
  [
    "a standby stack without a standby region",
    "prod",
    "streamflix:standby",
    undefined,
    'streamflix:ci.stacks.prod-dr | {"deploy":"prod-dr","preview":"preview-prod-dr","drift":"drift-prod-dr"} | ' +
      "prod, and prod-dr where streamflix:standby.region is eu-west-1",
  ],
  ["an account whose standby is deployed by nobody", "prod", "streamflix:ci.stacks.prod-dr", undefined],
  [
    "an account number without quotes",
    "dev",
    "streamflix:aws.accountId",
    111122223333,
    "streamflix:aws.accountId | 111122223333 | put it in quotes; on the command line add --type string",
  ],
  [
    "a home outside the EU",
    "dev",
    "streamflix:aws.region",
    "us-east-1",
    'streamflix:aws.region | "us-east-1" | eu-central-1',
  ],
  [
    "a home where no platform is",
    "dev",
    "streamflix:aws.region",
    "eu-west-1",
    'streamflix:aws.region | "eu-west-1" | eu-central-1 for dev',
  ],
  [
    "zones, which are the platform's affair",
    "dev",
    "streamflix:aws.availabilityZones",
    ["eu-central-1a"],
    "streamflix:aws.availabilityZones | an unknown key | remove it",
  ],
  [
    "a standby at home",
    "prod",
    "streamflix:standby.region",
    "eu-central-1",
    'streamflix:standby.region | "eu-central-1" | eu-west-1, eu-west-3, eu-north-1, eu-south-1, eu-south-2',
  ],
  [
    "a standby in London",
    "prod",
    "streamflix:standby.region",
    "eu-west-2",
    'streamflix:standby.region | "eu-west-2" | did you mean eu-west-1?',
  ],
  [
    "a prod that can be taken down",
    "prod",
    "streamflix:environment.protection",
    false,
    "streamflix:environment.protection | false | true in prod",
  ],
  [
    "an account of the standby's own",
    "prod",
    "streamflix:environment.name",
    "prod-dr",
    'streamflix:environment.name | "prod-dr" | dev, staging or prod',
  ],
  [
    "a service-linked role that nobody makes",
    "dev",
    "streamflix:serviceLinkedRoles.ecs",
    "off",
    'streamflix:serviceLinkedRoles.ecs | "off" | create, or adopt where the account has it already',
  ],
  [
    "a service-linked role left out",
    "dev",
    "streamflix:serviceLinkedRoles.rds",
    undefined,
    "streamflix:serviceLinkedRoles.rds | nothing | create, or adopt where the account has it already",
  ],
  [
    "a service-linked role that is asked for and not made",
    "dev",
    "streamflix:serviceLinkedRoles.faultInjection",
    false,
    "streamflix:serviceLinkedRoles.faultInjection | false | create, or adopt where the account has it already",
  ],
  [
    "a misspelt service",
    "dev",
    "streamflix:serviceLinkedRoles.elasticcache",
    "create",
    "streamflix:serviceLinkedRoles.elasticcache | an unknown key | did you mean elasticache?",
  ],
  [
    "a role for logs that nobody makes",
    "dev",
    "streamflix:settings.apiLogs",
    false,
    "streamflix:settings.apiLogs | false | create, or adopt where the account has it already",
  ],
  [
    "so few images that no deployment can be taken back",
    "dev",
    "streamflix:registry.keptImages",
    3,
    "streamflix:registry.keptImages | 3 | a whole number from 10 to 1000",
  ],
  [
    "copies for a day",
    "dev",
    "streamflix:registry.copyDays",
    1,
    "streamflix:registry.copyDays | 1 | a whole number from 30 to 365",
  ],
  [
    "states that are forgotten in a week",
    "dev",
    "streamflix:state.earlierStatesDays",
    7,
    "streamflix:state.earlierStatesDays | 7 | a whole number from 30 to 2555",
  ],
  [
    "access logs for ever",
    "dev",
    "streamflix:state.accessLogDays",
    3653,
    "streamflix:state.accessLogDays | 3653 | a whole number from 30 to 731",
  ],
  [
    "every repository of an owner",
    "dev",
    "streamflix:ci.repository",
    "streamflix/*",
    'streamflix:ci.repository | "streamflix/*" | <owner>/<name>',
  ],
  [
    "trust in nobody's tokens",
    "dev",
    "streamflix:ci.identityProvider",
    "off",
    'streamflix:ci.identityProvider | "off" | create, or adopt where the account has it already',
  ],
  [
    "any environment",
    "dev",
    "streamflix:ci.stacks.dev.deploy",
    "*",
    'streamflix:ci.stacks.dev.deploy | "*" | name of a GitHub environment: 1 to 63 lower-case letters, digits and hyphens',
  ],
  [
    "previews that could deploy",
    "dev",
    "streamflix:ci.stacks.dev.preview",
    "dev",
    'streamflix:ci.stacks.dev.preview | "dev" | an environment that nothing else under streamflix:ci names',
  ],
  [
    "images by who may deploy",
    "dev",
    "streamflix:ci.imageEnvironment",
    "dev",
    'streamflix:ci.imageEnvironment | "dev" | an environment that nothing else under streamflix:ci names',
  ],
  [
    "another account's stack",
    "dev",
    "streamflix:ci.stacks.prod",
    { deploy: "prod", preview: "preview-prod", drift: "drift-prod" },
    'streamflix:ci.stacks.prod | {"deploy":"prod","preview":"preview-prod","drift":"drift-prod"} | dev',
  ],
  [
    "an account whose own stack nobody deploys",
    "dev",
    "streamflix:ci.stacks.dev",
    undefined,
    "streamflix:ci.stacks | {} | an object with dev",
  ],
  ["a stack that nobody checks", "dev", "streamflix:ci.stacks.dev.integration", undefined],
  ["images that no workflow pushes", "dev", "streamflix:ci.imageEnvironment", undefined],
  [
    "a section of the platform's",
    "dev",
    "streamflix:network",
    {},
    `streamflix:network | an unknown key | remove it`,
  ],
];

describe("configuration of an account", () => {
  for (const stack of ["dev", "prod"] as const) {
    it(`${stack}: the shipped file is valid, and spells out every section in the schema's order`, () => {
      const file = stackFile(stack, "bootstrap");
      assert.deepEqual(check(file).warnings, []);
      const given = Object.keys(file).filter((key) => key.startsWith("streamflix:"));
      const expected = SECTIONS.filter((key) => stack === "prod" || key !== "streamflix:standby");
      assert.deepEqual(given, expected);
    });
  }

  for (const [title, stack, path, value, answer] of CASES) {
    it(`${answer === undefined ? "takes" : "refuses"} ${title}`, () => {
      const config = stackFile(stack, "bootstrap");
      set(config, path, value);
      if (answer === undefined) {
        assert.deepEqual(check(config).warnings, []);
        return;
      }
      const { problems } = errorOf(() => check(config));
      assert.deepEqual(
        problems.map((it) => `${it.path} | ${it.given} | ${it.hint ?? it.allowed}`),
        [answer],
      );
    });
  }

  it("names every required section of an empty file", () => {
    const { problems } = errorOf(() => check({}));
    assert.deepEqual(
      problems.map(({ path }) => path),
      SECTIONS.filter((key) => key !== "streamflix:standby"),
    );
  });
});
