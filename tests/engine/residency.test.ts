import { strict as assert } from "node:assert";
import { editedCheckout, emptyHome, Machine, smallStackFile } from "./support/engine";
import { objectsOf } from "./support/state";

describe("a resource moved out of the region", function () {
  this.timeout(600_000);
  // One policy speaks of every resource alike: network and alerts are enough of a stack to be refused.
  const stack = ["--stack", "dev", "--stack-file", smallStackFile("dev", "dev", ["alerts"])];

  const moves = {
    "by its provider": {
      file: "components/provider.ts",
      from: '"home", config, config.aws.region',
      to: '"home", config, "us-east-1"',
    },
    "by its region argument": {
      file: "components/alerts.ts",
      from: "kmsMasterKeyId: args.keyArn",
      to: 'kmsMasterKeyId: args.keyArn, region: "us-east-1"',
    },
  };

  for (const [how, { file, from, to }] of Object.entries(moves)) {
    it(`${how} is refused by preview and by up, before anything is created`, async () => {
      const machine = new Machine(
        emptyHome(),
        editedCheckout(file, (text) => text.replace(from, to)),
      );
      for (const verb of ["preview", "up"]) {
        const { code, output } = await machine.run(verb, ...stack);
        assert.notEqual(code, 0, `${verb} passed:\n${output}`);
        assert.match(output, /\[mandatory\].* allowed-region /);
        assert.match(output, /us-east-1/);
        assert.match(output, /Mend: /);
      }
      assert.deepEqual(objectsOf(machine), []);
    });
  }

  it("passes again once it is back", async () => {
    const machine = new Machine(emptyHome());
    await machine.ok("preview", "--stack", "dev");
  });
});
