/**
 * The fields by which Cloud Logging joins a line to a trace.
 *
 * @param traceparent header of W3C Trace Context: https://www.w3.org/TR/trace-context/#traceparent-header
 * @see https://docs.cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields
 */
export function traceFields(
  traceparent: string | string[] | undefined,
  project: string,
): Record<string, string | boolean> {
  const [, trace, span, flags] =
    typeof traceparent === "string"
      ? (/^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(traceparent) ?? [])
      : [];
  if (trace === undefined || span === undefined || flags === undefined || /^0+$/.test(trace)) return {};
  return {
    "logging.googleapis.com/trace": `projects/${project}/traces/${trace}`,
    "logging.googleapis.com/spanId": span,
    "logging.googleapis.com/trace_sampled": (Number.parseInt(flags, 16) & 1) === 1,
  };
}
