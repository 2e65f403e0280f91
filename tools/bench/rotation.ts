/** The rotation function: size, start and the time of each step beside a plain sign-in. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";

import * as pulumi from "@pulumi/pulumi";

import { lambdaBundle } from "../../components/lambda-bundle";
import { STEPS } from "../../rotation/event";
import { RotationWorld } from "../../tests/rotation/support/world";
import { type Section, summaryText, table } from "./report";
import { summarize } from "./statistics";

const STARTS = 9;
const ROTATIONS = 20;

/** Loads the bundle named by its argument, and prints how long that took in milliseconds. */
const LOADER = `
  const start = performance.now();
  require(process.argv[2]);
  process.stdout.write(String(performance.now() - start));
`;

/** Measures the function on a PostgreSQL of this machine and a double of Secrets Manager. */
export async function rotationSection(): Promise<Section> {
  const { archive } = lambdaBundle("rotation/handler.ts");
  const file = (await archive.assets)["index.js"];
  if (!(file instanceof pulumi.asset.FileAsset)) throw new Error("the bundle has no code");
  const bundle = await file.path;
  const code = readFileSync(bundle);
  const starts = summarize(coldStarts(bundle));
  const { steps, signIn } = await stepTimes();
  const plain = summarize(signIn);
  const summaries = STEPS.map((step) => ({ step, summary: summarize(steps[step]) }));
  const whole = summaries.reduce((sum, { summary }) => sum + summary.median, 0);
  return {
    title: "secrets rotation",
    lines: [
      `bundle: ${kilobytes(code.length)}, ${kilobytes(gzipSync(code).length)} compressed`,
      `loading it in a new process: ${summaryText(starts, " ms", 0)}`,
      ...table([
        ["step, two users", "time", "sign-ins' worth"],
        ...summaries.map(({ step, summary }) => [
          step,
          summaryText(summary, " ms", 1),
          (summary.median / plain.median).toFixed(1),
        ]),
        ["a sign-in alone", summaryText(plain, " ms", 1), "1.0"],
      ]),
      "AWS's own sample function is in no package registry, so it was not measured beside this one.",
    ],
    says: `a rotation costs as much as ${(whole / plain.median).toFixed(0)} sign-ins; the rest of its seconds on AWS is starting the function.`,
    aims: [],
    data: { bytes: code.length, starts, steps: summaries, signIn: plain },
  };
}

function coldStarts(bundle: string): number[] {
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-bench-"));
  const loader = path.join(directory, "load.js");
  writeFileSync(loader, LOADER);
  try {
    return Array.from({ length: STARTS }, () =>
      Number(execFileSync(process.execPath, [loader, bundle], { encoding: "utf8", stdio: "pipe" })),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Milliseconds of each step of some rotations, and of plain sign-ins between them. */
async function stepTimes(): Promise<{
  readonly steps: Readonly<Record<(typeof STEPS)[number], number[]>>;
  readonly signIn: number[];
}> {
  const steps = { createSecret: [], setSecret: [], testSecret: [], finishSecret: [] } as Record<
    (typeof STEPS)[number],
    number[]
  >;
  const signIn: number[] = [];
  const timed = async (into: number[], work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    into.push(performance.now() - start);
  };
  const world = await RotationWorld.start(17);
  try {
    const { arn } = await world.subject("pair");
    // The first one opens connections that are kept, and is not counted.
    await world.rotate(arn);
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      const token = world.secrets.startRotation(arn);
      for (const step of STEPS) await timed(steps[step], () => world.step(step, arn, token));
      world.secrets.completeRotation(arn);
      await timed(signIn, () => world.signsIn(arn, "AWSCURRENT"));
    }
  } finally {
    await world.end();
  }
  return { steps, signIn };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
