import type { Alerts } from "../alerts";
import type { Api } from "../api";
import type { Audit } from "../audit";
import type { Backup } from "../backup";
import type { CopyMetrics } from "../bucket-copies";
import type { Cache } from "../cache";
import type { CopyCheck } from "../copy-check";
import type { DataRetention } from "../data-retention";
import type { Database } from "../database";
import type { PrimaryMoves } from "../database/primary-moves";
import type { Files } from "../files";
import type { Inspection } from "../inspection";
import type { LogSweeper } from "../log-sweeper";
import type { Network } from "../network";
import type { Remediation } from "../remediation";
import type { Rotation } from "../rotation";
import type { Service } from "../service";
import type { Canary } from "./canary";
import type { Streaming } from "../streaming";

/** What is watched; each is left out where the stack has none. */
export interface Watched {
  readonly network: Pick<Network, "natMetrics">;
  readonly alerts: Pick<Alerts, "topics" | "topicNames" | "failures"> | undefined;
  readonly database: Pick<Database, "metrics"> | undefined;
  readonly primaryMoves: Pick<PrimaryMoves, "metrics"> | undefined;
  readonly rotation: Pick<Rotation, "metrics"> | undefined;
  readonly dataRetention: Pick<DataRetention, "metrics"> | undefined;
  readonly logSweeper: Pick<LogSweeper, "metrics"> | undefined;
  readonly remediation: Pick<Remediation, "metrics"> | undefined;
  readonly audit: Pick<Audit, "metrics"> | undefined;
  readonly inspection: Pick<Inspection, "metrics"> | undefined;
  readonly cache: Pick<Cache, "metrics"> | undefined;
  readonly files: Pick<Files, "metrics"> | undefined;
  readonly backup: Pick<Backup, "metrics"> | undefined;
  readonly streaming: Pick<Streaming, "metrics"> | undefined;
  /** Copies of buckets that go to the stack that stands by, and those that come from the one that it stands by for. */
  readonly copies: { readonly sent: readonly CopyMetrics[]; readonly taken: readonly CopyMetrics[] };
  readonly copyCheck: Pick<CopyCheck, "metrics"> | undefined;
  readonly service: Pick<Service, "metrics"> | undefined;
  readonly canary: Pick<Canary, "metrics" | "everyMinutes"> | undefined;
  readonly api: Pick<Api, "metrics" | "logGroupNames"> | undefined;
}
