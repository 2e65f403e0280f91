import assert from "node:assert/strict";

import { platformTags } from "../../config";
import { CONTEXT, errorOf, parseJson, set, stackFile, validConfig } from "./helpers";

describe("configuration report", () => {
  it("lists problems of the schema, of rules and of keys together", () => {
    const config = validConfig();
    set(config, "streamflix:aws.accountId", 111122223333);
    set(config, "streamflix:network.subnets.public[1]", "10.99.1.0/24");
    set(config, "streamflix:network.endpoints[1]", "ecr.apis");
    config["streamflix:alert"] = {};
    assert.equal(
      errorOf(() => parseJson(config)).message,
      `The configuration of stack dev has 4 problems:

1. streamflix:alert
   given:   an unknown key
   allowed: streamflix:environment, streamflix:aws, streamflix:keys, streamflix:retention, streamflix:recovery, streamflix:standby, streamflix:network, streamflix:database, streamflix:rotation, streamflix:dataRetention, streamflix:cache, streamflix:files, streamflix:backup, streamflix:streaming, streamflix:service, streamflix:api, streamflix:monitoring, streamflix:audit, streamflix:remediation, streamflix:gameDays, streamflix:alerts, streamflix:contacts
   why:     an unknown key sets nothing, so what it was meant to set would stay unset
   hint:    did you mean streamflix:alerts?

2. streamflix:aws.accountId
   given:   111122223333
   allowed: 12 digits in quotes
   why:     a bare number loses its leading zeros, and it is never converted silently
   hint:    put it in quotes; on the command line add --type string

3. streamflix:network.endpoints[1]
   given:   "ecr.apis"
   allowed: secretsmanager, logs, ecr.api, ecr.dkr, kms, sts, ssm, ssmmessages, kinesis-streams, kinesis-firehose, monitoring, xray, events, sns, sqs, elasticfilesystem, rds, lambda, states, guardduty-data
   why:     an unknown service name would fail in the middle of a deployment
   hint:    did you mean ecr.api?

4. streamflix:network.subnets.public[1]
   given:   "10.99.1.0/24"
   allowed: a network inside streamflix:network.cidr, 10.20.0.0/16
   why:     AWS refuses other subnets in the middle of a deployment`,
    );
  });

  it("names every required section of an empty configuration", () => {
    const paths = errorOf(() => parseJson({})).problems.map(({ path }) => path);
    assert.deepEqual(
      paths,
      ["environment", "aws", "keys", "retention", "network"].map((section) => `streamflix:${section}`),
    );
  });

  it("says what to do about a part of a section set without --path", () => {
    const error = errorOf(() =>
      parseJson({ ...validConfig(), "streamflix:contacts.onCall.email": "a@example.org" }),
    );
    assert.deepEqual(
      error.problems.map(({ path, hint }) => [path, hint]),
      [["streamflix:contacts.onCall.email", "set a part of streamflix:contacts with --path"]],
    );
  });

  it("refuses contacts in clear text", () => {
    const error = errorOf(() => parseJson(validConfig(), { ...CONTEXT, secretKeys: [] }));
    assert.deepEqual(
      error.problems.map(({ path, given }) => [path, given]),
      [["streamflix:contacts", "[secret], in clear text"]],
    );
  });

  it("hides the value of every encrypted section", () => {
    const config = validConfig();
    set(config, "streamflix:environment.owner", "top;secret");
    const error = errorOf(() =>
      parseJson(config, { ...CONTEXT, secretKeys: ["streamflix:environment", "streamflix:contacts"] }),
    );
    assert.deepEqual(
      error.problems.map(({ given }) => given),
      ["[secret]"],
    );
  });
});

describe("personal data", () => {
  const ADDRESS = "jane.doe@example.org";
  const NUMBER = "4915112345678";
  // Wherever somebody could put an address or a number by mistake.
  const places: Readonly<Record<string, unknown>> = {
    "streamflix:contacts": ADDRESS,
    "streamflix:contacts.onCall": ADDRESS,
    "streamflix:contacts.onCall.email": `${ADDRESS} ${ADDRESS}`,
    "streamflix:contacts.onCall.phone": NUMBER,
    "streamflix:contacts.onCall.mobile": NUMBER,
    "streamflix:contact": { onCall: { email: ADDRESS, phone: NUMBER } },
    "streamflix:alerts": { email: [ADDRESS], sms: [`+${NUMBER}`] },
    "streamflix:alerts.email": { [ADDRESS]: NUMBER },
    "streamflix:alerts.sms": Number(NUMBER),
    "streamflix:alerts.sms[0]": NUMBER,
    "streamflix:environment.owner": `<${ADDRESS}> +${NUMBER};`,
    "streamflix:network.nat": `+${NUMBER}`,
    [`streamflix:${ADDRESS.replaceAll(".", "-")}`]: 1,
  };
  for (const [path, value] of Object.entries(places)) {
    it(`does not show in an error at ${path.split("@")[0] ?? ""}`, () => {
      const config = validConfig();
      set(config, path, value);
      const { message } = errorOf(() => parseJson(config));
      assert.doesNotMatch(message, /jane|example|4915112/i);
    });
  }
});

describe("shipped stack files", () => {
  const commands = {
    dev: ["operations.email"],
    prod: ["operations.email", "onCall.email", "onCall.phone"],
    "prod-dr": ["operations.email", "onCall.email", "onCall.phone"],
  };
  /** What a standby has nothing of; docs/standby.md says why. */
  const AT_HOME = [
    "rotation",
    "dataRetention",
    "cache",
    "files",
    "recovery",
    "streaming",
    "remediation",
    "gameDays",
  ];
  for (const stack of ["dev", "prod", "prod-dr"] as const) {
    it(`${stack} is valid and warns of the contacts only`, () => {
      const { warnings } = parseJson(stackFile(stack), { ...CONTEXT, stack });
      const lines = commands[stack].map(
        (path) => `  pulumi config set --stack ${stack} --secret --path 'streamflix:contacts.${path}'`,
      );
      assert.deepEqual(warnings, [
        [
          "streamflix:alerts names contacts, but streamflix:contacts is not set: nobody is notified of an alarm. " +
            "Set them (each command asks for the value, so that it stays out of the shell's history):",
          ...lines,
        ].join("\n"),
      ]);
    });

    it(`${stack} turns default AWS providers off and sets every section in the schema's order`, () => {
      const keys = [
        "environment",
        "aws",
        "keys",
        "retention",
        "recovery",
        "standby",
        "network",
        "database",
        "rotation",
        "dataRetention",
        "cache",
        "files",
        "backup",
        "streaming",
        "service",
        "api",
        "monitoring",
        "audit",
        "remediation",
        "gameDays",
        "alerts",
      ]
        .filter((section) => stack !== "prod-dr" || !AT_HOME.includes(section))
        // Experiments on viewers have to be wanted.
        .filter((section) => stack !== "prod" || section !== "gameDays")
        // Only prod has a stack that stands by for it.
        .filter((section) => stack === "prod" || section !== "recovery")
        .filter((section) => stack === "prod-dr" || section !== "standby")
        .map((section) => `streamflix:${section}`);
      const file = stackFile(stack);
      assert.deepEqual(Object.keys(file), ["pulumi:disable-default-providers", ...keys]);
      assert.deepEqual(file["pulumi:disable-default-providers"], ["aws"]);
    });
  }

  it("warns of a private subnet with little room", () => {
    const config = validConfig();
    set(config, "streamflix:network.subnets.private[1]", "10.20.32.0/25");
    assert.deepEqual(parseJson(config).warnings, [
      "streamflix:network.subnets.private[1] is 10.20.32.0/25: smaller than /24, " +
        "and every task and function takes an address of it. A change later replaces the subnet.",
    ]);
  });

  it("give the defaults that the reference states", () => {
    const config = validConfig();
    set(config, "streamflix:network.endpoints", undefined);
    set(config, "streamflix:alerts.sms", undefined);
    const parsed = parseJson(config).config;
    assert.deepEqual(parsed.network.endpoints, ["secretsmanager", "logs", "ecr.api", "ecr.dkr"]);
    assert.deepEqual(parsed.alerts?.sms, []);
  });

  it("give the tags of every resource", () => {
    assert.deepEqual(platformTags(parseJson(validConfig("prod")).config), {
      project: "streamflix",
      environment: "prod",
      owner: "platform-team",
      "cost-center": "platform-prod",
      "data-classification": "internal",
      "retention-class": "operational",
      "managed-by": "pulumi",
    });
  });
});
