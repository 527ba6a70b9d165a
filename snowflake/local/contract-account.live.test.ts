import { randomBytes } from 'node:crypto';
import { test } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { createWarehouse } from '#snowflake/driver.ts';
import { holdContract } from '#snowflake/local/contract-suite.ts';

/**
 * The contract on a real account: whichever the SNOWFLAKE_… variables of this process name, with a role that may create
 * a database and, where statements need one, a warehouse. Without them there is nothing to hold.
 */
const { snowflake } = parseConfig(process.env);

if (snowflake === null || snowflake.accessUrl?.includes('//127.0.0.1') === true) {
  test.skip('no Snowflake account: set SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_WAREHOUSE and a credential', () => {});
} else {
  holdContract({
    isReal: true,
    database: `ZONER_CONTRACT_${randomBytes(4).toString('hex').toUpperCase()}`,
    open: async () => {},
    connect: () => createWarehouse(snowflake, { appVersion: 'contract' }),
    close: async () => {},
  });
}
