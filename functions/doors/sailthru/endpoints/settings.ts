// GET /settings: what an account is set to. Extractors call it first, to see whether their key and secret are right.
import type { Endpoint } from './endpoint.ts';

export const settings: Endpoint = {
  async GET({ ports, client }) {
    const lists = await ports.lists.all(client.id);
    return {
      id: client.id,
      timezone: client.settings.timeZone,
      lists_primary: lists.filter(({ details }) => details.primary).map(({ name }) => name),
      // Sending mail is not this product's business: there is nothing to tell of it.
      domains: {},
      from_emails: [],
      beacon_image: '',
      features: {},
    };
  },
};
