# Two images. `zoner` runs every command; `local-snowflake` is the embedded Snowflake for development, not the real one.
#   docker build --target zoner --tag zoner .
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Declarations and maps are for people and compilers: a third of the image.
RUN npm ci --omit=dev --ignore-scripts --no-progress --loglevel=error \
    && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete

# DuckDB is a development dependency, in the version of the lockfile.
FROM ${NODE_IMAGE} AS duckdb
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-progress --loglevel=error

FROM ${NODE_IMAGE} AS local-snowflake
ENV NODE_ENV=production
WORKDIR /app
COPY --from=duckdb /app/node_modules/@duckdb node_modules/@duckdb
COPY --from=duckdb /app/node_modules/detect-libc node_modules/detect-libc
COPY --from=duckdb /app/node_modules/lru-cache node_modules/lru-cache
COPY --from=duckdb /app/node_modules/zod node_modules/zod
COPY package.json ./
COPY core core
COPY snowflake/local snowflake/local
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8085
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s --retries=10 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8085/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "snowflake/local/main.ts", "--host", "0.0.0.0", "--port", "8085", "--data", "/data/snowflake.duckdb"]

FROM ${NODE_IMAGE} AS zoner
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
# The only folder that is written: snapshots, and the secret of the API.
RUN mkdir .zoner && chown node:node .zoner
USER node
VOLUME /app/.zoner
# Commands that run for ever tell there how they are: `--health-port 8090`.
HEALTHCHECK --interval=3s --timeout=5s --start-period=60s --retries=10 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8090/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--disable-warning=TimeoutNegativeWarning", "--max-semi-space-size=16", "cli/zoner.ts"]
CMD ["--help"]
