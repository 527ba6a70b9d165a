/** The header that says which trace a record belongs to: https://www.w3.org/TR/trace-context/#traceparent-header */
export const TRACE_PARENT = 'traceparent';
/** What vendors add to it. */
export const TRACE_STATE = 'tracestate';

const VERSION_TRACE_PARENT_FLAGS =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

/** The id of the trace of a `traceparent`, 32 hexadecimal digits; null if it is none. */
export function traceIdOf(traceParent: string | null): string | null {
  return VERSION_TRACE_PARENT_FLAGS.exec(traceParent ?? '')?.[1] ?? null;
}
