import assert from "node:assert/strict";

import { type ExampleResource, UNKNOWN } from "../../policy-pack/src/engine/example";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import type { Rule } from "../../policy-pack/src/engine/rule";
import { RuleError } from "../../policy-pack/src/engine/tri";
import { UnknownValueError } from "../../policy-pack/src/engine/sdk";
import { suppressionHygiene } from "../../policy-pack/src/rules/governance-stack";
import { kmsRotation } from "../../policy-pack/src/rules/kms-rotation";
import { logGroupProtected } from "../../policy-pack/src/rules/logs";
import { allowedRegion, allowedRegionRead } from "../../policy-pack/src/rules/region";
import { vpcFlowLogs } from "../../policy-pack/src/rules/vpc";
import { analyzeEach, analyzeStack, type Diagnostic, urnOf } from "./harness";

const SECRET = "hunter2-do-not-print";
const VPC = "aws:ec2/vpc:Vpc";

const crashing = (id: string, fault: () => never): Rule => ({ ...kmsRotation, id, run: fault });
const short = ({ policy, finding, level }: Diagnostic) => `${policy}/${finding} ${level}`;
const key = (props: ExampleResource["props"] = {}): ExampleResource => ({ type: "aws:kms/key:Key", props });

describe("a rule that throws", () => {
  it("is reported as mandatory and hides no other rule's findings", async () => {
    const policies = toPolicies([
      crashing("first", () => {
        throw new Error(SECRET);
      }),
      kmsRotation,
      crashing("last", () => {
        throw new RuleError("x should be a list");
      }),
    ]);
    const { diagnostics } = await analyzeEach(policies, [key()]);
    assert.deepEqual(diagnostics.map(short), [
      "first/rule-error mandatory",
      "kms-rotation/off mandatory",
      "last/rule-error mandatory",
    ]);
  });

  it("stays mandatory when a configuration file lowers the rule's own level", async () => {
    const policies = toPolicies([
      crashing("lowered", () => {
        throw new RuleError("x should be a list");
      }),
    ]).map((policy) => ({ ...policy, enforcementLevel: "advisory" as const }));
    const { diagnostics } = await analyzeEach(policies, [key()]);
    assert.deepEqual(diagnostics.map(short), ["lowered/rule-error mandatory"]);
  });

  it("prints its own words but never a foreign message, which may quote a value", async () => {
    const policies = toPolicies([
      crashing("own", () => {
        throw new RuleError("x should be a list");
      }),
      crashing("foreign", () => {
        throw new SyntaxError(SECRET);
      }),
    ]);
    const { diagnostics } = await analyzeEach(policies, [key()]);
    const [own, foreign] = diagnostics.map(({ message }) => message);
    assert.match(own ?? "", /fails closed: x should be a list\. \[own\/rule-error\]/);
    assert.match(
      foreign ?? "",
      /fails closed: SyntaxError engine\.test\.ts:\d+:\d+\. \[foreign\/rule-error\]/,
    );
    assert.ok(!diagnostics.some(({ message }) => message.includes(SECRET)));
  });

  it("in a stack rule does not hide another stack rule", async () => {
    const broken: Rule = {
      ...vpcFlowLogs,
      id: "broken",
      run: () => {
        throw new TypeError(SECRET);
      },
    };
    const { diagnostics } = await analyzeStack(toPolicies([broken, vpcFlowLogs]), [{ type: VPC, props: {} }]);
    assert.deepEqual(diagnostics.map(short), ["broken/rule-error mandatory", "vpc-flow-logs/none mandatory"]);
  });

  it("leaves the SDK's own unknown-value signal to the SDK", async () => {
    const policies = toPolicies([
      crashing("unknown-read", () => {
        throw new UnknownValueError("04da6b54-80e4-46f7-96ec-b56ff0331ba9", ["policy"]);
      }),
    ]);
    const { diagnostics } = await analyzeEach(policies, [key()]);
    assert.deepEqual(
      diagnostics.map(({ level, message }) => [level, /can't run policy 'unknown-read'/.test(message)]),
      [["advisory", true]],
    );
  });

  it("catches a property of another shape and one that the rule did not declare", async () => {
    const undeclared: Rule = {
      ...kmsRotation,
      id: "undeclared",
      types: { "aws:kms/key:Key": [] },
    };
    const policies = toPolicies([kmsRotation, undeclared]);
    const { diagnostics } = await analyzeEach(policies, [key({ enableKeyRotation: SECRET })]);
    assert.deepEqual(
      diagnostics.map(({ message }) => message.split("\n")[0]),
      [
        "The rule could not judge this and fails closed: enableKeyRotation should be true or false. [kms-rotation/rule-error]",
        "The rule could not judge this and fails closed: the rule reads customerMasterKeySpec without declaring it in its types. [undeclared/rule-error]",
      ],
    );
  });
});

describe("what a rule says", () => {
  it("explains a bad provider once and refuses each of its resources in one line", async () => {
    const region = "us-east-1";
    const tags = { tags: { project: "streamflix" } };
    const resources: ExampleResource[] = [
      { type: "pulumi:providers:aws", name: "main", props: { region } },
      ...["a", "b"].map((name) => ({ type: VPC, name, props: tags, provider: { region } })),
    ];
    const { diagnostics } = await analyzeEach(toPolicies([allowedRegion]), resources);
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      [
        "region of the provider is us-east-1, and every resource made through it would be there (each is refused " +
          "with one line that names this provider). Allowed: eu-central-1. [allowed-region/provider]\n" +
          "Mend: set the region of the `aws` provider in the stack's configuration to an allowed one, and leave " +
          "`region` off the resources.",
        'region us-east-1 comes from the provider "main": mend it there. [allowed-region/by-provider]',
        'region us-east-1 comes from the provider "main": mend it there. [allowed-region/by-provider]',
      ],
    );
    assert.ok(diagnostics.every(({ level }) => level === "mandatory"));
  });

  it("judges in the stack only what no resource rule has seen", async () => {
    const policies = toPolicies([allowedRegion, allowedRegionRead]);
    const made: ExampleResource = { type: VPC, name: "made", props: { region: "us-east-1" } };
    const read: ExampleResource = { type: VPC, name: "read", props: { region: "us-east-1" } };
    const first = await analyzeEach(policies, [made]);
    const second = await analyzeStack(policies, [made, read]);
    assert.deepEqual(first.diagnostics.map(short), ["allowed-region/resource mandatory"]);
    assert.deepEqual(
      second.diagnostics.map(({ finding, urn }) => `${finding} ${urn}`),
      ["resource urn:pulumi:test::streamflix::aws:ec2/vpc:Vpc::read"],
    );
  });

  it("says when an undecided finding is looked at again", async () => {
    const policies = toPolicies([kmsRotation, vpcFlowLogs]);
    const one = await analyzeEach(policies, [key({ enableKeyRotation: UNKNOWN })]);
    assert.deepEqual(
      one.diagnostics.map(({ message, level }) => [level, message]),
      [
        [
          "advisory",
          "enableKeyRotation or the kind of key is not known yet; checked again before the resource is created or changed. [kms-rotation/unknown]",
        ],
      ],
    );
    const log: ExampleResource = {
      type: "aws:ec2/flowLog:FlowLog",
      name: "log",
      props: { vpcId: UNKNOWN, trafficType: "ALL" },
    };
    const all = await analyzeStack(policies, [{ type: VPC, props: {} }, log]);
    assert.deepEqual(
      all.diagnostics.map(({ message, level }) => [level, message]),
      [
        [
          "advisory",
          "the VPC's flow log is not known yet; checked again at the end of the update. [vpc-flow-logs/unknown]",
        ],
      ],
    );
  });
});

describe("suppressions", () => {
  const group = { type: "aws:cloudwatch/logGroup:LogGroup", name: "kept", props: { retentionInDays: 545 } };
  const entry = {
    rule: "log-group-protected",
    finding: "retention",
    urn: urnOf(group),
    reason: "kept until the court case ends",
    owner: "platform-team",
    ticket: "PLAT-123",
    expires: "2026-12-31",
  };
  const run = async (suppressions: readonly (typeof entry)[], today = "2026-11-25") => {
    const policies = toPolicies([logGroupProtected, suppressionHygiene], suppressions, Date.parse(today));
    const alone = await analyzeEach(policies, [group]);
    const together = await analyzeStack(policies, [group]);
    return [...alone.diagnostics, ...together.diagnostics].map(short);
  };
  const [key, retention] = ["no-key", "retention"].map((id) => `log-group-protected/${id} mandatory`);

  it("hide one finding of one resource, and nothing else", async () => {
    assert.deepEqual(await run([]), [key, retention]);
    assert.deepEqual(await run([entry]), [key]);
  });

  it("hide nothing when they are expired, incomplete or of another resource, and are reported", async () => {
    const reported = "suppression-hygiene/suppression mandatory";
    assert.deepEqual(await run([entry], "2027-01-01"), [key, retention, reported]);
    assert.deepEqual(await run([{ ...entry, ticket: "" }]), [key, retention, reported]);
    assert.deepEqual(await run([{ ...entry, urn: `${entry.urn}-2` }]), [key, retention, reported]);
  });

  it("hold through their last day", async () => {
    assert.deepEqual(await run([entry], "2026-12-31T23:00:00Z"), [key]);
  });
});
