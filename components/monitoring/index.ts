import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MonitoringConfig, Names } from "../../config";
import { DATABASE_NAMESPACE } from "../database/metrics";
import { countLines } from "../log-metric";
import { alarmName, type AlarmRow, description, makeAlarm } from "./alarm";
import { Costs } from "./costs";
import { dataWidgets, operationsWidgets, type Shown } from "./dashboards";
import { burnAlarms } from "./objectives";
import { savedQueries } from "./queries";
import { apiAlarms, canaryAlarms } from "./rows/api";
import { auditAlarms } from "./rows/audit";
import { backupAlarms } from "./rows/backup";
import { cacheAlarms } from "./rows/cache";
import { copyAlarms, copyCheckAlarms } from "./rows/copies";
import { databaseAlarms } from "./rows/database";
import { erasureAlarms } from "./rows/erasures";
import { inspectionAlarms } from "./rows/inspection";
import {
  failureAlarms,
  filesAlarms,
  functionAlarms,
  logAlarms,
  natAlarms,
  topicAlarms,
} from "./rows/platform";
import { serviceAlarms } from "./rows/service";
import { streamingAlarms } from "./rows/streaming";
import { DATA_TIER } from "./thresholds";
import type { Watched } from "./watched";
import { placed } from "./widgets";

export interface MonitoringArgs {
  readonly names: Names;
  readonly region: string;
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
 * Alarms on everything that the stack runs, two dashboards, saved queries, and warnings about costs. Each alarm tells people itself, or through a composite: that is one message where
 * one cause sets off several, and the only kind of alarm whose messages CloudWatch can hold back.
 */
export class Monitoring extends pulumi.ComponentResource {
  readonly dashboardNames: readonly string[];
  /** Alarms that go on within minutes when a promise to callers is broken fast; none where nothing is promised. */
  readonly fastBurnAlarmArns: readonly pulumi.Output<string>[];

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:monitoring:Monitoring", name, {}, opts);
    const { names, monitoring, watched } = args;
    const parent = { parent: this };
    const place = { names, topics: watched.alerts?.topics };
    const make = (row: AlarmRow) => makeAlarm(`${name}-${row.what}`, row, place, parent);

    const rows = [...this.databaseRows(name, args), ...rowsOf(args)];
    const alarms = rows.map((row) => ({ row, alarm: make(row) }));
    const burning = burns(args).map(({ windows: [long, short], ...burn }) => ({
      burn,
      rule: [long, short].map((row) => inAlarm(names, row)).join(" AND "),
      long: make(long),
      short: make(short),
    }));
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
      ...burning.map(({ burn, rule, long, short }) => ({ ...burn, rule, alarms: [long, short] })),
    ];
    this.fastBurnAlarmArns = burning.filter(({ burn }) => burn.pace === "fast").map(({ short }) => short.arn);
    const told = composites.map((composite) => this.composite(name, args, composite).arn);
    this.dashboardNames = this.dashboards(name, args, rows, {
      all: [...alarms.filter(({ row }) => row.through === undefined).map(({ alarm }) => alarm.arn), ...told],
      data: ofDataTier.map(({ alarm }) => alarm.arn),
    });
    for (const { what, logGroupNames, query } of savedQueries(watched)) {
      new aws.cloudwatch.QueryDefinition(
        `${name}-${what.replaceAll("/", "-")}`,
        {
          name: names.fixed("savedQuery", what),
          logGroupNames: [...logGroupNames],
          queryString: query.join("\n| "),
        },
        parent,
      );
    }
    if (monitoring.costs && watched.alerts) {
      new Costs(`${name}-costs`, { names, costs: monitoring.costs, topics: watched.alerts.topics }, parent);
    }
    this.registerOutputs({
      dashboardNames: this.dashboardNames,
      fastBurnAlarmArns: this.fastBurnAlarmArns,
    });
  }

  /** One view for whoever is on call, one for whoever looks after the data, if there is any. Their names. */
  private dashboards(
    name: string,
    { names, region, watched }: MonitoringArgs,
    rows: readonly AlarmRow[],
    alarmArns: { readonly all: pulumi.Input<string>[]; readonly data: pulumi.Input<string>[] },
  ): string[] {
    const shown: Shown = {
      region,
      watched,
      rows,
      alarmArns: alarmArns.all,
      dataAlarmArns: alarmArns.data,
    };
    const views = {
      operations: operationsWidgets(shown),
      ...(alarmArns.data.length > 0 && { data: dataWidgets(shown) }),
    };
    return Object.entries(views).map(([what, widgets]) => {
      const dashboardName = names.fixed("dashboard", what);
      new aws.cloudwatch.Dashboard(
        `${name}-${what}`,
        {
          dashboardName,
          dashboardBody: pulumi.jsonStringify(placed(widgets)),
        },
        // What the program publishes itself has to be there.
        { parent: this, dependsOn: rows.flatMap(({ publishedBy }) => publishedBy ?? []) },
      );
      return dashboardName;
    });
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

  private composite(
    name: string,
    { names, watched: { alerts } }: MonitoringArgs,
    made: Composite,
  ): aws.cloudwatch.CompositeAlarm {
    const told = alerts === undefined ? [] : [alerts.topics[made.severity]];
    return new aws.cloudwatch.CompositeAlarm(
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
  const { network, alerts, database, primaryMoves, rotation, dataRetention, logSweeper } = watched;
  const { remediation, audit, inspection, cache, files, backup, streaming, copyCheck } = watched;
  const { service, api, canary } = watched;
  const verification = backup?.metrics.tests?.verification;
  const functions = [
    database?.metrics.rolesFunction,
    rotation?.metrics.function,
    dataRetention?.metrics.function,
    logSweeper?.metrics.function,
    remediation?.metrics.function,
    inspection?.metrics.function,
    copyCheck?.metrics.function,
    ...(verification?.functions ?? []),
  ].filter((it) => it !== undefined);
  return [
    ...(dataRetention ? erasureAlarms(dataRetention.metrics, thresholds) : []),
    ...(cache ? cacheAlarms(cache.metrics, thresholds) : []),
    ...(files ? filesAlarms(files.metrics, thresholds) : []),
    ...(backup ? backupAlarms(backup.metrics) : []),
    ...(streaming ? streamingAlarms(streaming.metrics, thresholds) : []),
    ...copyAlarms(watched.copies),
    ...(copyCheck ? copyCheckAlarms(copyCheck.metrics) : []),
    ...(service ? serviceAlarms(service.metrics, thresholds) : []),
    ...(api ? apiAlarms(api.metrics, thresholds) : []),
    ...(canary ? canaryAlarms(canary) : []),
    ...(audit?.metrics.events ? auditAlarms(audit.metrics.events) : []),
    ...(inspection ? inspectionAlarms(inspection.metrics, thresholds) : []),
    ...natAlarms(network.natMetrics),
    ...functionAlarms(functions, thresholds),
    ...failureAlarms({
      ...(primaryMoves && { "primary-moves": primaryMoves.metrics }),
      ...(rotation && { rotation: rotation.metrics.failures }),
      ...(dataRetention && { "data-retention": dataRetention.metrics.failures }),
      ...(logSweeper && { "log-sweeper": logSweeper.metrics.failures }),
      ...(remediation && { remediation: remediation.metrics.failures }),
      ...(audit?.metrics.failures && { findings: audit.metrics.failures }),
      ...(inspection && { inspection: inspection.metrics.failures }),
      ...(copyCheck && { "copy-check": copyCheck.metrics.failures }),
      ...(verification && { "restore-verification": verification.failures }),
      ...(alerts && { alerts: alerts.failures.metrics }),
    }),
    ...topicAlarms(alerts?.topicNames ?? {}),
    ...logAlarms(thresholds),
  ];
}

function inAlarm(names: Names, row: Pick<AlarmRow, "what">): string {
  return `ALARM("${alarmName(names, row)}")`;
}
