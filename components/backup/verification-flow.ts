import type { VerificationEvent } from "../../functions/restore-verification/event";

type Step = VerificationEvent["step"];

/** One state, in Amazon's States Language, as far as it is used here. */
type State = Readonly<Record<string, unknown>>;

/** A function that does steps. */
interface Runner {
  readonly functionArn: string;
  /** What one run may take. */
  readonly timeoutSeconds: number;
}

export interface FlowArgs {
  /** Calls AWS: all steps but `verify`. */
  readonly worker: Runner;
  /** Signs in to a restored database. @default none is looked into */
  readonly databaseChecks?: Runner;
  /** Has restored files mounted. @default they are not looked into */
  readonly fileChecks?: Runner;
}

/** From one look to the next: minutes pass until an instance or a mount target is there, or gone. */
const WAIT_SECONDS = 60;

/** What a run of a function has more than its own time, so that it is the function that says why it failed. */
const MARGIN_SECONDS = 30;

/**
 * Definition of the state machine that verifies one restore. Its input is AWS Backup's event on the restore job.
 *
 * However a step ends, by its time as well, what was restored is reported on and taken away. A limit on the execution
 * as a whole would end it without: each step has a limit, and the waiting ends by the clock of the function.
 */
export function verificationFlow({ databaseChecks, fileChecks, ...args }: FlowArgs): string {
  const worker = (step: Step, more: State) => task(args.worker, step, { Retry: retries(3, 60), ...more });
  const toReport = { Catch: caught("$.outcome", "Report") };
  const verify = (checks: Runner, Retry: readonly State[]) =>
    task(checks, "verify", {
      Retry,
      ResultPath: "$.outcome",
      ...toReport,
      Next: "Report",
    });
  return JSON.stringify({
    Comment: "Verifies what a restore test has made, and takes it away",
    StartAt: "Identify",
    States: {
      // Nothing is there yet that would have to be taken away, and nobody knows whose it is.
      Identify: {
        ...worker("identify", { Retry: retries(5, 300), ResultPath: "$.job", Next: "IsTest" }),
        Parameters: { step: "identify", "jobId.$": "$.detail.restoreJobId" },
      },
      IsTest: choice([{ Variable: "$.job.isTest", BooleanEquals: true, Next: "Prepare" }], "Done"),
      Prepare: worker("prepare", { ResultPath: null, ...toReport, Next: "Look" }),
      Look: worker("look", { ResultPath: "$.look", ...toReport, Next: "IsReady" }),
      IsReady: choice(
        [{ Variable: "$.look.isReady", BooleanEquals: true, Next: "WhatIsIt" }],
        "WaitToBeReady",
      ),
      WaitToBeReady: wait("Look"),
      WhatIsIt: choice(
        [
          ...(databaseChecks ? [{ Variable: "$.job.clusterId", IsPresent: true, Next: "Verify" }] : []),
          ...(fileChecks ? [{ Variable: "$.job.fileSystemId", IsPresent: true, Next: "VerifyFiles" }] : []),
        ],
        // The first step lets nothing else through.
        fileChecks ? "VerifyFiles" : "Verify",
      ),
      // A run reads all that there is.
      ...(databaseChecks && { Verify: verify(databaseChecks, retries(1, 60)) }),
      // A mount target that is there may still be on its way into the network: that takes up to a minute and a half.
      ...(fileChecks && { VerifyFiles: verify(fileChecks, retries(2, 120, 45)) }),
      Report: worker("report", {
        ResultPath: null,
        Catch: caught("$.unreported", "CleanUp"),
        Next: "CleanUp",
      }),
      CleanUp: worker("cleanUp", {
        Retry: retries(10, 300),
        ResultPath: "$.end",
        Catch: caught("$.end", "NotCleanedUp"),
        Next: "IsGone",
      }),
      IsGone: choice(
        [
          { Variable: "$.end.isGone", BooleanEquals: false, Next: "WaitForEnd" },
          { Variable: "$.unreported", IsPresent: true, Next: "NotReported" },
        ],
        "Done",
      ),
      WaitForEnd: wait("CleanUp"),
      NotReported: { Type: "Fail", Error: "NotReported", Cause: "AWS Backup did not take the verdict." },
      NotCleanedUp: {
        Type: "Fail",
        Error: "NotCleanedUp",
        Cause: "What was restored may still be there, and is paid for.",
      },
      Done: { Type: "Succeed" },
    },
  });
}

/** A run of a function with what is known of the job. */
function task({ functionArn, timeoutSeconds }: Runner, step: Step, more: State): State {
  return {
    Type: "Task",
    Resource: functionArn,
    TimeoutSeconds: timeoutSeconds + MARGIN_SECONDS,
    Parameters: {
      step,
      "jobId.$": "$.detail.restoreJobId",
      "job.$": "$.job",
      "startedAt.$": "$$.Execution.StartTime",
      ...(step === "report" && { "outcome.$": "$.outcome" }),
    },
    ...more,
  };
}

function choice(Choices: readonly State[], Default: string): State {
  return { Type: "Choice", Choices, Default };
}

function wait(Next: string): State {
  return { Type: "Wait", Seconds: WAIT_SECONDS, Next };
}

/** Every step can be done again. */
function retries(MaxAttempts: number, MaxDelaySeconds: number, IntervalSeconds = 5): readonly State[] {
  return [{ ErrorEquals: ["States.ALL"], IntervalSeconds, BackoffRate: 2, MaxAttempts, MaxDelaySeconds }];
}

function caught(ResultPath: string, Next: string): readonly State[] {
  return [{ ErrorEquals: ["States.ALL"], ResultPath, Next }];
}
