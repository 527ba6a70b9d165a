import type { AddCommand } from '#cli/command.ts';
import { addSnowflakeApply, addSnowflakePlan } from '#cli/snowflake-deploy.ts';
import {
  addSnowflakeDrift,
  addSnowflakeGrants,
  addSnowflakeInspect,
  addSnowflakeQuery,
} from '#cli/snowflake-read.ts';

/** `zoner snowflake plan|apply|drift|inspect|query|grants`: the tables of the contracts, against those of the warehouse. */
export const addSnowflake: AddCommand = (program, shell, finish, run) => {
  const snowflake = program.command('snowflake');
  addSnowflakePlan(snowflake, shell, finish, run);
  addSnowflakeApply(snowflake, shell, finish, run);
  addSnowflakeDrift(snowflake, shell, finish, run);
  addSnowflakeInspect(snowflake, shell, finish, run);
  addSnowflakeQuery(snowflake, shell, finish, run);
  addSnowflakeGrants(snowflake, shell, finish, run);
};
