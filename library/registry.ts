/** `zoner/registry`: a registry with Confluent's API. Nothing here registers unless it is asked to by that name. */
export type { WriterSchema, WriterSchemas } from '#consumer/ports.ts';
export type { SchemaIds } from '#producer/ports.ts';
export { createRegistryClient, type RegistryClient, type RegistryClientOptions } from '#registry/client.ts';
export { createSchemaIds, type SchemaIdsOptions } from '#registry/schema-ids.ts';
export { createSchemaStore, type SchemaStoreOptions } from '#registry/schema-store.ts';
