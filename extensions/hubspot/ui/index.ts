// What the app's cards and its settings page are made of.
export { PaymentsCard, type Layout } from './payments-card.tsx';
export { SettingsPage } from './settings/settings-page.tsx';
