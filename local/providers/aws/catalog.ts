import type { Model } from "./model";
import { accessAnalyzerModels } from "./models/access-analyzer";
import { acmModels } from "./models/acm";
import { apiGatewayModels } from "./models/apigateway";
import { apiGatewayAccessModels } from "./models/apigateway-access";
import { cloudtrailModels } from "./models/cloudtrail";
import { backupModels } from "./models/backup";
import { cloudwatchModels } from "./models/cloudwatch";
import { canaryModels } from "./models/canary";
import { configurationModels } from "./models/configuration";
import { costModels } from "./models/costs";
import { ec2Models } from "./models/ec2";
import { ecrModels } from "./models/ecr";
import { ecsModels } from "./models/ecs";
import { ecsServiceModels } from "./models/ecs-service";
import { ecsTaskModels } from "./models/ecs-task";
import { efsModels } from "./models/efs";
import { elasticacheModels } from "./models/elasticache";
import { elasticacheUserModels } from "./models/elasticache-users";
import { eventModels } from "./models/events";
import { fisModels } from "./models/fis";
import { firehoseModels } from "./models/firehose";
import { glueModels } from "./models/glue";
import { guarddutyModels } from "./models/guardduty";
import { iamModels } from "./models/iam";
import { iamAccountModels } from "./models/iam-account";
import { keyModels } from "./models/keys";
import { kinesisModels } from "./models/kinesis";
import { lambdaModels } from "./models/lambda";
import { lambdaInvocationModels } from "./models/lambda-invocation";
import { lbModels } from "./models/lb";
import { logModels } from "./models/logs";
import { monitoringModels } from "./models/monitoring";
import { rdsModels } from "./models/rds";
import { rdsGlobalModels } from "./models/rds-global";
import { rdsGroupModels } from "./models/rds-groups";
import { rdsInstanceModels } from "./models/rds-instance";
import { rdsSnapshotModels } from "./models/rds-snapshots";
import { restoreTestingModels } from "./models/restore-testing";
import { route53Models } from "./models/route53";
import { s3Models } from "./models/s3";
import { s3LifecycleModels } from "./models/s3-lifecycle";
import { organizationModels } from "./models/organizations";
import { s3ReplicationModels } from "./models/s3-replication";
import { stackSetModels } from "./models/stack-sets";
import { scalingModels } from "./models/scaling";
import { schedulerModels } from "./models/scheduler";
import { secretVersionModels } from "./models/secret-versions";
import { secretModels } from "./models/secrets";
import { snsModels } from "./models/sns";
import { sqsModels } from "./models/sqs";
import { ssmModels } from "./models/ssm";
import { stateMachineModels } from "./models/state-machines";
import { vpcAccessModels } from "./models/vpc-access";
import { wafModels } from "./models/wafv2";

/** Every resource type the simulation knows, by type token. */
export const models: ReadonlyMap<string, Model> = new Map(
  [
    ...keyModels,
    ...iamModels,
    ...iamAccountModels,
    ...ecrModels,
    ...logModels,
    ...ec2Models,
    ...vpcAccessModels,
    ...s3Models,
    ...s3LifecycleModels,
    ...s3ReplicationModels,
    ...organizationModels,
    ...stackSetModels,
    ...kinesisModels,
    ...firehoseModels,
    ...fisModels,
    ...glueModels,
    ...snsModels,
    ...sqsModels,
    ...rdsGroupModels,
    ...rdsModels,
    ...rdsInstanceModels,
    ...rdsGlobalModels,
    ...rdsSnapshotModels,
    ...scalingModels,
    ...schedulerModels,
    ...elasticacheModels,
    ...elasticacheUserModels,
    ...efsModels,
    ...backupModels,
    ...restoreTestingModels,
    ...secretModels,
    ...secretVersionModels,
    ...ssmModels,
    ...stateMachineModels,
    ...lambdaModels,
    ...lambdaInvocationModels,
    ...monitoringModels,
    ...cloudwatchModels,
    ...costModels,
    ...canaryModels,
    ...eventModels,
    ...lbModels,
    ...ecsModels,
    ...ecsTaskModels,
    ...ecsServiceModels,
    ...apiGatewayModels,
    ...apiGatewayAccessModels,
    ...wafModels,
    ...acmModels,
    ...route53Models,
    ...cloudtrailModels,
    ...guarddutyModels,
    ...configurationModels,
    ...accessAnalyzerModels,
  ].map((model) => [model.type, model]),
);

/** The model of a type; an error that names the type when there is none. */
export function modelOf(type: string): Model {
  const model = models.get(type);
  if (!model) {
    throw new Error(
      `${type} has no model in the local simulation. Add one under local/providers/aws/models before using it`,
    );
  }
  return model;
}

/** Types of objects that can refer to a type by id, with the properties that do. */
export function referrersOf(type: string): { type: string; properties: string[] }[] {
  return [...models.values()].flatMap((model) => {
    const properties = Object.entries(model.references ?? {})
      .filter(([, reference]) => reference.by === "id" && reference.types.includes(type))
      .map(([property]) => property);
    return properties.length > 0 ? [{ type: model.type, properties }] : [];
  });
}
