/** `zoner/settings`: the variables of `.env.example`, parsed and judged at once. */
export {
  type Config,
  type KafkaConfig,
  parseConfig,
  type RegistryConfig,
  type SnowflakeConfig,
} from '#core/config.ts';
