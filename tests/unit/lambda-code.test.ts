import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { lambdaCode } from "../../components/lambda-code";

describe("code of a function", () => {
  let project: string;
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(project, file)), { recursive: true });
    fs.writeFileSync(path.join(project, file), text);
  };
  const codeFile = () => lambdaCode(project, "functions/greet/handler.ts");
  const code = () => fs.readFileSync(codeFile(), "utf8");

  beforeEach(() => {
    project = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-code-"));
    write("package-lock.json", "{}");
    write("functions/greet/handler.ts", 'import { word } from "./word";\nexport const handler = () => word;');
    write("functions/greet/word/index.ts", 'export const word: string = "hello";');
  });
  afterEach(() => {
    fs.rmSync(project, { recursive: true });
  });

  it("is made once for the same sources, and the same when it is made anew", () => {
    const [file, made] = [codeFile(), code()];
    // Its mark shows whether a file is the kept one.
    fs.appendFileSync(file, "// kept");
    assert.equal(code(), `${made}// kept`);
    fs.rmSync(path.join(project, ".local"), { recursive: true });
    assert.deepEqual([codeFile(), code()], [file, made]);
  });

  const changes = {
    "a source": ["functions/greet/handler.ts", 'export const handler = () => "other";', "other"],
    "what a source imports": ["functions/greet/word/index.ts", 'export const word = "bye";', "bye"],
    "what an import means": ["functions/greet/word.ts", 'export const word = "nearer";', "nearer"],
  } as const;
  for (const [what, [file, text, expected]] of Object.entries(changes)) {
    it(`is made anew when ${what} changes`, () => {
      assert.match(code(), /hello/);
      write(file, text);
      assert.match(code(), new RegExp(expected));
    });
  }

  it("is made anew when a package may have changed, when its file is gone or a source is", () => {
    fs.appendFileSync(codeFile(), "// kept");
    write("package-lock.json", '{ "packages": {} }');
    assert.doesNotMatch(code(), /kept/);
    fs.rmSync(codeFile());
    assert.match(code(), /hello/);
    fs.rmSync(path.join(project, "functions/greet/word/index.ts"));
    assert.throws(code, /Could not resolve/);
  });
});
