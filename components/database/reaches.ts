import type * as pulumi from "@pulumi/pulumi";
import type { Reach } from "../reach";
import { DATABASE_PORT } from "./users";

const HTTPS = 443;

/** All that a function reaches which signs in to a database: the database itself, and the service that says how. */
export function databaseReaches(
  groups: {
    readonly databaseSecurityGroupId: pulumi.Input<string>;
    readonly endpointsSecurityGroupId: pulumi.Input<string>;
  },
  who: string,
  service = "Secrets Manager",
): Reach[] {
  return [
    {
      to: "database",
      securityGroupId: groups.databaseSecurityGroupId,
      port: DATABASE_PORT,
      description: `PostgreSQL from ${who}`,
    },
    {
      to: "endpoints",
      securityGroupId: groups.endpointsSecurityGroupId,
      port: HTTPS,
      description: `${service} from ${who}`,
    },
  ];
}
