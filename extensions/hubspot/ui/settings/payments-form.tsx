// How payments are taken and shown: the day's time zone, the kind of pay page, links on records, edits made in HubSpot.
import { useState } from 'react';
import { Divider, Flex, Form, Heading, Select, Toggle } from '@hubspot/ui-extensions';
import type { SettingsView } from '../view-types.ts';
import { usePage } from './page-context.ts';
import { SaveBar } from './save-bar.tsx';
import { useSave } from './use-save.ts';

const PAY_PAGES = [
  { label: 'Payside’s own page, with the gateway’s card fields in it', value: 'embedded' },
  { label: 'The gateway’s hosted page', value: 'hosted' },
];

const CRM_EDITS = [
  { label: 'Put them right within a day', value: 'repair' },
  { label: 'Keep them, and show them below', value: 'keep' },
];

export function PaymentsForm({ timeZones }: { timeZones: readonly string[] }) {
  const { view } = usePage();
  const form = useSave();
  const [timeZone, setTimeZone] = useState(view.timeZone);
  const [payPage, setPayPage] = useState<SettingsView['payPage']>(view.payPage);
  const [linkOnRecord, setLinkOnRecord] = useState(view.linkOnRecord);
  const [crmEdits, setCrmEdits] = useState<SettingsView['crmEdits']>(view.crmEdits);
  const submit = () => form.send({ timeZone, payPage, linkOnRecord, crmEdits });
  return (
    <Form preventDefault autoComplete="off" onSubmit={submit}>
      <Flex direction="column" gap="small">
        <Heading>Payments</Heading>
        <Select
          label="Time zone"
          name="timeZone"
          description="A due date ends at midnight here."
          value={timeZone}
          options={timeZones.map((zone) => ({ label: zone, value: zone }))}
          onChange={(value) => setTimeZone(String(value))}
          {...form.about('timeZone')}
        />
        <Select
          label="Pay page"
          name="payPage"
          value={payPage}
          options={PAY_PAGES}
          onChange={(value) => setPayPage(value === 'hosted' ? 'hosted' : 'embedded')}
        />
        <Toggle
          label="Write the pay link to records: everybody who sees a record can pass it on"
          name="linkOnRecord"
          size="md"
          checked={linkOnRecord}
          onChange={setLinkOnRecord}
        />
        <Select
          label="Edits made in HubSpot"
          name="crmEdits"
          description="Of the fields and records that Payside writes. A record that was deleted is always made again, and what the gateway says anew is always written."
          value={crmEdits}
          options={CRM_EDITS}
          onChange={(value) => setCrmEdits(value === 'keep' ? 'keep' : 'repair')}
        />
        <SaveBar form={form} text="Save payments" />
        <Divider />
      </Flex>
    </Form>
  );
}
