# Scrip as an image: `scrip server` by default; any other command takes its place, such as `worker` or `migrate`.
#
# NOT TESTED with a container engine: none was at hand. What it does step by step was done by hand on Debian 12 with Node 24.
#
#   docker build --tag scrip .
#   docker run --rm --env DATABASE_URL=postgres://… --env SCRIP_MASTER_KEY=… scrip migrate
#   docker run --env DATABASE_URL=postgres://… --env SCRIP_MASTER_KEY=… --publish 8080:8080 scrip

FROM node:24-bookworm-slim
WORKDIR /opt/scrip

# Changes to the program leave this layer as it is. The Node that comes with the packages, for machines with an older one, is not needed.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund \
  && npm cache clean --force \
  && rm -rf node_modules/node-linux-* node_modules/node-bin-*

COPY bin bin
COPY src src
COPY web web
COPY migrations migrations
COPY tsconfig.json LICENSE ./
# Portal and console are built here, once; a start finds them up to date and writes nothing under /opt.
RUN node --eval "import('./bin/web-app.js').then(({ ensureWebApp }) => ensureWebApp(console.log))"

# Holds the key file where SCRIP_MASTER_KEY is not set. The database is elsewhere: the embedded one is not for containers.
RUN mkdir --mode=700 /var/lib/scrip && chown node:node /var/lib/scrip
VOLUME /var/lib/scrip
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 SCRIP_DATA_DIR=/var/lib/scrip
USER node
EXPOSE 8080

HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["node", "bin/scrip.js"]
CMD ["server"]
