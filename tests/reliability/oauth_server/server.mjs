// SPDX-License-Identifier: GPL-3.0-or-later
// oidc-provider with the clients of a test: node server.mjs '{"clients": [...], "lifetime": 60, ...}'
//
// Prints its address as JSON, and tells at /asked of the token requests so far. Client authentication, grants, expiry, rotation,
// introspection and revocation are the library's. Only the first refresh token is made here, through its models: it
// gives none for client_credentials, as RFC 6749 recommends, while older Keycloaks do.

import http from 'node:http';

import { Provider } from 'oidc-provider';

const config = JSON.parse(process.argv[2]);
const RESOURCE = 'urn:api';
const SCOPE = 'openid offline_access api';

const asked = [];

const resource = {
  scope: SCOPE,
  accessTokenTTL: config.lifetime,
  accessTokenFormat: config.jwt ? 'jwt' : 'opaque',
  ...(config.jwt && { jwt: { sign: { alg: 'RS256' } } }),
};

const settings = {
  clients: config.clients.map(([client_id, client_secret]) => ({
    client_id,
    client_secret,
    grant_types: ['client_credentials', 'refresh_token'],
    redirect_uris: [],
    response_types: [],
  })),
  scopes: SCOPE.split(' '),
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  extraTokenClaims: () => (config.jwt ? { username: config.jwt } : undefined),
  rotateRefreshToken: true,
  ttl: { RefreshToken: config.refresh || 60, Grant: 3600 },
  routes: { token: '/token', introspection: '/introspection', revocation: '/revocation', jwks: '/jwks' },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => resource,
    },
  },
};

async function firstRefreshToken(provider, client) {
  const accountId = client.clientId;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addResourceScope(RESOURCE, SCOPE);
  const grantId = await grant.save();
  const gty = 'client_credentials';
  return new provider.RefreshToken({ accountId, client, grantId, gty, scope: 'api', resource: RESOURCE }).save();
}

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, settings);
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== settings.routes.token) return;
    const { params = {}, client } = ctx.oidc;
    if (config.refresh && ctx.status === 200) {
      ctx.body.refresh_token ??= await firstRefreshToken(provider, client);
      ctx.body.refresh_expires_in = config.refresh;
    }
    asked.push({
      grant: params.grant_type,
      way: ctx.headers.authorization ? 'basic' : 'post',
      status: ctx.status,
      error: ctx.status === 200 ? null : ctx.body.error_description || ctx.body.error,
    });
  });
  const answer = provider.callback();
  server.on('request', (req, res) => (req.url === '/asked' ? res.end(JSON.stringify(asked)) : answer(req, res)));
  process.stdout.write(`${JSON.stringify({ url })}\n`);
});
