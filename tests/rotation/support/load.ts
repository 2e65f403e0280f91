import { readThrown } from "../../../functions/shared/errors";
import { type RotatedLogin, RotatedSecret, type Stage, withLogin } from "../../../rotation/client";
import { DATABASE, type RotationWorld } from "./world";

export interface LoadOptions {
  readonly arn: string;
  readonly rotations: number;
  /** How long a login is kept, in milliseconds; `forever` is what no service should do. */
  readonly ttlMs: number | "forever";
  /** Whether a refused login is tried once more with the secret read anew. */
  readonly retries: boolean;
}

/** What services met while a secret was rotated again and again. */
export interface LoadResult {
  readonly logins: number;
  /** Refused for their password, after the retry if there is one. */
  readonly refused: number;
  /** Refused at first, and good after the retry. */
  readonly recovered: number;
}

const WORKERS = 4;

/**
 * Signs in without a pause, on new connections, with several workers, while a secret is rotated.
 *
 * A rotation begins only after every login that still had a version from before the last one has ended: the interval
 * between two rotations is longer than logins are kept, as it has to be. With `forever` that can't be waited for.
 */
export async function signInDuringRotations(
  world: RotationWorld,
  { arn, rotations, ttlMs, retries }: LoadOptions,
): Promise<LoadResult> {
  const secret = new RotatedSecret({
    read: (stage: Stage) => Promise.resolve(world.secrets.value(arn, stage)),
    ttlMs: ttlMs === "forever" ? Number.MAX_SAFE_INTEGER : ttlMs,
  });
  const started = Array.from({ length: WORKERS }, () => 0);
  let isOver = false;
  let logins = 0;
  let refused = 0;
  let recovered = 0;

  const signIn = async (login: RotatedLogin) => {
    const client = await world.server.connect(login.username, login.password, DATABASE);
    await client.end();
  };
  const worker = async (index: number) => {
    while (!isOver) {
      started[index] = Date.now();
      logins += 1;
      let attempts = 0;
      const attempt = (login: RotatedLogin) => {
        attempts += 1;
        return signIn(login);
      };
      try {
        await (retries ? withLogin(secret, attempt) : secret.login().then(attempt));
        if (attempts > 1) recovered += 1;
      } catch (error) {
        if (readThrown(error).code !== "28P01") throw error;
        refused += 1;
      }
    }
  };
  const rotate = async () => {
    for (let rotation = 0; rotation < rotations; rotation += 1) {
      await world.rotate(arn);
      const ended = Date.now() + (ttlMs === "forever" ? 0 : ttlMs);
      while (started.some((time) => time <= ended)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    isOver = true;
  };
  await Promise.all([rotate(), ...started.map((_, index) => worker(index))]);
  return { logins, refused, recovered };
}
