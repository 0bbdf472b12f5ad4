/** What gateways tell each other when a response was removed, with its id. */
export const TOPIC = 'responses';
