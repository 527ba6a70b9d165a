import type { Mechanism } from 'kafkajs';
import { z } from 'zod';
import type { TokenLogin } from '#core/config.ts';
import { messageOf, ZonerError } from '#core/errors.ts';

const DEADLINE_MS = 10_000;
/** A token is not used in its last seconds: it would run out on its way. */
const MARGIN_MS = 30_000;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
});

/**
 * OAUTHBEARER for kafkajs, in place of its own: a broker that refuses a token says so in its answer (RFC 7628, section
 * 3.2.2), which kafkajs takes for a success, only to find the connection closed.
 */
export function oauthBearer(source: TokenLogin['token']): Mechanism {
  const tokenOf = createTokenSource(source);
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const message = `n,,\x01auth=Bearer ${await tokenOf()}\x01\x01`;
        await saslAuthenticate({
          request: { encode: () => withSize(message) },
          response: { decode: (answer) => answer, parse: requireNoRefusal },
        });
      },
    }),
  };
}

const SIZE_BYTES = 4;

function withSize(text: string): Buffer {
  const bytes = Buffer.alloc(SIZE_BYTES + Buffer.byteLength(text));
  bytes.writeInt32BE(bytes.length - SIZE_BYTES);
  bytes.write(text, SIZE_BYTES);
  return bytes;
}

/** @param answer with its size before it; a success has nothing behind that */
function requireNoRefusal(answer: Buffer): void {
  if (answer.length <= SIZE_BYTES) return;
  throw new ZonerError('KAFKA_AUTH', 'Kafka does not accept the token.', {
    remedy:
      'Check KAFKA_OAUTH_TOKEN or the client of KAFKA_OAUTH_TOKEN_URL: issuer, audience, time and scope.',
  });
}

/** The token that is set, or one of the endpoint by OAuth 2 client credentials (RFC 6749, section 4.4) until it runs out. */
export function createTokenSource(source: TokenLogin['token']): () => Promise<string> {
  if (typeof source === 'string') return () => Promise.resolve(source);
  let kept: { readonly value: string; readonly until: number } | null = null;
  return async () => {
    if (kept === null || Date.now() > kept.until) {
      const { access_token: value, expires_in: seconds = 0 } = await askForToken(source);
      kept = { value, until: Date.now() + seconds * 1000 - MARGIN_MS };
    }
    return kept.value;
  };
}

type Endpoint = Exclude<TokenLogin['token'], string>;

/** @throws ZonerError KAFKA_AUTH without what the endpoint said, which may repeat what it was sent */
async function askForToken({
  url,
  clientId,
  clientSecret,
  scope,
}: Endpoint): Promise<z.infer<typeof tokenAnswer>> {
  const encode = encodeURIComponent;
  const basic = Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64');
  const refuse = (why: string, cause?: unknown): ZonerError =>
    new ZonerError('KAFKA_AUTH', `no token from KAFKA_OAUTH_TOKEN_URL: ${why}`, {
      cause,
      remedy: 'Check KAFKA_OAUTH_TOKEN_URL, KAFKA_OAUTH_CLIENT_ID and KAFKA_OAUTH_CLIENT_SECRET.',
    });
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope === null ? {} : { scope }) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (error) {
    throw refuse(messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error), error);
  }
  if (!response.ok) throw refuse(`the endpoint answers ${response.status}`);
  const answer = tokenAnswer.safeParse(await response.json().catch(() => null));
  if (!answer.success) throw refuse('the answer holds no access_token');
  return answer.data;
}
