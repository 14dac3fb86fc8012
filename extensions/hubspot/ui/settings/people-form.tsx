// Who may do what: a role for each person of the portal, and for user ids that HubSpot did not list.
import { useState } from 'react';
import {
  Alert,
  Divider,
  Flex,
  Form,
  Heading,
  Input,
  Select,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import type { Role, SettingsView } from '../view-types.ts';
import { SaveBar } from './save-bar.tsx';
import { useSave } from './use-save.ts';

type Admin = NonNullable<SettingsView['admin']>;
type Person = Admin['people'][number];
type Changes = Readonly<Record<string, Role>>;

const ROLES: readonly { label: string; value: Role }[] = [
  { label: 'Viewer: looks', value: 'viewer' },
  { label: 'Rep: collects', value: 'rep' },
  { label: 'Finance: collects, voids, pays back', value: 'finance' },
  { label: 'Admin: everything', value: 'admin' },
];

const roleOf = (value: unknown): Role => ROLES.find((role) => role.value === value)?.value ?? 'viewer';

type RoleSelectProps = { label: string; name: string; value: Role; onChange: (role: Role) => void };

const RoleSelect = ({ label, name, value, onChange }: RoleSelectProps) => (
  <Select
    label={label}
    name={name}
    value={value}
    options={[...ROLES]}
    onChange={(chosen) => onChange(roleOf(chosen))}
  />
);

type PeopleTableProps = {
  people: readonly Person[];
  changes: Changes;
  change: (userId: string, role: Role) => void;
};

const PeopleTable = ({ people, changes, change }: PeopleTableProps) => (
  <Table bordered>
    <TableHead>
      <TableRow>
        <TableHeader>Person</TableHeader>
        <TableHeader>Role</TableHeader>
      </TableRow>
    </TableHead>
    <TableBody>
      {people.map(({ userId, name, email, role, isYou }) => (
        <TableRow key={userId}>
          <TableCell>
            <Text format={{ fontWeight: 'demibold' }}>{isYou ? `${name} (you)` : name}</Text>
            {email !== null && email !== name && <Text variant="microcopy">{email}</Text>}
          </TableCell>
          <TableCell>
            <RoleSelect
              label={`Role of ${name}`}
              name={`role-${userId}`}
              value={changes[userId] ?? role}
              onChange={(chosen) => change(userId, chosen)}
            />
          </TableCell>
        </TableRow>
      ))}
    </TableBody>
  </Table>
);

type NewcomerProps = {
  userId: string;
  role: Role;
  onUserId: (text: string) => void;
  onRole: (role: Role) => void;
};

const Newcomer = ({ userId, role, onUserId, onRole }: NewcomerProps) => (
  <Flex gap="small" wrap="wrap" align="end">
    <Input
      label="Somebody else, by HubSpot user id"
      name="newUserId"
      description="Digits only; HubSpot shows it under Users and teams."
      value={userId}
      onInput={onUserId}
    />
    <RoleSelect label="Their role" name="newRole" value={role} onChange={onRole} />
  </Flex>
);

export function PeopleForm({ people, note }: { people: readonly Person[]; note: string | null }) {
  const form = useSave();
  const [changes, setChanges] = useState<Changes>({});
  const [userId, setUserId] = useState('');
  const [role, setRole] = useState<Role>('rep');
  const newcomer = /^\d{1,20}$/.test(userId.trim()) ? { [userId.trim()]: role } : {};
  const all = Object.entries({ ...changes, ...newcomer }).map(([id, given]) => ({ userId: id, role: given }));
  const submit = (): void => {
    if (all.length > 0) form.send({ roles: all });
  };
  return (
    <Form preventDefault autoComplete="off" onSubmit={submit}>
      <Flex direction="column" gap="small">
        <Heading>People</Heading>
        <Text variant="microcopy">Whoever has no role here is a viewer.</Text>
        {note !== null && <Alert title="The list is not whole">{note}</Alert>}
        <PeopleTable
          people={people}
          changes={changes}
          change={(id, chosen) => setChanges((before) => ({ ...before, [id]: chosen }))}
        />
        <Newcomer userId={userId} role={role} onUserId={setUserId} onRole={setRole} />
        <SaveBar form={form} text="Save roles" disabled={all.length === 0} />
        <Divider />
      </Flex>
    </Form>
  );
}
