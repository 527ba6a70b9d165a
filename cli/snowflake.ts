import type { AddCommand } from '#cli/command.ts';
import { addSnowflakeApply, addSnowflakePlan } from '#cli/snowflake-deploy.ts';
import {
  addSnowflakeDrift,
  addSnowflakeGrants,
  addSnowflakeInspect,
  addSnowflakeQuery,
} from '#cli/snowflake-read.ts';

/** `zoner snowflake plan|apply|drift|inspect|query|grants`: the tables of the contracts, against those of the warehouse. */
export const addSnowflake: AddCommand = (program, shell, finish) => {
  const snowflake = program
    .command('snowflake')
    .description('compare the warehouse with the contracts, and bring it to them');
  addSnowflakePlan(snowflake, shell, finish);
  addSnowflakeApply(snowflake, shell, finish);
  addSnowflakeDrift(snowflake, shell, finish);
  addSnowflakeInspect(snowflake, shell, finish);
  addSnowflakeQuery(snowflake, shell, finish);
  addSnowflakeGrants(snowflake, shell, finish);
};
