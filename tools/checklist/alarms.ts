import type { StackResource } from "../policy/stack-resources";
import { type Inventory, listAt, textAt } from "./inventory";

/** An alarm of a stack, as people read it. */
export interface Alarm {
  readonly name: string;
  /** What it means, in words. */
  readonly means: string;
  /** Where the runbook says what to do. @default the alarm names none */
  readonly runbook: { readonly page: string; readonly section: string } | undefined;
  /** Names of the topics that it tells; an alarm that is part of a composite tells none. */
  readonly topics: readonly string[];
}

const RUNBOOK = /^([^]*?)\s*Runbook: (docs\/runbooks\/[a-z-]+\.md)#([a-z-]+)$/;

/** Alarms of a stack by name, those made of other alarms among them. */
export function alarmsOf(stack: Inventory): readonly Alarm[] {
  return ["cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"]
    .flatMap((type) => stack.of(type))
    .map(toAlarm)
    .sort((a, b) => a.name.localeCompare(b.name));
}

function toAlarm({ inputs, name: resource }: StackResource): Alarm {
  const text = textAt(inputs, "alarmDescription") ?? "";
  const [, means, page, section] = RUNBOOK.exec(text) ?? [];
  return {
    name: textAt(inputs, "name") ?? textAt(inputs, "alarmName") ?? resource,
    means: means ?? text,
    runbook: page === undefined || section === undefined ? undefined : { page, section },
    topics: listAt(inputs, "alarmActions").map((arn) => String(arn).split(":").at(-1) ?? ""),
  };
}
