# The upload door: one bundled file on Node, built by `cdk deploy` next to that file.
FROM public.ecr.aws/docker/library/node:24-slim
WORKDIR /door
COPY index.mjs .
USER node
ENV NODE_ENV=production
CMD ["node", "--max-old-space-size=384", "index.mjs"]
