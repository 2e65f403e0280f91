import assert from "node:assert/strict";
import { copyOf } from "../../tools/bench/program/copy";
import { parseSize } from "../../tools/bench/program/size";
import type { PlatformConfig } from "../../config";

describe("bench: copies of the platform", () => {
  const config: Pick<PlatformConfig, "environment" | "network"> = {
    environment: { name: "dev", suffix: "dev", owner: "team", costCenter: "cost", protection: false },
    network: {
      cidr: "10.20.0.0/16",
      subnets: {
        public: ["10.20.0.0/24"],
        private: ["10.20.16.0/20"],
        isolated: ["10.20.8.0/24"],
      },
      nat: "single",
      endpoints: [],
      blockPublicAccess: "create",
    },
  };

  it("leaves the first as it is", () => {
    assert.equal(copyOf(config, 0), config);
  });

  it("moves names and addresses of the others, and leaves them no singleton", () => {
    const { environment, network } = copyOf(config, 15);
    assert.equal(environment.suffix, "dev15");
    assert.equal(network.cidr, "10.35.0.0/16");
    assert.deepEqual(network.subnets, {
      public: ["10.35.0.0/24"],
      private: ["10.35.16.0/20"],
      isolated: ["10.35.8.0/24"],
    });
    assert.equal(network.blockPublicAccess, "adopt");
  });

  it("refuses a copy that has no addresses left", () => {
    assert.throws(() => copyOf(config, 236), /no room for copy 236 of 10\.20\.0\.0\/16/);
  });

  it("reads sizes", () => {
    assert.deepEqual(["empty", "start", "16"].map(parseSize), ["empty", "start", 16]);
    for (const wrong of ["", "0", "-1", "1.5", "many"]) assert.throws(() => parseSize(wrong), /bench:size/);
  });
});
