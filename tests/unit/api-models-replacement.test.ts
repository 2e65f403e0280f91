import assert from "node:assert/strict";

import { models } from "../../local/providers/aws/catalog";
import { ApiAccount, T } from "./api-models-account";

/** Every property that can't change on an existing object, `region` apart, as the Terraform provider has it. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  [T.Account]: [],
  [T.BasePathMapping]: ["domainName"],
  [T.Certificate]: [
    "certificateAuthorityArn",
    "domainName",
    "keyAlgorithm",
    "subjectAlternativeNames",
    "validationMethod",
    "validationOptions",
  ],
  [T.CertificateValidation]: ["certificateArn", "validationRecordFqdns"],
  [T.Deployment]: ["restApi", "triggers", "variables"],
  [T.DomainName]: ["certificateBody", "certificateChain", "certificatePrivateKey", "domainName"],
  [T.HealthCheck]: ["measureLatency", "referenceName", "requestInterval", "routingControlArn", "type"],
  [T.LogResourcePolicy]: ["policyName", "resourceArn"],
  [T.MethodSettings]: ["methodPath", "restApi", "stageName"],
  [T.Record]: ["name", "zoneId"],
  [T.RestApi]: [],
  [T.Stage]: ["restApi", "stageName"],
  [T.VpcLink]: ["securityGroupIds", "subnetIds"],
  [T.WebAcl]: ["name", "namePrefix", "scope"],
  [T.WebAclAssociation]: ["resourceArn", "webAclArn"],
  [T.WebAclLogging]: ["logDestinationConfigs", "resourceArn"],
  [T.Zone]: ["delegationSetId", "name"],
};

/** Properties that some type replaces for, and those that none does. */
const ANY = [
  ...new Set([
    ...Object.values(FIXED).flat(),
    ...["body", "deployment", "policyDocument", "rules", "securityPolicy", "setIdentifier", "settings"],
    ...["basePath", "regionalCertificateArn", "redactedFields", "cloudwatchAlarmName", "tags"],
  ]),
].sort();

describe("API models: what a change replaces", () => {
  const account = new ApiAccount();

  for (const [type, fixed] of Object.entries(FIXED)) {
    it(type, () => {
      const replaced = ANY.filter(
        (property) => account.replaces(type, { [property]: "old" }, { [property]: "new" }).length > 0,
      );
      const elsewhere = account.replaces(type, { region: "eu-west-1" }, { region: "eu-central-1" });
      assert.deepEqual(elsewhere, models.get(type)?.scope === "global" ? [] : ["region"]);
      assert.deepEqual(replaced, fixed);
    });
  }

  it("covers every type of the API, with a source file for each", () => {
    assert.deepEqual(Object.keys(FIXED).sort(), Object.values(T).sort());
    const sources = Object.keys(FIXED).map((type) => models.get(type)?.source ?? type);
    assert.deepEqual(
      sources.filter((it) => !/^internal\/service\/[a-z0-9]+\/[a-z0-9_]+\.go$/.test(it)),
      [],
    );
  });
});
