import type { KafkaExtras } from '#stack/kafka-process.ts';
import type { Certificate } from '#stack/secured/certificates.ts';

/** The doors of the secured broker; each has a port. */
export const DOORS = ['tls', 'expired', 'sasl', 'oauth'] as const;
export type Door = (typeof DOORS)[number];

export interface KafkaUsers {
  /** Who may do everything. */
  readonly admin: string;
  readonly passwords: Readonly<Record<string, string>>;
}

export interface KafkaSecurity {
  readonly ports: Readonly<Record<Door, number>>;
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly users: KafkaUsers;
  /** Of whoever signs the tokens: a file that holds a set of JSON Web Keys. */
  readonly jwks: string;
  readonly issuer: string;
  readonly audience: string;
}

const CLASSES = 'org.apache.kafka.common.security';

/** A broker with TLS, SASL of every kind, and an authorizer that lets nobody do what no ACL allows. */
export function securedKafka(security: KafkaSecurity): KafkaExtras {
  const { ports, good, expired, users, jwks, issuer, audience } = security;
  const passwords = Object.entries(users.passwords);
  const plain = passwords.map(([user, password]) => `user_${user}="${password}"`).join(' ');
  const pem = (prefix: string, { both }: Certificate): string[] => [
    `${prefix}ssl.keystore.type=PEM`,
    `${prefix}ssl.keystore.location=${both}`,
  ];
  return {
    listeners: [
      { name: 'TLS', protocol: 'SSL', port: ports.tls, host: 'localhost' },
      { name: 'EXPIRED', protocol: 'SSL', port: ports.expired, host: 'localhost' },
      { name: 'SASL', protocol: 'SASL_SSL', port: ports.sasl, host: 'localhost' },
      { name: 'OAUTH', protocol: 'SASL_SSL', port: ports.oauth, host: 'localhost' },
    ],
    properties: [
      ...pem('', good),
      ...pem('listener.name.expired.', expired),
      'listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.sasl.plain.sasl.jaas.config=${CLASSES}.plain.PlainLoginModule required ${plain};`,
      ...['256', '512'].map(
        (bits) =>
          `listener.name.sasl.scram-sha-${bits}.sasl.jaas.config=${CLASSES}.scram.ScramLoginModule required;`,
      ),
      'listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER',
      `listener.name.oauth.oauthbearer.sasl.jaas.config=${CLASSES}.oauthbearer.OAuthBearerLoginModule required;`,
      `listener.name.oauth.oauthbearer.sasl.server.callback.handler.class=${CLASSES}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
      `listener.name.oauth.sasl.oauthbearer.jwks.endpoint.url=file://${jwks}`,
      `listener.name.oauth.sasl.oauthbearer.expected.issuer=${issuer}`,
      `listener.name.oauth.sasl.oauthbearer.expected.audience=${audience}`,
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // Nobody signs in at the open door, which only this machine reaches: whoever prepares the test.
      `super.users=User:ANONYMOUS;User:${users.admin}`,
    ],
    format: passwords.flatMap(([user, password]) =>
      ['256', '512'].flatMap((bits) => [
        '--add-scram',
        `SCRAM-SHA-${bits}=[name=${user},password=${password}]`,
      ]),
    ),
    java: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file://${jwks}`],
  };
}
