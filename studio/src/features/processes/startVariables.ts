/** What the start drawer is filled with: what was used last, else the examples of a known process, else nothing. */
import { recall, remember } from '../../shared/format/memory';

export interface Example {
  label: string;
  hint: string;
  variables: string;
}

const order = (more: Record<string, unknown>) =>
  JSON.stringify(
    {
      orderId: 'A-1001',
      customer: { name: 'Ada Lovelace', email: 'ada@example.org' },
      items: [{ sku: 'BATON-12', quantity: 1, price: 49.9 }, { sku: 'SCORE-05', quantity: 2, price: 120 }],
      total: 289.9,
      ...more,
    },
    null,
    2,
  );

const EXAMPLES: Record<string, Example[]> = {
  'order-fulfilment': [
    { label: 'An order', hint: 'Runs through', variables: order({}) },
    { label: 'A large order', hint: 'Someone reviews it', variables: order({ total: 2890 }) },
    { label: 'Payment outage', hint: 'Charging fails', variables: order({ simulate: 'outage' }) },
    { label: 'Declined card', hint: 'Ends cancelled', variables: order({ simulate: 'declined' }) },
  ],
};

export function examplesFor(processId: string): Example[] {
  return EXAMPLES[processId] ?? [];
}

const storageKey = (processId: string) => `dirigent-start:${processId}`;

export function initialVariables(processId: string, storage: Pick<Storage, 'getItem'>): string {
  return recall(storageKey(processId), storage) ?? examplesFor(processId)[0]?.variables ?? '{\n  \n}';
}

export function rememberVariables(processId: string, text: string, storage: Pick<Storage, 'setItem'>): void {
  remember(storageKey(processId), text, storage);
}
