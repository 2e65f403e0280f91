import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

import { type Check, NotRun } from "./check";

/** Answers of another account would say nothing. */
export function accountCheck(accountId: string, region: string): Check {
  return {
    name: "account",
    proves: "the credentials are of the stack's account",
    seconds: 30,
    look: async () => {
      const client = new STSClient({ region });
      const { Account } = await client.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
        throw new NotRun(`no answer to who this is (${error instanceof Error ? error.name : "error"})`);
      });
      if (Account !== accountId) throw new NotRun("the credentials are of another account");
      return "the credentials are of this account";
    },
  };
}
