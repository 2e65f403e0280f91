import { FAILOVER_EVENT_IDS } from "../../functions/remediation/cases/failover-events";
import { clusterIdentifier } from "../database/cluster-identifier";
import type { CaseParts, CasePlace } from "./case-parts";

/** Failovers of the database. */
export function failoverCase(place: CasePlace): CaseParts {
  const { names, accountId, region } = place;
  const clusterArn = `arn:aws:rds:${region}:${accountId}:cluster:${clusterIdentifier(names)}`;
  return {
    rules: [
      {
        what: "failover",
        description: "A failover of the database ended",
        trigger: {
          pattern: {
            source: ["aws.rds"],
            "detail-type": ["RDS DB Cluster Event"],
            // The category is spelled in two ways in AWS's guides; ids are not.
            detail: { SourceArn: [clusterArn], EventID: FAILOVER_EVENT_IDS },
          },
        },
      },
    ],
    statements: [
      {
        Sid: "SeeDatabase",
        Effect: "Allow",
        Action: ["rds:DescribeDBClusters", "rds:ListTagsForResource"],
        Resource: clusterArn,
      },
    ],
    settings: { failover: { clusterArn } },
  };
}
