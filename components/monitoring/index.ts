import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoringConfig, Names } from "../../config";
import type { Alerts } from "../alerts";
import type { Api } from "../api";
import type { Cache } from "../cache";
import type { Database } from "../database";
import { DATABASE_NAMESPACE } from "../database/metrics";
import type { Files } from "../files";
import { countLines } from "../log-metric";
import type { Network } from "../network";
import type { Rotation } from "../rotation";
import type { Service } from "../service";
import { alarmName, type AlarmRow, description, makeAlarm } from "./alarm";
import { burnAlarms } from "./objectives";
import { apiAlarms } from "./rows/api";
import { cacheAlarms } from "./rows/cache";
import { databaseAlarms } from "./rows/database";
import {
  failureAlarms,
  filesAlarms,
  functionAlarms,
  logAlarms,
  natAlarms,
  topicAlarms,
} from "./rows/platform";
import { serviceAlarms } from "./rows/service";
import { DATA_TIER } from "./thresholds";

/** What is watched; each is left out where the stack has none. */
export interface Watched {
  readonly network: Pick<Network, "natMetrics">;
  readonly alerts: Pick<Alerts, "topics" | "topicNames" | "failures"> | undefined;
  readonly database: Pick<Database, "metrics"> | undefined;
  readonly rotation: Pick<Rotation, "metrics"> | undefined;
  readonly cache: Pick<Cache, "metrics"> | undefined;
  readonly files: Pick<Files, "metrics"> | undefined;
  readonly service: Pick<Service, "metrics"> | undefined;
  readonly api: Pick<Api, "metrics"> | undefined;
}

export interface MonitoringArgs {
  readonly names: Names;
  readonly monitoring: MonitoringConfig;
  readonly watched: Watched;
}

/** An alarm on alarms. */
interface Composite extends Pick<AlarmRow, "what" | "severity" | "means" | "runbook"> {
  readonly rule: string;
  readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
}

/** A log shows that a sign-in to the database was refused in any of these ways; IAM's goes through PAM. */
const REFUSED_SIGN_INS =
  '?"password authentication failed" ?"PAM authentication failed" ?"no pg_hba.conf entry"';

/**
 * Alarms on everything that the stack runs. Each tells people itself, or through a composite: that is one message where
 * one cause sets off several, and the only kind of alarm whose messages CloudWatch can hold back.
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:monitoring:Monitoring", name, {}, opts);
    const { names, watched } = args;
    const parent = { parent: this };
    const place = { names, topics: watched.alerts?.topics };
    const make = (row: AlarmRow) => makeAlarm(`${name}-${row.what}`, row, place, parent);

    const rows = [...this.databaseRows(name, args), ...rowsOf(args)];
    const alarms = rows.map((row) => ({ row, alarm: make(row) }));
    const ofDataTier = alarms.filter(({ row }) => row.through === DATA_TIER);
    const composites: Composite[] = [
      ...(ofDataTier.length === 0
        ? []
        : [
            {
              what: DATA_TIER,
              severity: "critical" as const,
              means: "The data tier is unhealthy; the message names the alarms that are on.",
              runbook: "database#data-tier",
              rule: ofDataTier.map(({ row }) => inAlarm(names, row)).join(" OR "),
              alarms: ofDataTier.map(({ alarm }) => alarm),
            },
          ]),
      ...burns(args).map(({ windows, ...burn }) => ({
        ...burn,
        rule: windows.map((row) => inAlarm(names, row)).join(" AND "),
        alarms: windows.map(make),
      })),
    ];
    for (const composite of composites) this.composite(name, args, composite);
    this.registerOutputs({});
  }

  /** The database's alarms, with the figures that only its log has. */
  private databaseRows(
    name: string,
    { names, monitoring, watched: { database } }: MonitoringArgs,
  ): AlarmRow[] {
    if (database === undefined) return [];
    const failedSignIns = countLines(
      `${name}-database-failed-sign-ins`,
      {
        names,
        namespace: DATABASE_NAMESPACE,
        what: "failed-sign-ins",
        logGroupName: database.metrics.serverLogGroupName,
        pattern: REFUSED_SIGN_INS,
      },
      { parent: this },
    );
    return databaseAlarms(database.metrics, failedSignIns, monitoring.thresholds);
  }

  private composite(name: string, { names, watched: { alerts } }: MonitoringArgs, made: Composite): void {
    const told = alerts === undefined ? [] : [alerts.topics[made.severity]];
    new aws.cloudwatch.CompositeAlarm(
      `${name}-${made.what}`,
      {
        alarmName: alarmName(names, made),
        alarmDescription: description(made.means, made.runbook),
        alarmRule: made.rule,
        alarmActions: told,
        okActions: told,
      },
      // The rule names them, by texts that make no dependency.
      { parent: this, dependsOn: [...made.alarms] },
    );
  }
}

function burns({ monitoring: { objectives }, watched: { api } }: MonitoringArgs) {
  return objectives === undefined || api === undefined ? [] : burnAlarms(objectives, api.metrics);
}

/** Everything but the database's. */
function rowsOf({ monitoring: { thresholds }, watched }: MonitoringArgs): AlarmRow[] {
  const { network, alerts, database, rotation, cache, files, service, api } = watched;
  const functions = [database?.metrics.rolesFunction, rotation?.metrics.function].filter(
    (it) => it !== undefined,
  );
  return [
    ...(cache ? cacheAlarms(cache.metrics, thresholds) : []),
    ...(files ? filesAlarms(files.metrics, thresholds) : []),
    ...(service ? serviceAlarms(service.metrics, thresholds) : []),
    ...(api ? apiAlarms(api.metrics, thresholds) : []),
    ...natAlarms(network.natMetrics),
    ...functionAlarms(functions, thresholds),
    ...failureAlarms({
      ...(rotation && { rotation: rotation.metrics.failures }),
      ...(alerts && { alerts: alerts.failures.metrics }),
    }),
    ...topicAlarms(alerts?.topicNames ?? {}),
    ...logAlarms(thresholds),
  ];
}

function inAlarm(names: Names, row: Pick<AlarmRow, "what">): string {
  return `ALARM("${alarmName(names, row)}")`;
}
