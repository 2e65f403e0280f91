import assert from "node:assert/strict";

import { counterpart } from "../../config";
import { checkCases, one, prod, standby } from "./cases";
import { parseJson, validConfig } from "./helpers";

const RECOVERY = "streamflix:recovery";
const HOME = "streamflix:standby";
const REGIONS = "eu-west-1, eu-west-3, eu-north-1, eu-south-1, eu-south-2";
const STANDBY = { region: "eu-west-1", suffix: "dev-dr" };

checkCases("configuration rules: recovery", [
  prod("no copies", RECOVERY, undefined),
  one("copies to another region", RECOVERY, STANDBY),
  one(
    "copies beside the originals",
    RECOVERY,
    { ...STANDBY, region: "eu-central-1" },
    `${RECOVERY}.region | "eu-central-1" | ${REGIONS}`,
  ),
  one(
    "copies outside the EU",
    RECOVERY,
    { ...STANDBY, region: "us-east-1" },
    `${RECOVERY}.region | "us-east-1" | ${REGIONS}`,
  ),
  one(
    "copies to itself",
    RECOVERY,
    { ...STANDBY, suffix: "dev" },
    `${RECOVERY}.suffix | "dev" | write the suffix of the other stack: names of IAM are the same in all regions`,
  ),
  one(
    "a name that no stack has",
    RECOVERY,
    { ...STANDBY, suffix: "Dev-DR" },
    `${RECOVERY}.suffix | "Dev-DR" | another suffix than this stack's, of the same form`,
  ),
  one(
    "a stack without a name",
    RECOVERY,
    { region: "eu-west-1" },
    `${RECOVERY}.suffix | nothing | another suffix than this stack's, of the same form`,
  ),
  standby("a standby that takes copies of backups only", HOME, undefined),
  standby(
    "standing by for a stack beside it",
    `${HOME}.region`,
    "eu-west-1",
    `${HOME}.region | "eu-west-1" | write the region of the other stack: two in one are lost together`,
  ),
  standby(
    "standing by for a stack outside the EU",
    `${HOME}.region`,
    "us-east-1",
    `${HOME}.region | "us-east-1" | another region than this stack's: eu-central-1, ${REGIONS}`,
  ),
  standby(
    "standing by for itself",
    `${HOME}.suffix`,
    "prod-dr",
    `${HOME}.suffix | "prod-dr" | write the suffix of the other stack: names of IAM are the same in all regions`,
  ),
  one(
    "a stack that has work of its own and stands by",
    HOME,
    { region: "eu-west-3", suffix: "other" },
    `${HOME} | {"region":"eu-west-3","suffix":"other"} | remove the section; streamflix:recovery names the stack that stands by for this one`,
  ),
  standby(
    "a standby of the standby",
    RECOVERY,
    { region: "eu-west-3", suffix: "prod-dr2" },
    `${RECOVERY} | {"region":"eu-west-3","suffix":"prod-dr2"} | remove the section`,
  ),
]);

describe("the stack that stands by for prod", () => {
  it("is the one that prod names", () => {
    const { config } = parseJson(validConfig("prod"));
    const { environment, aws } = parseJson(validConfig("prod-dr")).config;
    assert.ok(config.recovery);
    const there = counterpart(config.aws, config.recovery);
    assert.deepEqual(config.recovery, { region: aws.region, suffix: environment.suffix });
    assert.equal(there.names.fixed("bucket", "events"), "streamflix-events-prod-dr-444455556666-eu-west-1");
  });
});
