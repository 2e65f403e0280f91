/** TLS 1.2 or later, with forward secrecy only, for the API and its names. A regional API would take TLS 1.0 otherwise. */
export const TLS = {
  securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
  // The name that a client speaks to has to be the one it shook hands with.
  endpointAccessMode: "STRICT",
} as const;
