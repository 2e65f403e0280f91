import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Counterpart, Names } from "../../config";
import { SeededSecret } from "../secret";
import { DATABASE_NAME, DATABASE_PORT, MASTER_USER, SERVICE_USERS } from "./users";

/** Length of a password, in characters. */
const PASSWORD_LENGTH = 32;

/**
 * A first password: letters, digits and what needs no escape in a URL, which RDS takes too. Rotation draws the later
 * ones. Passed as a secret all the way, so it is encrypted in the state.
 */
export function firstPassword(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new random.RandomPassword(
    name,
    {
      length: PASSWORD_LENGTH,
      overrideSpecial: "-_.~",
      minLower: 1,
      minUpper: 1,
      minNumeric: 1,
      minSpecial: 1,
    },
    opts,
  ).result;
}

export interface DatabaseSecretsArgs {
  readonly names: Names;
  readonly accountId: string;
  /** Writer endpoint of the cluster. */
  readonly host: pulumi.Input<string>;
  readonly masterPassword: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Stack that gets copies. @default no copies */
  readonly standby?: Counterpart | undefined;
  /** Days a deleted secret can be restored, 7 to 30. */
  readonly recoveryWindowDays: number;
  readonly protect: boolean;
}

/** Names of the secrets, as policies refer to them before they exist. */
export const SECRETS = { master: "database/master", service: "database/service" } as const;

/** How the master and the service sign in, in the form that AWS's drivers and rotation know. */
export class DatabaseSecrets extends pulumi.ComponentResource {
  readonly arns: { readonly master: pulumi.Output<string>; readonly service: pulumi.Output<string> };

  constructor(name: string, args: DatabaseSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:DatabaseSecrets", name, {}, opts);
    const seed = (what: keyof typeof SECRETS, description: string, login: Record<string, unknown>) =>
      new SeededSecret(
        `${name}-${what}`,
        {
          names: args.names,
          accountId: args.accountId,
          what: SECRETS[what],
          description,
          value: pulumi.secret(
            pulumi.jsonStringify({
              engine: "postgres",
              host: args.host,
              port: DATABASE_PORT,
              dbname: DATABASE_NAME,
              ssl: true,
              ...login,
            }),
          ),
          keyArn: args.keyArn,
          standby: args.standby,
          recoveryWindowDays: args.recoveryWindowDays,
          protect: args.protect,
        },
        { parent: this },
      ).arn;

    const master = seed("master", "Master user of the database: makes roles, sets passwords, nothing else", {
      username: MASTER_USER,
      password: args.masterPassword,
    });
    const service = seed("service", "Service user of the database: one of a pair that rotation alternates", {
      username: SERVICE_USERS[0],
      password: firstPassword(`${name}-service`, { parent: this }),
      usernames: SERVICE_USERS,
      masterarn: master,
    });
    this.arns = { master, service };
    this.registerOutputs({ arns: this.arns });
  }
}
