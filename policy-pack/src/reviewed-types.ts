/** AWS types of the platform that need no rule of their own, and why. */
export const reviewedTypes: Readonly<Record<string, string>> = {
  "aws:acm/certificateValidation:CertificateValidation": "waits for a certificate and makes nothing",
  "aws:apigateway/account:Account": "names the role that writes the API's logs; the role's policy is judged",
  "aws:apigateway/basePathMapping:BasePathMapping": "joins a domain and a stage, which are judged themselves",
  "aws:apigateway/deployment:Deployment": "a snapshot of an API, which is judged itself",
  "aws:apigatewayv2/vpcLink:VpcLink": "a way into the network whose security groups are judged",
  "aws:appautoscaling/policy:Policy": "changes a number of tasks and holds no data",
  "aws:appautoscaling/target:Target": "bounds a number of tasks and holds no data",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": "counts lines of a log and holds none",
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy":
    "its principals and regions are judged by the rule on all types",
  "aws:ec2/eip:Eip": "an address of the NAT gateway, which lets nothing in",
  "aws:ec2/internetGateway:InternetGateway":
    "VPC Block Public Access and the routes decide what it lets through",
  "aws:ec2/natGateway:NatGateway": "lets nothing in; who may go out is in the security groups",
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": "chooses between Fargate's prices",
  "aws:elasticache/parameterGroup:ParameterGroup":
    "eviction policy; encryption and sign-in are set elsewhere",
  "aws:elasticache/userGroup:UserGroup": "a list of users, which are judged themselves",
  "aws:kms/alias:Alias": "a name of a key, which is judged itself",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
    "sends failures to a queue, which is judged itself",
  "aws:lambda/invocation:Invocation": "calls a function once during a deployment",
  "aws:rds/parameterGroup:ParameterGroup":
    "instance parameters; security ones are the cluster's and judged there",
  "aws:route53/record:Record": "a public name",
  "aws:ssm/parameter:Parameter":
    "addresses and names, no secret: the components put secrets into Secrets Manager only",
};
