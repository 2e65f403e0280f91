/** AWS types of the platform that need no rule of their own, and why. */
export const reviewedTypes: Readonly<Record<string, string>> = {
  "aws:acm/certificateValidation:CertificateValidation": "waits for a certificate and makes nothing",
  "aws:apigateway/account:Account": "names the role that writes the API's logs; the role's policy is judged",
  "aws:apigateway/basePathMapping:BasePathMapping": "joins a domain and a stage, which are judged themselves",
  "aws:apigateway/deployment:Deployment": "a snapshot of an API, which is judged itself",
  "aws:apigatewayv2/vpcLink:VpcLink": "a way into the network whose security groups are judged",
  "aws:appautoscaling/policy:Policy": "changes a number of tasks and holds no data",
  "aws:appautoscaling/target:Target": "bounds a number of tasks and holds no data",
  "aws:backup/restoreTestingSelection:RestoreTestingSelection":
    "what a test restores, by tag, and where; the plan is judged itself",
  "aws:backup/selection:Selection": "what a plan takes, by tag; what its role may do is judged there",
  "aws:backup/vaultNotifications:VaultNotifications": "tells a topic, which is judged itself",
  "aws:budgets/budget:Budget": "watches costs",
  "aws:cfg/deliveryChannel:DeliveryChannel": "delivers into a bucket under a key, both judged themselves",
  "aws:cfg/rule:Rule": "one of AWS's own checks; it changes nothing",
  "aws:cloudformation/stackInstances:StackInstances":
    "which accounts get a stack set; what is in the set is judged by a test on its template",
  "aws:cloudformation/stackSet:StackSet":
    "refused by another rule but where a setting lets it in; a test judges what its template makes",
  "aws:cloudwatch/dashboard:Dashboard": "shows metrics; its regions are judged by the rule on all types",
  "aws:cloudwatch/eventRule:EventRule": "a pattern of events; what one may start is in its targets' policies",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy":
    "its principals and regions are judged by the rule on all types",
  "aws:cloudwatch/logStream:LogStream": "a part of a log group, which is judged itself",
  "aws:cloudwatch/queryDefinition:QueryDefinition":
    "a saved question to log groups, which are judged themselves",
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": "watches costs",
  "aws:costexplorer/anomalySubscription:AnomalySubscription": "tells about costs; its topic is judged itself",
  "aws:ec2/eip:Eip": "an address of the NAT gateway, which lets nothing in",
  "aws:ec2/internetGateway:InternetGateway":
    "VPC Block Public Access and the routes decide what it lets through",
  "aws:ec2/natGateway:NatGateway": "lets nothing in; who may go out is in the security groups",
  "aws:ec2/route:Route": "where traffic may go is decided by security groups and VPC Block Public Access",
  "aws:ec2/routeTable:RouteTable": "an empty frame for routes",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "joins a subnet and a table of the same network",
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule":
    "where public images are copied from; the copies' encryption is in the template",
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration":
    "has images scanned when they arrive, and holds none",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "chooses between Fargate's prices",
  "aws:efs/backupPolicy:BackupPolicy": "off: the platform's own plan backs files up with its key and lock",
  "aws:elasticache/parameterGroup:ParameterGroup":
    "eviction policy; encryption and sign-in are set elsewhere",
  "aws:elasticache/subnetGroup:SubnetGroup": "a list of subnets",
  "aws:elasticache/userGroup:UserGroup": "a list of users, which are judged themselves",
  "aws:glue/catalogDatabase:CatalogDatabase": "a name for tables",
  "aws:glue/catalogTable:CatalogTable":
    "columns of events; the events are in a bucket, which is judged itself",
  "aws:guardduty/detectorFeature:DetectorFeature":
    "which kinds of detection are paid for; the detector is judged",
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
    "whose tokens are taken; what they open is in the roles' trust policies, which are judged",
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": "its policy is AWS's own and can't be another",
  "aws:kms/alias:Alias": "a name of a key, which is judged itself",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
    "sends failures to a queue, which is judged itself",
  "aws:lambda/invocation:Invocation": "calls a function once during a deployment",
  "aws:lb/targetGroup:TargetGroup": "sends to tasks inside the network; the way in is the listener's",
  "aws:organizations/policyAttachment:PolicyAttachment":
    "where a policy of the organization holds; the policy is judged itself",
  "aws:rds/parameterGroup:ParameterGroup":
    "instance parameters; security ones are the cluster's and judged there",
  "aws:rds/subnetGroup:SubnetGroup": "a list of subnets",
  "aws:route53/record:Record": "a public name",
  "aws:sfn/stateMachine:StateMachine":
    "runs functions by a role whose policy is judged; what it hands on is in the review of its definition",
  "aws:scheduler/schedule:Schedule": "invokes a function by a role whose policy is judged",
  "aws:ssm/document:Document": "text of a session; who may start one is in the role's policy",
  "aws:ssm/parameter:Parameter":
    "addresses and names, no secret: the components put secrets into Secrets Manager only",
};
