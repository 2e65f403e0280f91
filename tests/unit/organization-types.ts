/** Type tokens that the organization's program brings in. */
export const T = {
  Attachment: "aws:organizations/policyAttachment:PolicyAttachment",
  Instances: "aws:cloudformation/stackInstances:StackInstances",
  Policy: "aws:organizations/policy:Policy",
  StackSet: "aws:cloudformation/stackSet:StackSet",
} as const;
