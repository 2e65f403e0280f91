import assert from "node:assert/strict";

import {
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";

import type { Settings } from "../../functions/remediation/settings";
import { MotoServer } from "../rotation/support/moto";
import { LambdaProcess } from "../support/lambda-process";
import { keyDeletion } from "./support/events";
import { local, PLACE, TAGS } from "./support/world";

describe("remediation: the bundle as it is deployed, against moto", () => {
  let moto: MotoServer;
  let lambda: LambdaProcess<undefined>;
  let kms: KMSClient;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    lambda = await LambdaProcess.of("functions/remediation/handler.ts");
    kms = new KMSClient(local(moto.url));
  });
  after(async () => {
    lambda.remove();
    await moto.stop();
  });

  const settings: Settings = { ...PLACE, cases: { keys: { mode: "act" } } };
  const invoke = (event: unknown, SETTINGS?: string) =>
    lambda.invoke(
      event,
      { AWS_ENDPOINT_URL: moto.url, ...(SETTINGS === undefined ? {} : { SETTINGS }) },
      30_000,
    );

  it("mends by the settings that the deployment wrote, and logs the record as an object", async () => {
    const Tags = Object.entries(TAGS).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags }));
    const KeyId = KeyMetadata?.KeyId ?? "";
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    assert.deepEqual(await invoke(keyDeletion(KeyId), JSON.stringify(settings)), {});
    const after = await kms.send(new DescribeKeyCommand({ KeyId }));
    assert.equal(after.KeyMetadata?.KeyState, "Enabled");
    // Outside of Lambda an object is printed over several lines.
    assert.match(
      lambda.printed.at(-1) ?? "",
      /function: 'remediation',\s+record: \{\s+case: 'keys',\s+outcome: 'acted'/,
    );
  });

  for (const [what, text] of [
    ["no settings", undefined],
    ["a text that is no JSON", "{"],
    ["a case that it does not know", JSON.stringify({ ...settings, cases: { key: {} } })],
    ["no region", JSON.stringify({ ...settings, region: undefined })],
  ] as const) {
    it(`does nothing with ${what}`, async () => {
      const { error } = await invoke(keyDeletion("1234abcd-12ab-34cd-56ef-1234567890ab"), text);
      assert.equal(error?.name, "InvalidEnvironment");
    });
  }

  it("fails by the kind of failure", async () => {
    const { error } = await invoke({}, JSON.stringify(settings));
    assert.equal(error?.name, "InvalidEvent");
    assert.match(error.message, /^The event is none that the rules send: .*id: /);
  });
});
