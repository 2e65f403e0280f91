import type * as pulumi from "@pulumi/pulumi";
import type { Watched } from "./watched";

/** A question to logs that somebody on call asks again and again. */
export interface SavedQuery {
  /** Folder and name, such as `api/errors-by-route`. */
  readonly what: string;
  readonly logGroupNames: readonly pulumi.Input<string>[];
  /** In the language of CloudWatch Logs Insights. */
  readonly query: readonly string[];
}

/** The questions that a stack's logs can answer. */
export function savedQueries({ api, database, rotation, service, inspection, audit }: Watched): SavedQuery[] {
  const firewallLog = api?.logGroupNames.firewall;
  return [
    ...(api
      ? [
          {
            what: "api/errors-by-route",
            logGroupNames: [api.logGroupNames.access],
            query: [
              "filter status >= 400",
              "stats count() as requests by status, httpMethod, route, integrationStatus, errorType, wafStatus",
              "sort requests desc",
              "limit 50",
            ],
          },
          {
            what: "api/slowest-routes",
            logGroupNames: [api.logGroupNames.access],
            query: [
              "stats count() as requests, pct(responseLatency, 50) as p50, pct(responseLatency, 99) as p99 by httpMethod, route",
              "sort p99 desc",
              "limit 20",
            ],
          },
        ]
      : []),
    ...(firewallLog === undefined
      ? []
      : [
          {
            what: "firewall/blocks-by-rule",
            logGroupNames: [firewallLog],
            query: [
              'filter action = "BLOCK"',
              "stats count() as requests by terminatingRuleId, terminatingRuleType, bin(5m)",
              "sort requests desc",
              "limit 50",
            ],
          },
        ]),
    ...(database
      ? [
          {
            what: "database/slow-statements",
            logGroupNames: [database.metrics.serverLogGroupName],
            query: [
              "parse @message /duration: (?<milliseconds>[0-9.]+) ms +(?<kind>\\w+).*?: (?<statement>.+)/",
              "filter ispresent(milliseconds)",
              "stats count() as runs, max(milliseconds) as slowest, avg(milliseconds) as average by statement",
              "sort slowest desc",
              "limit 25",
            ],
          },
          {
            what: "database/sign-ins-by-user",
            logGroupNames: [database.metrics.serverLogGroupName],
            query: [
              "parse @message /connection authorized: user=(?<who>\\S+) database=(?<where>\\S+)/",
              "filter ispresent(who)",
              "stats count() as signIns, min(@timestamp) as first, max(@timestamp) as last by who, where",
              "sort signIns desc",
            ],
          },
        ]
      : []),
    ...(rotation
      ? [
          {
            what: "rotation/history",
            logGroupNames: [rotation.metrics.function.logGroupName],
            query: [
              "fields @timestamp, level, message",
              'filter type not like "platform"',
              "sort @timestamp desc",
              "limit 100",
            ],
          },
        ]
      : []),
    ...(service
      ? [
          {
            what: "service/errors",
            logGroupNames: [service.metrics.logGroupName],
            query: [
              "fields @timestamp, @message",
              "filter @message like /(?i)error/",
              "sort @timestamp desc",
              "limit 100",
            ],
          },
        ]
      : []),
    ...(inspection?.metrics.service === undefined
      ? []
      : [
          {
            what: "service/spot-interruptions",
            logGroupNames: [inspection.metrics.function.logGroupName],
            query: [
              "filter SpotInterruptions = 1",
              "stats count() as tasks by bin(1h), zone, reason",
              "sort tasks desc",
              "limit 100",
            ],
          },
          {
            what: "service/stopped-tasks",
            logGroupNames: [inspection.metrics.function.logGroupName],
            query: [
              "filter ispresent(TaskFailures)",
              "fields @timestamp, task, zone, capacity, code, reason, exits",
              "sort @timestamp desc",
              "limit 100",
            ],
          },
        ]),
    ...(audit?.metrics.logGroupName === undefined
      ? []
      : [
          {
            what: "audit/access-by-principal",
            logGroupNames: [audit.metrics.logGroupName],
            query: [
              'filter userIdentity.type not like "AWSService"',
              "fields coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn) as principal",
              "stats count() as calls, count(errorCode) as refused, max(@timestamp) as last by principal, eventSource, eventName",
              "sort calls desc",
              "limit 100",
            ],
          },
        ]),
  ];
}
