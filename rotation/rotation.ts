import type { ClusterDirectory } from "./clusters";
import type { Databases } from "./databases";
import { type Login, parseLogin } from "./login";
import type { PasswordPolicy } from "./passwords";
import { nameOf, type SecretVersions, type Version } from "./versions";

/** One step of one rotation, with all it works with. */
export interface Rotation {
  readonly secretArn: string;
  /** Id of the version that becomes the current one. */
  readonly versionId: string;
  readonly rotationToken: string | undefined;
  readonly versions: SecretVersions;
  readonly databases: Databases;
  readonly clusters: ClusterDirectory;
  readonly passwords: PasswordPolicy;
  /** Hosts that a secret may name although its master's does not, in lower case. */
  readonly extraHosts: ReadonlySet<string>;
  /** Told every secret before anything else is done with it. */
  readonly remember: (secret: string) => void;
  /** Told what happens; the texts hold no secret. */
  readonly log: (text: string) => void;
}

/** Reads a version that has to be there. */
export async function needLogin(rotation: Rotation, version: Version): Promise<Login> {
  const { secretArn, versions } = rotation;
  return toLogin(rotation, version, await versions.need(secretArn, version));
}

/** Reads a version, if there is one. */
export async function readLogin(rotation: Rotation, version: Version): Promise<Login | undefined> {
  const text = await rotation.versions.read(rotation.secretArn, version);
  return text === undefined ? undefined : toLogin(rotation, version, text);
}

/** The version that this rotation is about. */
export function pendingVersion({ versionId: id }: Rotation): Version {
  return { stage: "AWSPENDING", id };
}

export const CURRENT: Version = { stage: "AWSCURRENT" };

function toLogin({ secretArn, remember }: Rotation, version: Version, text: string): Login {
  const login = parseLogin(nameOf(secretArn, version), text);
  remember(login.password);
  return login;
}
