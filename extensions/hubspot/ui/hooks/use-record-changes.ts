// Notices when HubSpot says that what Payside keeps on the record has changed, for example by the record's other card.
import { useEffect, useRef } from 'react';
import type { CardActions } from '../card-context.ts';

/** These move whenever money does. */
const WATCHED = ['payside_status', 'payside_owed_text', 'payside_last_payment_at'];

/** HubSpot offers no way to end the subscription: it lives as long as the card. */
export function useRecordChanges(actions: Pick<CardActions, 'onCrmPropertiesUpdate'>, changed: () => void) {
  const newest = useRef(changed);
  newest.current = changed;
  useEffect(() => {
    actions.onCrmPropertiesUpdate(WATCHED, (_values, error) => {
      if (!error) newest.current();
    });
  }, [actions]);
}
