import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

type Environment = Readonly<Record<string, string | undefined>>;

const SAMPLERS: Readonly<Record<string, (ratio: number) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
};
const PARENT_BASED = 'parentbased_';

/**
 * Which traces are kept, by the standard's variables OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG, which this SDK does
 * not read itself: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 * An unknown name counts as none, as that page asks for: whatever the parent has decided, and all that have none.
 */
export function samplerOf(env: Environment): Sampler {
  const name = env.OTEL_TRACES_SAMPLER ?? '';
  const given = Number(env.OTEL_TRACES_SAMPLER_ARG ?? 1);
  const ratio = given >= 0 && given <= 1 ? given : 1;
  const isParentBased = name.startsWith(PARENT_BASED);
  const make = SAMPLERS[isParentBased ? name.slice(PARENT_BASED.length) : name];
  if (make === undefined) return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  return isParentBased ? new ParentBasedSampler({ root: make(ratio) }) : make(ratio);
}
