import { z } from 'zod';
import type { RegistryConfig } from '#core/config.ts';
import { createRegistryHttp } from '#registry/http.ts';

const says = z.object({ version: z.string().min(1), name: z.string().optional() });
const TIMEOUT_MS = 5000;

/**
 * What the registry says of its own release: Confluent's under `/v1/metadata/version`, Apicurio under its own API beside the one
 * that is Confluent's. Null where it says nothing, or may not be asked: nobody depends on it.
 */
export async function registryVersion(config: RegistryConfig): Promise<string | null> {
  const { origin, pathname } = new URL(config.url);
  const isApicurio = pathname.includes('/apis/ccompat/');
  const url = isApicurio ? origin : config.url;
  const path = isApicurio ? '/apis/registry/v3/system/info' : '/v1/metadata/version';
  try {
    const { status, body } = await createRegistryHttp({ ...config, url }, TIMEOUT_MS).ask('GET', path);
    const parsed = says.safeParse(body);
    if (status !== 200 || !parsed.success) return null;
    return `${isApicurio ? 'Apicurio' : 'Confluent'} ${parsed.data.version}`;
  } catch {
    return null;
  }
}
