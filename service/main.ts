import { describeError, makeLog } from "./log";
import { checkDatabaseOnce, startService } from "./service";
import { readSettings, SettingsError } from "./settings";

const log = makeLog((line) => process.stdout.write(line));

process.on("uncaughtException", (error) => {
  // The text of an error may hold data, and Node would print it.
  log("error", "unexpected failure, ending", describeError(error));
  process.exit(1);
});

/** `node service.js check-database <reader endpoint>`: looks at the database from a task's place, with a task's rights. */
async function checkOnce(readerHost: string): Promise<void> {
  const findings = await checkDatabaseOnce(readSettings(process.env), readerHost);
  process.stdout.write(`${JSON.stringify({ event: "database checked", findings })}\n`);
}

async function serve(): Promise<void> {
  const service = await startService(readSettings(process.env), log);
  log("info", "serving", { port: service.port });
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log("info", "asked to stop", { signal });
      void service.drain().then((complete) => {
        log("info", "stopped");
        process.exit(complete ? 0 : 1);
      });
    });
  }
}

const [command, readerHost = ""] = process.argv.slice(2);
(command === "check-database" ? checkOnce(readerHost) : serve()).catch((error: unknown) => {
  // Names of variables and what is allowed, no values.
  if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`);
  else log("error", "could not start", describeError(error));
  process.exit(1);
});
