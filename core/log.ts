import { isatty } from 'node:tty';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

const STDERR = 2;

/**
 * On standard error, so that standard output holds only what a command was asked for: lines for a person where that is a
 * terminal, and otherwise one JSON object a line, with `level`, `time`, `msg` and the facts of the entry.
 */
export function createLog(level: LogLevel): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (isatty(STDERR)) {
    const readable = pretty({
      destination: STDERR,
      sync: true,
      translateTime: 'SYS:HH:MM:ss',
      singleLine: true,
    });
    return pino(options, readable);
  }
  const named = { level: (label: string) => ({ level: label }) };
  return pino({ ...options, formatters: named }, pino.destination({ fd: STDERR, sync: true }));
}
