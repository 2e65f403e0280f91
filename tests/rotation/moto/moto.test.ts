import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { MotoServer } from "../support/moto";

describe("moto's environment", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-moto-"));
  const { PATH, STREAMFLIX_CACHE } = process.env;
  before(() => {
    process.env.PATH = path.join(directory, "bin");
    process.env.STREAMFLIX_CACHE = path.join(directory, "cache");
  });
  after(() => {
    process.env.PATH = PATH;
    if (STREAMFLIX_CACHE === undefined) delete process.env.STREAMFLIX_CACHE;
    else process.env.STREAMFLIX_CACHE = STREAMFLIX_CACHE;
    rmSync(directory, { recursive: true, force: true });
  });

  /** A stand-in for python3 that does `script`; its arguments are `-m venv <environment>` or `--version`. */
  const cases: readonly (readonly [title: string, script: string | undefined, message: RegExp])[] = [
    ["there is no Python", undefined, /need Python 3 with its venv module .*there is no python3 on PATH/],
    [
      "it has no venv",
      'test "$1" = --version || { echo no venv >&2; exit 1; }',
      /venv module is missing .*\n.*no venv/s,
    ],
    [
      "pip can't install",
      `test "$1" = --version && exit
/bin/mkdir -p "$3/bin"
printf '#!/bin/sh\necho no such package >&2; exit 1' > "$3/bin/python"
/bin/chmod +x "$3/bin/python"`,
      /pip can't install moto\[server\]==[\d.]+:.*no such package/s,
    ],
  ];
  for (const [title, script, message] of cases) {
    it(`is not made, and nothing is left, when ${title}`, async () => {
      if (script !== undefined) {
        mkdirSync(process.env.PATH ?? "", { recursive: true });
        writeFileSync(path.join(directory, "bin", "python3"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      }
      await assert.rejects(MotoServer.start(), message);
      assert.deepEqual(readdirSync(path.join(directory, "cache", "streamflix-platform")), []);
    });
  }
});
