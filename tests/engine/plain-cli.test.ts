import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { findCli } from "../../local/cli";
import { editedCheckout, emptyHome } from "./support/engine";

/**
 * What a user of a full Pulumi install types, without the wrapper: the committed project and stack files as they
 * are, Pulumi's default TypeScript loader with its type check, the policy pack by its path. Providers and, where the
 * machine has none, the language host are found on PATH.
 */
describe("plain pulumi, from the repository's root", function () {
  this.timeout(600_000);

  it("previews with the policy pack", async () => {
    const checkout = editedCheckout("README.md", (text) => `${text}\n`);
    const home = emptyHome();
    const { command, hasLanguageHost } = await findCli();
    const folders = [
      ...["aws", "awsx", "random"].map((name) => path.join(checkout, "local/providers", name)),
      ...(hasLanguageHost ? [] : [path.join(checkout, "local/language-host")]),
    ];
    const pulumi = (...words: string[]) =>
      spawnSync(command, [...words, "--non-interactive"], {
        cwd: checkout,
        encoding: "utf8",
        env: {
          ...process.env,
          PATH: [...folders, process.env["PATH"]].join(path.delimiter),
          PULUMI_HOME: path.join(home, "pulumi"),
          PULUMI_BACKEND_URL: `file://${home}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          STREAMFLIX_LOCAL_ACCOUNTS: path.join(home, "accounts"),
          STREAMFLIX_LOCAL_RUN: home,
          STREAMFLIX_LOCAL_STACK: "dev",
        },
      });
    const init = pulumi("stack", "init", "dev");
    assert.equal(init.status, 0, init.stderr);
    const preview = pulumi("preview", "--stack", "dev", "--policy-pack", "policy-pack");
    assert.equal(preview.status, 0, preview.stdout + preview.stderr);
    assert.match(preview.stdout, /✅ streamflix-policy-pack@v/);
    // All that the local engine would make, but for the subscriptions of contacts, which this user has not set.
    assert.match(preview.stdout, /\+ 237 to create/);
    assert.match(preview.stdout, /warning: .*streamflix:contacts/s);
  });
});
