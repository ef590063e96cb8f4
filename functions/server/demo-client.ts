// The client that a first start on one machine creates, so that every request of the documentation works at once.
import type { Ports } from '../jobs/ports.ts';

/** Known to everyone: this client is for trying things out on a machine that only its owner reaches. */
export const demoClient = {
  id: 'demo',
  apiKey: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
  secret: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  organization: 1,
  username: 'demo',
  admin: true,
} as const;

/** Creates the client unless it is there; true when it was created. */
export const ensureDemoClient = async ({ clients }: Pick<Ports, 'clients'>): Promise<boolean> => {
  if (await clients.byId(demoClient.id)) return false;
  await clients.put(demoClient);
  return true;
};
