import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapSetter,
} from '@opentelemetry/api';
import { TRACE_PARENT, TRACE_STATE } from '#core/trace-parent.ts';
import type { Headers } from '#producer/ports.ts';

const NAMES: ReadonlySet<string> = new Set([TRACE_PARENT, TRACE_STATE]);

const GETTER: TextMapGetter<Headers> = {
  keys: (headers) => headers.map(([name]) => name),
  get(headers, name) {
    const value = headers.findLast(([each]) => each === name)?.[1];
    return value == null ? undefined : Buffer.from(value).toString('latin1');
  },
};

const SETTER: TextMapSetter<(readonly [string, Uint8Array])[]> = {
  set: (headers, name, value) => void headers.push([name, Buffer.from(value, 'latin1')]),
};

/** The context that a record was sent in; the root where its headers name none. */
export function contextOf(headers: Headers): Context {
  return isTraced(headers) ? propagation.extract(ROOT_CONTEXT, headers, GETTER) : ROOT_CONTEXT;
}

/** The headers by which a record tells whoever reads it of this context. */
export function headersOf(context: Context): Headers {
  const headers: (readonly [string, Uint8Array])[] = [];
  propagation.inject(context, headers, SETTER);
  return headers;
}

export function isTraced(headers: Headers): boolean {
  return headers.some(([name]) => NAMES.has(name));
}
