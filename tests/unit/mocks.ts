import * as pulumi from "@pulumi/pulumi";

/** Plain properties, as the engine would get them. */
export type Inputs = Readonly<Record<string, unknown>>;

/** One resource that a program asked for. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
  /** Name of the explicit AWS provider it uses or hands to its children; undefined: the default provider. */
  readonly provider: string | undefined;
  /** Such as `Network network`; the mocks of the SDK show neither this nor the options below. */
  readonly parent: string | undefined;
  readonly protect: boolean;
  /** Properties that the program leaves as they are. */
  readonly ignoreChanges: readonly string[];
  /** Such as `LogGroup network-flow-logs`. */
  readonly dependsOn: readonly string[];
  /** Not run by mocks. */
  readonly transforms: readonly pulumi.ResourceTransform[];
}

/** What a program did under mocks, settled. */
export interface Recording<Result> {
  readonly registrations: readonly Registration[];
  /** Tokens of data-source calls. */
  readonly calls: readonly string[];
  readonly result: Result;
}

const KNOWN_LATER = [
  "arn",
  "arnSuffix",
  "clusterResourceId",
  "dnsName",
  "endpoint",
  "invokeUrl",
  "keyId",
  "prefixListId",
  "primaryEndpointAddress",
  "readerEndpoint",
  "readerEndpointAddress",
  "regionalDomainName",
  "regionalZoneId",
  "result",
  "secretArn",
] as const;
type KnownLater = (typeof KNOWN_LATER)[number];

/** What the providers tell about a resource after creation: `Topic/alerts#arn`, for any type and property. */
export function made(type: string, name: string, property: "id" | KnownLater): string {
  return `${type.split(":").at(-1) ?? type}/${name}#${property}`;
}

/** awsx makes its children in a process of its own, so what it hands out is told here. */
function vpcOutputs(zones: readonly string[]): Record<string, unknown> {
  const perZone = (tier: string) => zones.map((_, index) => `${tier}-${index + 1}`);
  return {
    vpcId: "vpc",
    publicSubnetIds: perZone("public"),
    privateSubnetIds: perZone("private"),
    isolatedSubnetIds: perZone("isolated"),
    routeTables: [{ id: "table-1" }, { id: "table-2" }, { id: "table-3" }],
    // In an order that says nothing of the zones.
    routeTableAssociations: [...perZone("private").reverse(), ...perZone("public")].map((subnetId) => ({
      subnetId,
      routeTableId: `table of ${subnetId}`,
    })),
  };
}

/** ACM asks for a record of each name of a certificate. */
function validationOf(inputs: Inputs): Record<string, unknown> {
  const names = [inputs["domainName"], ...((inputs["subjectAlternativeNames"] ?? []) as unknown[])];
  return {
    domainValidationOptions: names.map((domainName) => ({
      domainName,
      resourceRecordName: `_asked.${String(domainName)}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_answer.${String(domainName)}.`,
    })),
  };
}

/** What AWS tells that is neither text nor the same for every type. */
function madeBy(type: string, inputs: Inputs): Record<string, unknown> {
  if (type === "awsx:ec2:Vpc") return vpcOutputs(inputs["availabilityZoneNames"] as string[]);
  return type === "aws:acm/certificate:Certificate" ? validationOf(inputs) : {};
}

/**
 * Runs a program as a stack under mocks, and waits until everything it registered has settled.
 * The result is what the program returned, Outputs resolved; a data-source call is refused.
 */
export async function record<Result>(
  program: () => Result | Promise<Result>,
  stack = "unit",
): Promise<Recording<pulumi.Unwrap<Result>>> {
  const seen: pulumi.runtime.MockResourceArgs[] = [];
  const given = new Map<string, Given>();
  const calls: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        seen.push(args);
        const { type, name } = args;
        const inputs = args.inputs as Inputs;
        const outputs = Object.fromEntries(
          KNOWN_LATER.map((property) => [property, made(type, name, property)]),
        );
        return { id: made(type, name, "id"), state: { ...outputs, ...inputs, ...madeBy(type, inputs) } };
      },
      call: ({ token }) => {
        calls.push(token);
        throw new Error(`the program called data source ${token}`);
      },
    },
    "streamflix-platform",
    stack,
  );
  const result = await pulumi.runtime.runInPulumiStack(async () => {
    // Transformations run in the SDK, and so under mocks too; transforms need an engine, and are only kept.
    pulumi.runtime.registerStackTransformation(({ resource, type, name, props, opts }) => {
      const { transforms = [], ...rest } = opts;
      given.set(`${type} ${name}`, { resource, opts: rest, transforms });
      return { props, opts: rest };
    });
    const value = await program();
    // A stack output may not be undefined.
    return value === undefined ? {} : { value };
  });
  await settled();
  return {
    registrations: seen
      .filter(({ type }) => type !== "pulumi:pulumi:Stack")
      .map((args) => {
        const { resource, opts, transforms } = given.get(`${args.type} ${args.name}`) ?? unseen(args);
        return {
          type: args.type,
          name: args.name,
          inputs: args.inputs as Inputs,
          provider: providerOf(args, resource),
          parent: opts.parent && pulumiLabel(opts.parent),
          protect: opts.protect === true,
          ignoreChanges: (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [],
          dependsOn: [opts.dependsOn]
            .flat()
            .filter((it) => pulumi.Resource.isInstance(it))
            .map(pulumiLabel),
          transforms,
        };
      }),
    calls,
    result: result?.["value"] as pulumi.Unwrap<Result>,
  };
}

/** Waits for every registration. The SDK can do it, but leaves that out of its types. */
async function settled(): Promise<void> {
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };
  await waitForRPCs();
}

interface Given {
  readonly resource: pulumi.Resource;
  readonly opts: pulumi.ResourceOptions;
  readonly transforms: readonly pulumi.ResourceTransform[];
}

function unseen({ type, name }: pulumi.runtime.MockResourceArgs): never {
  throw new Error(`${type} ${name} was registered outside the stack`);
}

/** A custom resource sends its provider as `urn::id`; a component, even a remote one, has those for its children. */
function providerOf(args: pulumi.runtime.MockResourceArgs, resource: pulumi.Resource): string | undefined {
  if (args.custom === true) {
    return args.provider === "" ? undefined : args.provider?.split("::").at(-2);
  }
  const provider = resource.getProvider("aws:any:Any");
  return provider && sdkFields(provider).__name;
}

/** Such as `LogGroup network-flow-logs`. */
function pulumiLabel(resource: pulumi.Resource): string {
  const { __pulumiType, __name } = sdkFields(resource);
  return `${__pulumiType.split(":").at(-1) ?? ""} ${__name}`;
}

/** Fields that every resource has and the SDK leaves out of its types. */
function sdkFields(resource: pulumi.Resource) {
  return resource as unknown as { readonly __name: string; readonly __pulumiType: string };
}
