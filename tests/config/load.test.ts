import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { loadConfig, type PlatformConfig } from "../../config";
import { asEngineGives, set, validConfig } from "./helpers";

function load(config: Readonly<Record<string, unknown>>): PlatformConfig {
  pulumi.runtime.setAllConfig(asEngineGives(config), ["streamflix:contacts"]);
  return loadConfig();
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

describe("loadConfig", () => {
  before(async () => {
    await pulumi.runtime.setMocks(
      { newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }), call: () => ({}) },
      "streamflix-platform",
      "dev",
    );
  });
  after(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("gives contacts as secrets, under plain names and with the channels they have", async () => {
    const { contacts } = load(validConfig());
    assert.deepEqual(Object.keys(contacts ?? {}), ["operations", "onCall"]);
    assert.deepEqual(Object.keys(contacts?.["operations"] ?? {}), ["email"]);
    const phone = contacts?.["onCall"]?.phone;
    assert.ok(phone !== undefined);
    assert.equal(await pulumi.isSecret(phone), true);
    assert.equal(await valueOf(phone), "+4915112345678");
  });

  it("leaves contacts out where there are none", () => {
    const config = validConfig();
    delete config["streamflix:contacts"];
    delete config["streamflix:alerts"];
    set(config, "streamflix:monitoring.costs", undefined);
    assert.equal("contacts" in load(config), false);
  });

  it("throws a RunError, which Pulumi shows without a stack trace", () => {
    const config = validConfig();
    set(config, "streamflix:network.nat", "two");
    assert.throws(
      () => load(config),
      (error) =>
        pulumi.RunError.isInstance(error) &&
        error.message.startsWith("The configuration of stack dev has 1 problem:"),
    );
  });
});
