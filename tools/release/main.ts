/** `npm run release`: writes a pushed image's digest into a stack file, and nothing else. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { readWords, UsageError } from "../command-line";
import { runTool } from "../tool";

const HELP = `npm run release -- --stack <name> --image <repository>@sha256:<digest> [--collector]

  --stack <name>   whose file is written: Pulumi.<name>.yaml
  --image <name>   an image of the repository that the stack has, by its digest
  --collector      it is the collector's image, not the service's

Exit status: 0 when the file has the digest now, 1 when it can't, 2 for a wrong command line.`;

const OPTIONS = {
  stack: { type: "string" },
  image: { type: "string" },
  collector: { type: "boolean" },
} as const;

/** Images of a stack file. */
export type ImageField = "image" | "collectorImage";

const IMAGE = /^[a-z0-9][\w.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)+@sha256:[0-9a-f]{64}$/;

/**
 * The stack file with another digest; comments and layout stay.
 *
 * @throws Problem unless the image has a digest, the file has the field once, and both name the same repository
 */
export function withImage(text: string, field: ImageField, image: string): string {
  if (!IMAGE.test(image)) {
    throw new Problem(
      `--image ${image}: an image by its digest, <repository>@sha256:<64 hexadecimal digits>`,
    );
  }
  const line = new RegExp(`^(\\s+${field}: )(\\S+)$`, "gm");
  const found = [...text.matchAll(line)];
  const [, , current = ""] = found[0] ?? [];
  if (found.length !== 1) {
    throw new Problem(`the stack file has ${found.length} lines with ${field}, where it should have one`);
  }
  if (repositoryOf(current) !== repositoryOf(image)) {
    throw new Problem(`--image is of another repository than the stack's, ${repositoryOf(current)}`);
  }
  return text.replace(line, `$1${image}`);
}

function repositoryOf(image: string): string {
  return image.split("@")[0] ?? image;
}

function run(line: readonly string[]): number {
  const words = readWords(line, OPTIONS);
  const stack = words.stackName();
  const image = words.text("image");
  if (image === undefined)
    words.problems.push("--image <repository>@sha256:<digest>: the image that was pushed");
  if (stack === undefined || image === undefined || words.problems.length > 0)
    throw new UsageError(words.problems);
  const file = join(repositoryRoot, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw new Problem(`there is no Pulumi.${stack}.yaml`);
  const field = words.has("collector") ? "collectorImage" : "image";
  writeFileSync(file, withImage(readFileSync(file, "utf8"), field, image));
  return 0;
}

if (require.main === module) void runTool({ help: HELP, run });
