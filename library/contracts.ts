/** `zoner/contracts`: the contracts of a schemas folder, and the names that follow from one. */
export type { CompatibilityLevel, Contract, RegisteredType, Waiver } from '#contract/contract.ts';
export { loadContracts } from '#contract/load.ts';
export { type TopicNames, topicNames } from '#contract/topic-names.ts';
export type { ContractValue } from '#generated/contract-value.ts';
