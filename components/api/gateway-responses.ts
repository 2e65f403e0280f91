import type { GatewayResponse } from "./document";

const HEADERS = {
  "gatewayresponse.header.Cache-Control": "'no-store'",
  "gatewayresponse.header.Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
};

/**
 * An answer that says what the caller can do, and an id to ask about. API Gateway's own texts name accounts, roles, ARNs
 * and what exactly a body was refused for.
 */
const answer = (
  message: string,
  more: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): GatewayResponse => ({
  ...(more.statusCode === undefined ? {} : { statusCode: more.statusCode }),
  responseParameters: { ...HEADERS, ...more.headers },
  responseTemplates: {
    "application/json": JSON.stringify({ message, requestId: "$context.extendedRequestId" }),
  },
});

/**
 * What API Gateway answers by itself, by the kind of refusal. Kinds that are not here fall back to one of the two
 * defaults, with the status code of their own.
 */
export const GATEWAY_RESPONSES: Readonly<Record<string, GatewayResponse>> = {
  DEFAULT_4XX: answer("The request was refused."),
  DEFAULT_5XX: answer("The request failed. Try again later."),
  BAD_REQUEST_BODY: answer("The body does not match the contract.", { statusCode: 400 }),
  // The one kind that AWS lists without a fallback.
  UNAUTHORIZED: answer("Sign in first.", { statusCode: 401 }),
  THROTTLED: answer("Too many requests.", {
    statusCode: 429,
    headers: { "gatewayresponse.header.Retry-After": "'1'" },
  }),
};
