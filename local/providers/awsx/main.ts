import * as pulumi from "@pulumi/pulumi";
import { endWithParent } from "../frame";
import { Vpc, type VpcInputs } from "./vpc";

const provider: pulumi.provider.Provider = {
  version: "3.9.0",
  construct: (name, type, inputs, options) => {
    if (type !== "awsx:ec2:Vpc") {
      throw new Error(`${type} has no stand-in in the local simulation (local/providers/awsx)`);
    }
    const vpc = new Vpc(name, inputs as unknown as VpcInputs, options);
    return Promise.resolve({ urn: vpc.urn, state: vpc.state });
  },
};

endWithParent();
void pulumi.provider.main(provider, process.argv.slice(2));
