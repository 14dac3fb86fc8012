// The lines of an invoice being typed: description, quantity, amount each.
import { Box, Button, Flex, Input } from '@hubspot/ui-extensions';
import { emptyLine, lineProblems, MAX_LINES, type DraftLine, type LineProblems } from '../invoice-draft.ts';

type LineFieldsProps = {
  line: DraftLine;
  onChange: (line: DraftLine) => void;
  onRemove: (() => void) | null;
  problems: LineProblems;
  readOnly: boolean;
};

const problem = (text: string | undefined) => ({ error: text !== undefined, validationMessage: text ?? '' });

function LineFields({ line, onChange, onRemove, problems, readOnly }: LineFieldsProps) {
  return (
    <Flex gap="small" align="start">
      <Box flex={4}>
        <Input
          label="Description"
          name={`description-${line.key}`}
          value={line.description}
          onInput={(description) => onChange({ ...line, description })}
          required
          readOnly={readOnly}
          {...problem(problems.description)}
        />
      </Box>
      <Box flex={1}>
        <Input
          label="Quantity"
          name={`quantity-${line.key}`}
          value={line.quantity}
          onInput={(quantity) => onChange({ ...line, quantity })}
          required
          readOnly={readOnly}
          {...problem(problems.quantity)}
        />
      </Box>
      <Box flex={2}>
        <Input
          label="Price each"
          name={`amount-${line.key}`}
          value={line.amount}
          onInput={(amount) => onChange({ ...line, amount })}
          placeholder="0.00"
          required
          readOnly={readOnly}
          {...problem(problems.amount)}
        />
      </Box>
      {onRemove && (
        <Box alignSelf="center">
          <Button variant="transparent" size="sm" onClick={onRemove}>
            Remove
          </Button>
        </Box>
      )}
    </Flex>
  );
}

export type InvoiceLinesProps = {
  lines: DraftLine[];
  onChange: (lines: DraftLine[]) => void;
  tried: boolean;
  readOnly: boolean;
};

export function InvoiceLines({ lines, onChange, tried, readOnly }: InvoiceLinesProps) {
  const add = () => onChange([...lines, emptyLine((lines.at(-1)?.key ?? 0) + 1)]);
  return (
    <Flex direction="column" gap="small">
      {lines.map((line) => (
        <LineFields
          key={line.key}
          line={line}
          onChange={(changed) => onChange(lines.map((other) => (other.key === line.key ? changed : other)))}
          onRemove={
            lines.length > 1 && !readOnly ? () => onChange(lines.filter(({ key }) => key !== line.key)) : null
          }
          problems={tried ? lineProblems(line) : {}}
          readOnly={readOnly}
        />
      ))}
      {!readOnly && lines.length < MAX_LINES && (
        <Flex>
          <Button variant="transparent" size="sm" onClick={add}>
            Add line
          </Button>
        </Flex>
      )}
    </Flex>
  );
}
