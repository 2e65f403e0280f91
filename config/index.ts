export * from "./agreed-names";
export * from "./counterpart";
export * from "./load";
export * from "./naming";
export type { StackContext } from "./parse";
export * from "./problem";
export * from "./schema";
export * from "./tags";
