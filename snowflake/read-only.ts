import { ZonerError } from '#core/errors.ts';

/** True for a statement that, by its first word, changes nothing. Comments may stand before it. */
export function isReadOnly(sql: string): boolean {
  const text = sql.replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/, '');
  return /^(select|with|show|describe|desc)\b/i.test(text);
}

/**
 * Lets only statements pass that read. Snowflake's roles are the real guard; this one is against a slip of the hand.
 * @throws ZonerError USAGE
 */
export function requireReadOnly(sql: string): void {
  if (isReadOnly(sql)) return;
  throw new ZonerError('USAGE', 'only SELECT, WITH, SHOW and DESCRIBE are run by this command', {
    remedy: 'Change tables with: zoner snowflake apply',
  });
}
