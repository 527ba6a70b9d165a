import { createMemoryStore } from '#recommendations/memory-store.ts';
import { storeSuite } from '#recommendations/store-suite.ts';

storeSuite('memory', async () => createMemoryStore());
