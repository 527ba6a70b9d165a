import { ZonerError } from '#core/errors.ts';

/**
 * Lets only statements pass that read. Snowflake's roles are the real guard; this one is against a slip of the hand.
 * @throws ZonerError USAGE
 */
export function requireReadOnly(sql: string): void {
  const text = sql.replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/, '');
  if (/^(select|with|show|describe|desc)\b/i.test(text)) return;
  throw new ZonerError('USAGE', 'only SELECT, WITH, SHOW and DESCRIBE are run by this command', {
    remedy: 'Change tables with: zoner snowflake apply',
  });
}
