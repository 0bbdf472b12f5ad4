/** The topic of the notification that a response was removed, which has its id. */
export const TOPIC = 'responses';
