/** The six fields of an Amazon Resource Name; region and account are empty where the service has none. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Splits an ARN; text that is not one gives `undefined`. The resource part keeps its own colons. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region = "", account = "", ...rest] = text.split(":");
  const resource = rest.join(":");
  return prefix === "arn" && partition && service && resource
    ? { partition, service, region, account, resource }
    : undefined;
}

/** The last part of an ARN's resource, such as `vpc-0a1b` of `…:vpc/vpc-0a1b`. */
export function resourceId(arn: Arn): string {
  return arn.resource.slice(arn.resource.lastIndexOf("/") + 1);
}
