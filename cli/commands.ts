import type { AddCommand } from '#cli/command.ts';

export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  /** Imports the command itself: the clients that it needs take longer to load than most commands to run. */
  load(): Promise<AddCommand>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'codegen',
    description: 'write TypeScript types, JSON Schema and DDL for every contract into schemas/generated',
    load: async () => (await import('#cli/codegen.ts')).addCodegen,
  },
  {
    name: 'lint',
    description: 'judge schemas and contracts: errors stop codegen and apply, warnings do not',
    load: async () => (await import('#cli/lint.ts')).addLint,
  },
  {
    name: 'contract',
    description: 'start a contract',
    load: async () => (await import('#cli/contract.ts')).addContract,
  },
  {
    name: 'init',
    description: 'set up this folder for contracts: a first contract, its generated files, settings to copy',
    load: async () => (await import('#cli/init.ts')).addInit,
  },
  {
    name: 'check',
    description:
      'judge the working tree against every registered version: the wire, JavaScript, TypeScript and the warehouse',
    load: async () => (await import('#cli/check.ts')).addCheck,
  },
  {
    name: 'compat',
    description:
      'say whether all that was written with one schema can be read with another, as Avro Java does',
    load: async () => (await import('#cli/compat.ts')).addCompat,
  },
  {
    name: 'plan',
    description: 'print what apply would do to topics, warehouse and registry; exit 2 if that is anything',
    load: async () => (await import('#cli/plan-apply.ts')).addPlan,
  },
  {
    name: 'apply',
    description:
      'bring topics, then warehouse, then registry to the contracts; nothing is begun if check refuses',
    load: async () => (await import('#cli/plan-apply.ts')).addApply,
  },
  {
    name: 'registry',
    description: 'compare the registry with the contracts, and register',
    load: async () => (await import('#cli/registry.ts')).addRegistry,
  },
  {
    name: 'import',
    description: 'adopt an existing registry: write a contract folder for each topic of it, and the lock',
    load: async () => (await import('#cli/import.ts')).addImport,
  },
  {
    name: 'topics',
    description: "compare the cluster's topics with the contracts, and create them",
    load: async () => (await import('#cli/topics.ts')).addTopics,
  },
  {
    name: 'snowflake',
    description: 'compare the warehouse with the contracts, and bring it to them',
    load: async () => (await import('#cli/snowflake.ts')).addSnowflake,
  },
  {
    name: 'produce',
    description: 'send what simulated people do, some records broken on purpose, or the values of a file',
    load: async () => (await import('#cli/produce.ts')).addProduce,
  },
  {
    name: 'consume',
    description: 'load records into Snowflake; broken ones go to the dead letter topic, byte for byte',
    load: async () => (await import('#cli/consume.ts')).addConsume,
  },
  {
    name: 'dead-letters',
    description: 'see why records were refused, prove that they would pass now, and send them again once',
    load: async () => (await import('#cli/dead-letters.ts')).addDeadLetters,
  },
  {
    name: 'forget',
    description: 'erase a person from topics, dead letters, table and Redis, and prove that nothing is left',
    load: async () => (await import('#cli/forget.ts')).addForget,
  },
  {
    name: 'recommend',
    description: "print a person's plan for today, or fold what people did into Redis",
    load: async () => (await import('#cli/recommend.ts')).addRecommend,
  },
  {
    name: 'reconcile',
    description:
      'check that every offset is a row, parked, discarded, skipped or an open dead letter; exit 1 if not',
    load: async () => (await import('#cli/reconcile.ts')).addReconcile,
  },
  {
    name: 'serve',
    description: 'serve the HTTP API until stopped',
    load: async () => (await import('#cli/serve.ts')).addServe,
  },
  {
    name: 'acl',
    description: 'print the least privileges of each role in Kafka, registry and Snowflake, as commands',
    load: async () => (await import('#cli/acl.ts')).addAcl,
  },
  {
    name: 'status',
    description: 'one screen: services, topics, lag, dead letters, drift; exit 1 when something is wrong',
    load: async () => (await import('#cli/status.ts')).addStatus,
  },
  {
    name: 'console',
    description: "serve the operator's page until stopped: flow, dead letters, contracts, tables, one record",
    load: async () => (await import('#cli/console.ts')).addConsole,
  },
  {
    name: 'doctor',
    description: 'say what this machine lacks to run Zoner, and how to get it; exit 1 if it lacks anything',
    load: async () => (await import('#cli/doctor.ts')).addDoctor,
  },
  {
    name: 'stack',
    description: 'Kafka, registry, Redis and a local Snowflake for development',
    load: async () => (await import('#cli/stack.ts')).addStack,
  },
  {
    name: 'demo',
    description:
      'start the real services, run the pipeline end to end, show the result, stop what was started',
    load: async () => (await import('#cli/demo.ts')).addDemo,
  },
];
