import { check } from "./check";

/** Entry point of the canary: CloudWatch Synthetics takes a run that throws for a failed one. */
export async function handler(): Promise<void> {
  const { API_URL, SIGNS, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } =
    process.env;
  if (API_URL === undefined || AWS_REGION === undefined)
    throw new Error("API_URL and AWS_REGION have to be set");
  const credentials =
    SIGNS === "true" && AWS_ACCESS_KEY_ID !== undefined && AWS_SECRET_ACCESS_KEY !== undefined
      ? {
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
        }
      : undefined;
  await check({ url: API_URL, region: AWS_REGION, ...(credentials && { credentials }) });
}
