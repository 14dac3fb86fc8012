// Currency and amount side by side; the amount stays the text that was typed.
import { Box, Flex, Input, Select } from '@hubspot/ui-extensions';

export type AmountFieldsProps = {
  currencies: readonly string[];
  currency: string;
  onCurrency: (currency: string) => void;
  amount: string;
  onAmount: (amount: string) => void;
  problem: string | null;
  readOnly: boolean;
  description?: string;
};

export function CurrencySelect(props: {
  currencies: readonly string[];
  value: string;
  onChange: (currency: string) => void;
  readOnly: boolean;
}) {
  return (
    <Select
      label="Currency"
      name="currency"
      value={props.value}
      options={props.currencies.map((code) => ({ label: code, value: code }))}
      onChange={(value) => props.onChange(String(value))}
      readOnly={props.readOnly}
    />
  );
}

export function AmountFields(props: AmountFieldsProps) {
  const { problem, description } = props;
  return (
    <Flex gap="small" align="start">
      <Box flex={2}>
        <Input
          label="Amount"
          name="amount"
          value={props.amount}
          onInput={props.onAmount}
          placeholder="0.00"
          required
          readOnly={props.readOnly}
          error={problem !== null}
          validationMessage={problem ?? ''}
          {...(description !== undefined && { description })}
        />
      </Box>
      <Box flex={1}>
        <CurrencySelect
          currencies={props.currencies}
          value={props.currency}
          onChange={props.onCurrency}
          readOnly={props.readOnly}
        />
      </Box>
    </Flex>
  );
}
