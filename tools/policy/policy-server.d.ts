// The SDK ships these functions without typings. They are what its gRPC server calls, so tests drive the real
// decoding, proxies and levels.
declare module "@pulumi/policy/server" {
  import type { EnforcementLevel, Policies } from "@pulumi/policy";
  import type {
    AnalyzeRequest,
    AnalyzeResponse,
    AnalyzeStackRequest,
    RemediateResponse,
  } from "@pulumi/pulumi/proto/analyzer_pb";

  type Handler<Request, Response = AnalyzeResponse> = (
    call: { readonly request: Request },
    callback: (error: Error | undefined, response: Response | undefined) => void,
  ) => unknown;

  export function makeAnalyzeRpcFun(
    packName: string,
    packVersion: string,
    packLevel: EnforcementLevel,
    policies: Policies,
  ): Handler<AnalyzeRequest>;

  export function makeAnalyzeStackRpcFun(
    packName: string,
    packVersion: string,
    packLevel: EnforcementLevel,
    policies: Policies,
  ): Handler<AnalyzeStackRequest>;

  export function makeRemediateRpcFun(
    packName: string,
    packVersion: string,
    packLevel: EnforcementLevel,
    policies: Policies,
  ): Handler<AnalyzeRequest, RemediateResponse>;
}
