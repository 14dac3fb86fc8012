// How the pay page looks to payers: name, logo and color.
import { useState } from 'react';
import { Divider, Flex, Form, Heading, Input, Text } from '@hubspot/ui-extensions';
import { usePage } from './page-context.ts';
import { SaveBar } from './save-bar.tsx';
import { useSave } from './use-save.ts';

export function BrandForm() {
  const { brand } = usePage().view;
  const form = useSave();
  const [name, setName] = useState(brand.name);
  const [logoUrl, setLogoUrl] = useState(brand.logoUrl ?? '');
  const [color, setColor] = useState(brand.color);
  const submit = () => form.send({ brand: { name, logoUrl: logoUrl.trim() || null, color: color.trim() } });
  return (
    <Form preventDefault autoComplete="off" onSubmit={submit}>
      <Flex direction="column" gap="small">
        <Heading>Brand</Heading>
        <Text variant="microcopy">Payers see this on the pay page.</Text>
        <Input
          label="Name"
          name="brandName"
          required
          value={name}
          onInput={setName}
          {...form.about('brand.name')}
        />
        <Input
          label="Logo address"
          name="logoUrl"
          description="An image that begins with https:// and that everybody can open. Empty for none."
          value={logoUrl}
          onInput={setLogoUrl}
          {...form.about('brand.logoUrl')}
        />
        <Input
          label="Color"
          name="color"
          description="# and six digits, such as #1463c4."
          required
          value={color}
          onInput={setColor}
          {...form.about('brand.color')}
        />
        <SaveBar form={form} text="Save brand" />
        <Divider />
      </Flex>
    </Form>
  );
}
