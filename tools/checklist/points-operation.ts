import { at, type Inventory, listAt, named } from "./inventory";
import type { Point } from "./point";
import { runbookSections } from "./runbooks";
import { type Alarm, alarmsOf } from "./alarms";

/** Days after which a test of recovery says nothing any more: a quarter. */
const RECOVERY_TEST_DAYS = 92;
const DAY = 86_400_000;

/** Tags by which costs are told apart, and who pays them. */
const COST_TAGS = ["project", "environment", "owner", "cost-center"] as const;

/** What the operational view has to show, where the stack has it. */
const ON_DASHBOARDS = [
  ["rds/cluster:Cluster", "AWS/RDS"],
  ["elasticache/replicationGroup:ReplicationGroup", "AWS/ElastiCache"],
  ["ecs/service:Service", "AWS/ECS"],
] as const;

/** Points about who watches, what it costs and what to do. */
export const OPERATION_POINTS: readonly Point[] = [
  {
    number: 3,
    title: "SNS subscriptions",
    holds: "every topic reaches people, all of whom have confirmed",
    look({ stack }) {
      const topics = stack.of("sns/topic:Topic");
      const subscriptions = stack.of("sns/topicSubscription:TopicSubscription");
      const of = (arn: unknown) => subscriptions.filter(({ inputs }) => inputs["topic"] === arn);
      const waiting = subscriptions.filter(({ outputs }) => at(outputs, "pendingConfirmation") === true);
      return {
        // Protocols and numbers only: endpoints are personal data.
        evidence: topics.map((topic) => {
          const protocols = of(topic.outputs["arn"]).map(({ inputs }) => String(at(inputs, "protocol")));
          return `${named(topic)}: ${protocols.sort().join(", ") || "nobody"}`;
        }),
        faults: [
          ...(topics.length === 0 ? ["there is no topic"] : []),
          ...topics
            .filter((it) => of(it.outputs["arn"]).length === 0)
            .map((it) => `${named(it)} reaches nobody`),
        ],
        ...(waiting.length > 0 && {
          byHand: `${waiting.length} of ${subscriptions.length} subscriptions were not confirmed when the stack was deployed: look in the console whether they are now`,
        }),
      };
    },
  },
  {
    number: 4,
    title: "Dashboards",
    holds: "a dashboard shows database, cache and service, as far as there are any",
    look({ stack }) {
      const dashboards = stack.of("cloudwatch/dashboard:Dashboard");
      const bodies = dashboards.map(({ inputs }) => String(at(inputs, "dashboardBody"))).join("\n");
      return {
        evidence: dashboards.map(named),
        faults: [
          ...(dashboards.length === 0 ? ["there is no dashboard"] : []),
          ...ON_DASHBOARDS.filter(
            ([type, namespace]) => stack.of(type).length > 0 && !bodies.includes(namespace),
          ).map(([, namespace]) => `no dashboard shows ${namespace}`),
        ],
      };
    },
  },
  {
    number: 8,
    title: "Runbooks",
    holds: "every alarm names a section of a runbook that exists",
    look({ stack }) {
      const alarms = alarmsOf(stack);
      const isThere = ({ page, section }: NonNullable<Alarm["runbook"]>) =>
        runbookSections(page).has(section);
      const pages = new Set(alarms.flatMap(({ runbook }) => (runbook === undefined ? [] : [runbook.page])));
      const lost = alarms.filter(({ runbook }) => runbook === undefined || !isThere(runbook));
      return {
        evidence: [`${alarms.length} alarms; pages: ${[...pages].sort().join(", ") || "none"}`],
        faults: [
          ...(alarms.length === 0 ? ["there is no alarm"] : []),
          ...lost.map(({ name, runbook }) =>
            runbook === undefined
              ? `${name} names no runbook`
              : `${name} names ${runbook.page}#${runbook.section}, which isn't there`,
          ),
        ],
      };
    },
  },
  {
    number: 10,
    title: "Recovery procedures tested",
    holds: `the last test of everything recovered passed, within ${RECOVERY_TEST_DAYS} days`,
    look({ stack, recoveryTests, today }) {
      const flows = automaticTests(stack);
      if (recoveryTests === undefined) {
        return {
          evidence: flows,
          faults: [],
          byHand: "an export holds no date of the last run: give the record of runs with --tests",
        };
      }
      const lastOf = new Map(
        [...recoveryTests].sort((a, b) => a.on.localeCompare(b.on)).map((test) => [test.what, test]),
      );
      const last = [...lastOf.values()];
      const age = (on: string) => Math.floor((today.getTime() - Date.parse(on)) / DAY);
      return {
        evidence: [
          ...flows,
          ...last.map(({ what, on, result, evidence }) => `${what}: ${result} on ${on} (${evidence})`),
        ],
        faults: [
          ...(last.length === 0 ? ["the record has no test"] : []),
          ...last
            .filter(({ result }) => result === "failed")
            .map(({ what, on }) => `${what}: the last test failed, on ${on}`),
          ...last
            .filter(({ on }) => age(on) > RECOVERY_TEST_DAYS)
            .map(({ what, on }) => `${what}: the last test was ${age(on)} days ago, on ${on}`),
        ],
      };
    },
  },
  {
    number: 12,
    title: "Cost allocation tags",
    holds: "everything that can be tagged has the tags that costs are told apart by",
    look({ stack }) {
      const tagged = stack.all.filter(({ outputs }) => at(outputs, "tagsAll") !== undefined);
      const lacking = tagged.flatMap((resource) => {
        const missing = COST_TAGS.filter((tag) => at(resource.outputs, "tagsAll", tag) === undefined);
        return missing.length === 0 ? [] : [`${named(resource)} lacks ${missing.join(", ")}`];
      });
      const centers = new Set(tagged.map(({ outputs }) => String(at(outputs, "tagsAll", "cost-center"))));
      return {
        evidence: [
          `${tagged.length} resources with ${COST_TAGS.join(", ")}; cost centers: ${[...centers].sort().join(", ")}`,
          "whether the payer's account has activated the tags: npm run preflight",
        ],
        faults: tagged.length === 0 ? ["nothing is tagged"] : lacking,
      };
    },
  },
  {
    number: 13,
    title: "Budget alerts",
    holds: "a budget of cost warns somebody",
    look({ stack }) {
      const budgets = stack
        .of("budgets/budget:Budget")
        .filter(({ inputs }) => at(inputs, "budgetType") === "COST");
      const anomalies = stack.of("costexplorer/anomalySubscription:AnomalySubscription");
      const warns = (notification: unknown) =>
        [
          ...listAt(notification, "subscriberSnsTopicArns"),
          ...listAt(notification, "subscriberEmailAddresses"),
        ].length > 0;
      return {
        evidence: [
          ...budgets.map(({ inputs }) => {
            const limits = listAt(inputs, "notifications").map(
              (it) => `${String(at(it, "threshold"))} % ${String(at(it, "notificationType")).toLowerCase()}`,
            );
            return `${String(at(inputs, "limitAmount"))} ${String(at(inputs, "limitUnit"))} a month: ${limits.join(", ")}`;
          }),
          ...anomalies.map(named),
        ],
        faults: [
          ...(budgets.length === 0 ? ["there is no budget of cost"] : []),
          ...budgets
            .filter(({ inputs }) => !listAt(inputs, "notifications").some(warns))
            .map((budget) => `${named(budget)} warns nobody`),
        ],
      };
    },
  },
];

/** What runs tests of recovery by itself. */
function automaticTests(stack: Inventory): readonly string[] {
  const flows = stack.of("sfn/stateMachine:StateMachine").filter(({ name }) => name.includes("restore"));
  return [...stack.of("backup/restoreTestingPlan:RestoreTestingPlan"), ...flows].map(named);
}
