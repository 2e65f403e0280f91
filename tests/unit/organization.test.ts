import assert from "node:assert/strict";

import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { PropertyType } from "@aws-cdk/service-spec-types";

import { Baseline } from "../../organization/baseline";
import { Guardrails } from "../../organization/guardrails";
import {
  AI_OPT_OUT,
  COMPUTE_SETTINGS,
  CONTROL_POLICY_CHARACTERS,
  evidenceStatements,
  regionStatements,
} from "../../organization/policies";
import { BASELINE, baselineTemplate } from "../../organization/template";
import { Names } from "../../config";
import { made, record, type Registration } from "./mocks";
import { countByType, ofType, only } from "./registrations";

const names = new Names({
  environment: { suffix: "main" },
  aws: { accountId: "777788889999", region: "eu-central-1" },
});
const REGIONS = ["eu-central-1", "eu-west-1"] as const;

describe("guardrails of the organization", () => {
  let all: readonly Registration[];
  before(async () => {
    ({ registrations: all } = await record(() => {
      new Guardrails("guardrails", {
        names,
        regions: [...REGIONS],
        guardrails: {
          targets: ["ou-s7fx-platform0", "111122223333"],
          protectedTargets: ["ou-s7fx-prod00000"],
        },
        protect: true,
      });
    }));
  });

  it("are four policies, each where it belongs, none of which can be taken away", () => {
    assert.deepEqual(countByType(all), {
      "aws:organizations/policy:Policy": 4,
      "aws:organizations/policyAttachment:PolicyAttachment": 7,
      "streamflix:organization:Guardrails": 1,
    });
    const attached = ofType(all, "PolicyAttachment").map(({ inputs, protect }) => [
      inputs["policyId"],
      inputs["targetId"],
      protect,
    ]);
    const on = (what: string, target: string) => [made("Policy", `guardrails-${what}`, "id"), target, true];
    assert.deepEqual(attached, [
      on("ai", "111122223333"),
      on("ai", "ou-s7fx-platform0"),
      on("compute", "111122223333"),
      on("compute", "ou-s7fx-platform0"),
      on("evidence", "ou-s7fx-prod00000"),
      on("regions", "111122223333"),
      on("regions", "ou-s7fx-platform0"),
    ]);
    assert.deepEqual(
      ofType(all, "aws:organizations/policy:Policy").map(({ inputs, protect }) => [
        inputs["name"],
        inputs["type"],
        protect,
      ]),
      [
        ["streamflix-ai-main", "AISERVICES_OPT_OUT_POLICY", true],
        ["streamflix-compute-main", "DECLARATIVE_POLICY_EC2", true],
        ["streamflix-evidence-main", "SERVICE_CONTROL_POLICY", true],
        ["streamflix-regions-main", "SERVICE_CONTROL_POLICY", true],
      ],
    );
  });

  it("say what they are meant to", () => {
    const contentOf = (what: string): unknown =>
      JSON.parse(
        String(only(all, "aws:organizations/policy:Policy", `guardrails-${what}`).inputs["content"]),
      );
    const document = (Statement: object) => ({ Version: "2012-10-17", Statement });
    assert.deepEqual(contentOf("regions"), document(regionStatements(REGIONS)));
    assert.deepEqual(contentOf("evidence"), document(evidenceStatements()));
    assert.deepEqual(contentOf("compute"), COMPUTE_SETTINGS);
    assert.deepEqual(contentOf("ai"), AI_OPT_OUT);
  });

  it("leave room in what AWS takes", () => {
    const lengths = ofType(all, "aws:organizations/policy:Policy")
      .filter(({ inputs }) => inputs["type"] === "SERVICE_CONTROL_POLICY")
      .map(({ inputs }) => String(inputs["content"]).length);
    assert.equal(lengths.length, 2);
    assert.ok(Math.max(...lengths) < CONTROL_POLICY_CHARACTERS / 2, lengths.join(", "));
  });

  it("leave to the platform what the platform sets itself", () => {
    assert.ok(!("vpc_block_public_access" in COMPUTE_SETTINGS.ec2_attributes));
  });
});

describe("baseline of the organization's accounts", () => {
  it("is rolled out by AWS to units, in every region, and to accounts that join", async () => {
    const { registrations } = await record(() => {
      new Baseline("baseline", { names, regions: REGIONS, organizationalUnits: ["ou-s7fx-others000"] });
    });
    assert.deepEqual(only(registrations, "StackSet").inputs, {
      name: "streamflix-baseline-main",
      description: "What every account without a stack of the platform is watched by",
      permissionModel: "SERVICE_MANAGED",
      autoDeployment: { enabled: true, retainStacksOnAccountRemoval: true },
      managedExecution: { active: true },
      templateBody: baselineTemplate(),
    });
    assert.deepEqual(only(registrations, "StackInstances").inputs, {
      stackSetName: "streamflix-baseline-main",
      deploymentTargets: { organizationalUnitIds: ["ou-s7fx-others000"] },
      regions: [...REGIONS],
      operationPreferences: { failureTolerancePercentage: 100, maxConcurrentPercentage: 100 },
    });
  });

  describe("as CloudFormation knows its types", function () {
    this.timeout(20_000);
    const spec = loadAwsServiceSpecSync();

    for (const [name, resource] of Object.entries(BASELINE)) {
      it(`${name}: ${resource.Type} with its properties, and all that it needs`, () => {
        const [found] = spec.lookup("resource", "cloudFormationType", "equals", resource.Type);
        assert.ok(found, `there is no ${resource.Type}`);
        const { properties } = found;
        for (const [property, value] of Object.entries(resource.Properties)) {
          const known = properties[property];
          assert.ok(known, `${resource.Type} has no ${property}`);
          assert.equal(fault(known.type, value), undefined, property);
        }
        const needed = Object.entries(properties).filter(([, { required }]) => required === true);
        assert.deepEqual(
          needed.map(([property]) => property).filter((property) => !(property in resource.Properties)),
          [],
        );
      });
    }

    it("and refuses what they have not", () => {
      const [detector] = spec.lookup("resource", "cloudFormationType", "equals", "AWS::GuardDuty::Detector");
      assert.ok(detector);
      assert.equal(fault(detector.properties["Features"]?.type, [{ Label: "x" }]), "no Label");
      assert.equal(fault(detector.properties["Enable"]?.type, "yes"), "no boolean");
    });

    /** What of a value its type has no place for; undefined where it fits. */
    function fault(type: PropertyType | undefined, value: unknown): string | undefined {
      switch (type?.type) {
        case "string":
          return typeof value === "string" ? undefined : "no string";
        case "boolean":
          return typeof value === "boolean" ? undefined : "no boolean";
        case "array":
          return Array.isArray(value)
            ? value.map((it) => fault(type.element, it)).find((it) => it !== undefined)
            : "no list";
        case "ref": {
          const members = spec.get("typeDefinition", type.reference.$ref).properties;
          return Object.entries(value as object)
            .map(([key, it]) => (members[key] === undefined ? `no ${key}` : fault(members[key].type, it)))
            .find((it) => it !== undefined);
        }
        default:
          return `a ${type?.type ?? "missing"} that this test does not know`;
      }
    }
  });
});
