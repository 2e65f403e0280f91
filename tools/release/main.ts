/**
 * `npm run release -- --stack prod --image <repository>@sha256:<digest>`: writes a pushed image's digest into a stack
 * file, and nothing else. `--collector` does it for the collector's image.
 *
 * Exit status: 0 when the file has the digest now, 2 for a wrong command line.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryRoot } from "../../local/paths";

/** A wrong command line or stack file; the message says what is allowed. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}

/** Images of a stack file. */
export type ImageField = "image" | "collectorImage";

const IMAGE = /^[a-z0-9][\w.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)+@sha256:[0-9a-f]{64}$/;

/**
 * The stack file with another digest; comments and layout stay.
 *
 * @throws ReleaseError unless the image has a digest, the file has the field once, and both name the same repository
 */
export function withImage(text: string, field: ImageField, image: string): string {
  if (!IMAGE.test(image)) {
    throw new ReleaseError(
      `--image ${image}: an image by its digest, <repository>@sha256:<64 hexadecimal digits>`,
    );
  }
  const line = new RegExp(`^(\\s+${field}: )(\\S+)$`, "gm");
  const found = [...text.matchAll(line)];
  const [, , current = ""] = found[0] ?? [];
  if (found.length !== 1) {
    throw new ReleaseError(
      `the stack file has ${found.length} lines with ${field}, where it should have one`,
    );
  }
  if (repositoryOf(current) !== repositoryOf(image)) {
    throw new ReleaseError(`--image is of another repository than the stack's, ${repositoryOf(current)}`);
  }
  return text.replace(line, `$1${image}`);
}

function repositoryOf(image: string): string {
  return image.split("@")[0] ?? image;
}

function main(words: readonly string[]): number {
  try {
    const { stack, image, collector } = parseArgs({
      args: [...words],
      options: {
        stack: { type: "string" },
        image: { type: "string" },
        collector: { type: "boolean", default: false },
      },
    }).values;
    if (stack === undefined || image === undefined) throw new ReleaseError("--stack and --image are needed");
    const file = join(repositoryRoot, `Pulumi.${stack}.yaml`);
    writeFileSync(file, withImage(readFileSync(file, "utf8"), collector ? "collectorImage" : "image", image));
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(
      `error: ${message}\nnpm run release -- --stack <name> --image <repository>@sha256:<digest> [--collector]`,
    );
    return 2;
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
