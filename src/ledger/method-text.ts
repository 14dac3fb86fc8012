// A card or bank account in words: its kind and its last digits.
import type { PaymentMethodText } from './entities.ts';

const BRANDS: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};
const TYPES: Record<string, string> = {
  card: 'Card',
  us_bank_account: 'Bank account',
  sepa_debit: 'SEPA debit',
};

export function methodText(method: PaymentMethodText | null): string {
  if (!method) return 'Recorded without a card or bank';
  const name =
    method.type === 'card'
      ? (BRANDS[method.brand ?? ''] ?? 'Card')
      : (method.brand ?? TYPES[method.type] ?? method.type);
  return method.last4 ? `${name} •••• ${method.last4}` : name;
}
