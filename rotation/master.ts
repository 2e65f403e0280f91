import { setTimeout as sleep } from "node:timers/promises";

import { OperatorError } from "../functions/shared/errors";
import type { Session } from "../functions/shared/transaction";
import type { Cluster } from "./clusters";
import { sameHost } from "./guards";
import { type Login, type MasterLogin, parseMaster } from "./login";
import { CURRENT, type Rotation } from "./rotation";
import { nameOf, type Version } from "./versions";

/** Tag of a secret that RDS manages; services have spelled its case differently. */
const CLUSTER_TAG = "aws:rds:primarydbclusterarn";

/** Where the master's password may stand: in the moment of the master's own rotation, in the pending version. */
const VERSIONS: readonly Version[] = [CURRENT, { stage: "AWSPENDING" }, CURRENT];

/**
 * A session of the master whom a secret names, on the writer of the same cluster and in the secret's database.
 *
 * @throws OperatorError before any connection when the secret's host is none of that cluster: its owner could otherwise
 * make this function act as master elsewhere
 */
export async function openMaster(rotation: Rotation, login: Login): Promise<Session> {
  const { databases, versions, log } = rotation;
  const arn = login.masterarn ?? "";
  const master = parse(rotation, arn, CURRENT, await versions.need(arn, CURRENT));
  const writer = await writerFor(rotation, arn, master, login);
  for (const [index, version] of VERSIONS.entries()) {
    const text = index === 0 ? undefined : await versions.read(arn, version);
    const user = index === 0 ? master : text === undefined ? undefined : parse(rotation, arn, version, text);
    if (user === undefined) continue;
    const session = await databases.signIn({ ...writer, dbname: login.dbname }, user);
    if (session !== undefined) return session;
    log(`the master's password of ${version.stage ?? ""} is refused`);
    await sleep(databases.patience.pauseMs);
  }
  throw new OperatorError(
    "SignInRefused",
    `${writer.host} refuses the master with the password of ${arn}.`,
    "see whether a rotation of the master's secret is stuck; its current version has to hold what the database has.",
  );
}

function parse({ remember }: Rotation, arn: string, version: Version, text: string): MasterLogin {
  const master = parseMaster(nameOf(arn, version), text);
  remember(master.password);
  return master;
}

/** The host where the master signs in, once it is clear that the secret's host has the same users. */
async function writerFor(
  { clusters, versions, extraHosts }: Rotation,
  arn: string,
  master: MasterLogin,
  login: Login,
): Promise<{ readonly host: string; readonly port: number }> {
  const { host } = login;
  let cluster: Cluster | undefined;
  if (master.host === undefined) {
    const tags = [...(await versions.describe(arn)).tags];
    const [, clusterArn] = tags.find(([key]) => key.toLowerCase() === CLUSTER_TAG) ?? [];
    cluster = clusterArn === undefined ? undefined : await clusters.find({ arn: clusterArn });
    if (cluster === undefined) {
      throw new OperatorError(
        "SecretUnusable",
        `Secret ${arn} says of no server where the master signs in, neither in its text nor by a cluster's tag.`,
        "add host and port to it.",
      );
    }
  }
  const writer = {
    host: cluster?.writer ?? master.host ?? "",
    port: cluster?.port ?? master.port ?? login.port,
  };
  if (sameHost(host, writer.host) || extraHosts.has(host.toLowerCase())) return writer;
  cluster ??= await clusters.find({ writer: writer.host });
  if (cluster?.others.some((other) => sameHost(host, other)) === true) return writer;
  throw new OperatorError(
    "HostNotAllowed",
    `The secret's host ${host} is none of the cluster of its master, ${writer.host}.`,
    "store the writer's endpoint, a reader's of the same cluster, or a name that the function's CERTIFICATE_NAMES has.",
  );
}
