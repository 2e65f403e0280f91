import { PolicyPack } from "@pulumi/policy";

import { policies } from "./src/policies";

// Starts the pack's server and prints its port: nothing else may run or print here, and no test imports this file.
new PolicyPack("streamflix-policy-pack", {
  displayName: "StreamFlix platform guard rails",
  description: "Residency, encryption, retention and protection rules of the StreamFlix platform.",
  provider: "AWS",
  tags: ["gdpr", "residency"],
  enforcementLevel: "mandatory",
  policies,
});
