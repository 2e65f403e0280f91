import {
  AssociateKmsKeyCommand,
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  type LogGroup,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";

import { awsFailure, OperatorError } from "../shared/errors";

const settings = z.strictObject({
  prefixes: z.array(z.string().min(3)).min(1),
  retentionDays: z.int().min(1),
  keyArn: z.string().startsWith("arn:"),
});

/** Which log groups are looked after, and what those without get. */
export type SweeperSettings = z.infer<typeof settings>;

/** Names of the groups that got something. */
export interface SweeperReport {
  readonly seen: number;
  readonly gotRetention: readonly string[];
  readonly gotKey: readonly string[];
}

/**
 * Reads the function's environment.
 *
 * @throws OperatorError that says what is at fault
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): SweeperSettings {
  const { PREFIXES = "[]", RETENTION_DAYS, KEY_ARN } = environment;
  try {
    return settings.parse({
      prefixes: JSON.parse(PREFIXES) as unknown,
      retentionDays: Number(RETENTION_DAYS),
      keyArn: KEY_ARN,
    });
  } catch {
    throw new OperatorError(
      "InvalidEnvironment",
      "The function's environment has a fault: PREFIXES, RETENTION_DAYS or KEY_ARN.",
      "deploy again; nothing was changed.",
    );
  }
}

/**
 * Gives a key and an end to log groups without. What a group has is never changed: it may be longer or another for a reason.
 * A group that refuses is no reason to leave the next one alone.
 *
 * @throws OperatorError that names every group that could not be mended
 */
export async function sweep(
  client: Pick<CloudWatchLogsClient, "send">,
  { prefixes, retentionDays, keyArn }: SweeperSettings,
): Promise<SweeperReport> {
  const groups = new Map<string, LogGroup>();
  for (const prefix of prefixes) {
    for await (const group of groupsOf(client, prefix)) groups.set(group.logGroupName ?? "", group);
  }
  const [gotRetention, gotKey, failures]: string[][] = [[], [], []];
  const give = async (names: string[] | undefined, name: string, send: () => Promise<unknown>) => {
    try {
      await send();
      names?.push(name);
    } catch (error) {
      // Gone since it was listed: nothing of it is kept.
      if (error instanceof Error && error.name === "ResourceNotFoundException") return;
      failures?.push(`${name}: ${awsFailure(error)}`);
    }
  };
  for (const [logGroupName, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (group.retentionInDays === undefined && group.logGroupClass !== "DELIVERY") {
      const command = new PutRetentionPolicyCommand({ logGroupName, retentionInDays: retentionDays });
      await give(gotRetention, logGroupName, () => client.send(command));
    }
    if (group.kmsKeyId === undefined) {
      const command = new AssociateKmsKeyCommand({ logGroupName, kmsKeyId: keyArn });
      await give(gotKey, logGroupName, () => client.send(command));
    }
  }
  if (failures !== undefined && failures.length > 0) {
    throw new OperatorError(
      "LogGroupsUnmended",
      `${failures.length} changes of log groups failed: ${failures.join("; ")}.`,
      "see that the function's role and the policy of the logs key allow it; all others are done.",
    );
  }
  return { seen: groups.size, gotRetention: gotRetention ?? [], gotKey: gotKey ?? [] };
}

async function* groupsOf(
  client: Pick<CloudWatchLogsClient, "send">,
  logGroupNamePrefix: string,
): AsyncGenerator<LogGroup> {
  let nextToken: string | undefined;
  do {
    const page = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
    yield* page.logGroups ?? [];
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
