// What the app's cards share.
export { PaymentsCard, type Layout } from './payments-card.tsx';
