import { createHmac } from 'node:crypto';

/**
 * What the journal says instead of a name: HMAC-SHA-256 under a key that stays with those who erase. A plain hash would
 * not do, because names can be guessed one after the other (Recital 26 of the GDPR on means likely to be used).
 */
export function personHash(person: string, key: string): string {
  return createHmac('sha256', key).update(person, 'utf8').digest('hex');
}
