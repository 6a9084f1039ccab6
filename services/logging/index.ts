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
      // A guard, not the rule: nothing below logs them.
      redact: ["req.headers.authorization", "token", "*.token", "url", "*.url"],
    },
    // Written at once: an audit line outlives a coordinator that is killed, and one that nobody reads holds up no exit.
    to ?? pino.destination({ dest: 1, sync: true }),
  );
