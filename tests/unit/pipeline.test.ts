import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import { parse } from "yaml";

import type { CiConfig } from "../../bootstrap/config";
import { Pipeline } from "../../bootstrap/pipeline";
import { actionsOnEverything, serviceDocuments } from "../../bootstrap/pipeline/service-statements";
import { GLOBAL, REGIONAL } from "../../bootstrap/pipeline/services";
import { policyText } from "../../components/policy";
import { committedPlan } from "../../tools/plan/main";
import { stackFile } from "../config/helpers";
import { record, type Registration } from "./mocks";
import { ACCOUNT, HOME, PROD } from "./pipeline-place";
import { ofType, only, statementsOf } from "./registrations";

const ROOT = path.join(__dirname, "../..");
const CI: CiConfig = {
  repository: "streamflix/platform",
  identityProvider: "create",
  imageEnvironment: "image",
  stacks: {
    prod: { deploy: "prod", preview: "preview-prod", drift: "drift-prod", integration: "integration-prod" },
  },
};

async function pipeline(ci: CiConfig = CI): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    new Pipeline("pipeline", {
      names: PROD.names,
      accountId: ACCOUNT,
      region: HOME,
      ci,
      stacks: [PROD],
      boundaryArn: "boundary",
    });
  });
  return registrations;
}

describe("the pipeline's roles", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await pipeline();
  });

  it("are each taken by the runs of one environment of the repository", () => {
    const issuer = "token.actions.githubusercontent.com";
    const trusts = ofType(all, "aws:iam/role:Role").map(({ inputs }) => [
      `${String(inputs["path"])}${String(inputs["name"])}`,
      inputs["assumeRolePolicy"],
    ]);
    const taken = (environment: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [`${issuer}:aud`]: "sts.amazonaws.com",
              [`${issuer}:sub`]: `repo:streamflix/platform:environment:${environment}`,
            },
          },
        },
      ],
    });
    assert.deepEqual(trusts, [
      ["/streamflix-account/streamflix-deploy-prod", taken("prod")],
      ["/streamflix-account/streamflix-drift-prod", taken("drift-prod")],
      ["/streamflix-account/streamflix-image-prod", taken("image")],
      ["/streamflix-account/streamflix-integration-prod", taken("integration-prod")],
      ["/streamflix-account/streamflix-preview-prod", taken("preview-prod")],
    ]);
    assert.deepEqual(only(all, "OpenIdConnectProvider").inputs, {
      url: `https://${issuer}`,
      clientIdLists: ["sts.amazonaws.com"],
    });
  });

  it("are not made for what nobody asked for, and take the account's trust where it has it", async () => {
    const prod = { deploy: "prod", preview: "preview-prod", drift: "drift-prod" };
    const fewer = await pipeline({
      repository: CI.repository,
      identityProvider: "adopt",
      stacks: { prod },
    });
    assert.deepEqual(ofType(fewer, "OpenIdConnectProvider"), []);
    assert.deepEqual(
      ofType(fewer, "aws:iam/role:Role").map(({ inputs }) => inputs["name"]),
      ["streamflix-deploy-prod", "streamflix-drift-prod", "streamflix-preview-prod"],
    );
  });

  it("have no more in them than AWS takes", () => {
    for (const role of ofType(all, "aws:iam/role:Role")) {
      const inline = ofType(all, "aws:iam/rolePolicy:RolePolicy").filter(({ name }) =>
        name.startsWith(`${role.name}-`),
      );
      const characters = inline.map(({ inputs }) => policyText(statementsOf(inputs["policy"]) as []).length);
      assert.ok(inline.length > 0, role.name);
      const sum = characters.reduce((total, it) => total + it, 0);
      assert.ok(sum <= 10_240, `${role.name}: ${sum}`);
    }
    const managed = ofType(all, "aws:iam/policy:Policy").map(({ inputs }) => String(inputs["policy"]).length);
    assert.ok(managed.length >= 3 && Math.max(...managed) <= 6_144, managed.join(", "));
    assert.ok(managed.length <= 10, "a role takes ten policies");
  });

  it("say every action once", () => {
    for (const use of ["read", "write"] as const) {
      const actions = serviceDocuments(use, PROD)
        .flat()
        .flatMap(({ Action }) => [Action ?? []].flat());
      assert.deepEqual([...new Set(actions)].sort(), [...actions].sort());
    }
  });
});

describe("the pipeline's rights", () => {
  it("on all resources are those of the policy pack's settings, and no other", () => {
    const expected = [...new Set(["ecs:DescribeTaskDefinition", ...actionsOnEverything()])].sort();
    for (const stack of ["dev", "prod"]) {
      const file = path.join(ROOT, `policy-pack/config/bootstrap-${stack}.json`);
      const settings = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, unknown>>;
      assert.deepEqual(settings["iam-policy-rights"]?.["accountWideActions"], expected);
      assert.deepEqual(settings["iam-role-rights"]?.["accountWideActions"], [
        "backup:ListRestoreJobs",
        "ecr:GetAuthorizationToken",
        "ecs:DescribeTaskDefinition",
      ]);
    }
  });

  /** IAM's name of a service where Pulumi has another. */
  const IAM_NAMES: Readonly<Record<string, string>> = {
    accessanalyzer: "access-analyzer",
    apigatewayv2: "apigateway",
    appautoscaling: "application-autoscaling",
    cfg: "config",
    costexplorer: "ce",
    efs: "elasticfilesystem",
    lb: "elasticloadbalancing",
    sfn: "states",
    vpc: "ec2",
  };

  it("cover every service that a stack has resources of", () => {
    const known = [...Object.keys(REGIONAL), ...Object.keys(GLOBAL), "iam", "s3"];
    const services = ["dev", "prod", "prod-dr"].flatMap((stack) =>
      Object.keys(committedPlan(stack)).flatMap((urn) => {
        const type = urn.split("::")[0]?.split("$").at(-1) ?? "";
        const service = /^aws:([a-z0-9]+)\//.exec(type)?.[1];
        return service === undefined ? [] : [IAM_NAMES[service] ?? service];
      }),
    );
    assert.ok(services.length > 300, `only ${services.length} resources`);
    const missing = [...new Set(services)].filter((it) => !known.includes(it));
    assert.deepEqual(missing, [], "give the deploy role rights: bootstrap/pipeline/services.ts");
  });
});

describe("the workflows", () => {
  interface Job {
    readonly environment?: string;
    readonly strategy?: { readonly matrix: { readonly stack: readonly string[] } };
    readonly steps: readonly { readonly with?: Readonly<Record<string, unknown>> }[];
  }
  const jobOf = (file: string, job: string): Job => {
    const text = readFileSync(path.join(ROOT, ".github/workflows", file), "utf8");
    const found = (parse(text) as { jobs: Record<string, Job> }).jobs[job];
    assert.ok(found, `${file} has no job ${job}`);
    return found;
  };
  const ciOf = (account: "dev" | "prod") => stackFile(account, "bootstrap")["streamflix:ci"] as CiConfig;

  const RUNS = [
    ["deploy.yml", "deploy", "deploy"],
    ["drift.yml", "drift", "drift"],
    ["integration.yml", "integration", "integration"],
    ["pull-request.yml", "account-preview", "preview"],
  ] as const;

  for (const [file, job, use] of RUNS) {
    it(`${file}: its runs are in the environments that the accounts trust`, () => {
      const { environment, strategy } = jobOf(file, job);
      const stacks = strategy?.matrix.stack ?? [];
      const named = stacks.map((stack) => environment?.replace("${{ matrix.stack }}", stack));
      const trusted = (["dev", "prod"] as const).flatMap((account) =>
        Object.values(ciOf(account).stacks).flatMap((runs) => runs[use] ?? []),
      );
      assert.ok(named.length > 1);
      assert.deepEqual(named, trusted);
    });
  }

  it("image.yml: its runs push to dev's account, and to no other", () => {
    assert.equal(ciOf("dev").imageEnvironment, jobOf("image.yml", "image").environment);
    assert.equal(ciOf("prod").imageEnvironment, undefined);
  });

  it("deploy.yml asks for as much time as its role gives", async () => {
    const asked = jobOf("deploy.yml", "deploy").steps.find(
      (step) => step.with?.["role-duration-seconds"] !== undefined,
    );
    const given = only(await pipeline(), "aws:iam/role:Role", "pipeline-deploy-prod").inputs;
    assert.equal(asked?.with?.["role-duration-seconds"], given["maxSessionDuration"]);
  });
});
