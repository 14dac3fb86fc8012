// Payside's page in HubSpot's settings of connected apps.
import { hubspot } from '@hubspot/ui-extensions';
import { SettingsPage } from '@payside/hubspot-ui';

hubspot.extend<'settings'>(() => <SettingsPage />);
