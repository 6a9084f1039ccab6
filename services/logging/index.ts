import { type DestinationStream, type Logger, pino } from "pino";

/** https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity */
const severities: Readonly<Record<string, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** JSON lines with the field names that Cloud Logging reads. */
export const createLog = (
  level: string,
  base: Readonly<Record<string, string>>,
  to?: DestinationStream,
): Logger =>
  pino(
    {
      level,
      base,
      messageKey: "message",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ severity: severities[label] ?? "DEFAULT" }) },
      // A safeguard: these fields are never logged.
      redact: ["req.headers.authorization", "token", "*.token", "url", "*.url"],
    },
    // Written synchronously: audit lines survive a killed coordinator, and a log without a reader does not delay the
    // exit.
    to ?? pino.destination({ dest: 1, sync: true }),
  );
