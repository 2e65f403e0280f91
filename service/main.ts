import { describeError, makeLog } from "./log";
import { startService } from "./service";
import { readSettings, SettingsError } from "./settings";

const log = makeLog((line) => process.stdout.write(line));

process.on("uncaughtException", (error) => {
  // The text of an error may hold data, and Node would print it.
  log("error", "unexpected failure, ending", describeError(error));
  process.exit(1);
});

async function main(): Promise<void> {
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

main().catch((error: unknown) => {
  // Names of variables and what is allowed, no values.
  if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`);
  else log("error", "could not start", describeError(error));
  process.exit(1);
});
