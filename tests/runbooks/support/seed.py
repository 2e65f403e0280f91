"""What runbooks look for in an account of stack `prod`, made in moto; see aws_server.py."""

import json

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
# Names that stand in runbooks for what only the person on call knows.
EXAMPLE = "example-0000-4000-8000-000000000000"


def seed(client):
    data(client)
    service(client)
    queues(client)
    account(client)


def data(client):
    rds = client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="streamflix-database-prod", Engine="aurora-postgresql", MasterUsername="owner",
        MasterUserPassword="long-enough")
    for instance in ("database-1", EXAMPLE):
        rds.create_db_instance(
            DBInstanceIdentifier=instance, DBClusterIdentifier="streamflix-database-prod", DBInstanceClass="db.r8g.large",
            Engine="aurora-postgresql")
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/streamflix-viewer-data-prod", TargetKeyId=key)
    client("kinesis").create_stream(StreamName="streamflix-events-prod", ShardCount=2)
    secrets = client("secretsmanager")
    for who in ("master", "service"):
        secrets.create_secret(Name=f"streamflix/prod/database/{who}-AbCdEf", SecretString="{}")
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="streamflix-vault-prod")
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "streamflix-backup-prod", "Rules": [
        {"RuleName": "daily", "TargetBackupVaultName": "streamflix-vault-prod"}]})
    client("efs").create_file_system(CreationToken="streamflix-files-prod")
    logs = client("logs")
    for what in ("service/output", "inspection", "data-retention", "streaming/delivery", "trail", "game-days"):
        logs.create_log_group(logGroupName=f"/streamflix/prod/{what}")
    logs.create_log_group(logGroupName="/aws/rds/cluster/streamflix-database-prod/postgresql")


def service(client):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="streamflix-services-prod")
    task = ecs.register_task_definition(
        family="streamflix-service-prod", containerDefinitions=[{"name": "application", "image": "image", "memory": 512}])
    ecs.create_service(
        cluster="streamflix-services-prod", serviceName="streamflix-service-prod", desiredCount=1,
        taskDefinition=task["taskDefinition"]["taskDefinitionArn"])
    ssm = client("ssm")
    for what in ("remediation/capacity-shift", "cache/user"):
        ssm.put_parameter(Name=f"/streamflix/prod/{what}", Value="none", Type="String")
    role = client("iam").create_role(RoleName="streamflix-backup-prod-1", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    functions = client("lambda")
    for what in ("data-retention", "inspection", "remediation", EXAMPLE):
        name = what if what == EXAMPLE else f"streamflix-{what}-prod"
        functions.create_function(
            FunctionName=name, Runtime="nodejs22.x", Role=role, Handler="index.handler", Code={"ZipFile": b""})


def queues(client):
    sns, sqs = client("sns"), client("sqs")
    for what in ("alerts", "alerts-warnings"):
        sns.create_topic(Name=f"streamflix-{what}-prod")
    for what in ("rotation", "data-retention", "remediation", "alerts", EXAMPLE):
        sqs.create_queue(QueueName=f"streamflix-{what}-failures-prod")


def account(client):
    iam = client("iam")
    iam.create_user(UserName=EXAMPLE)
    iam.create_login_profile(UserName=EXAMPLE, Password="Long-enough-1")
    iam.create_role(RoleName=EXAMPLE, AssumeRolePolicyDocument=TRUST)
    s3 = client("s3")
    s3.create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client("cloudtrail").create_trail(Name="streamflix-audit-prod", S3BucketName="trail")
    client("guardduty").create_detector(Enable=True)
    client("cloudwatch").put_metric_alarm(
        AlarmName="streamflix-backup-failed-prod", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
        MetricName="m", Namespace="n", Period=60, Statistic="Sum", Threshold=0)
