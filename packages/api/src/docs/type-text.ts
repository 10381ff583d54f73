import { z } from 'zod';

interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  format?: string;
  pattern?: string;
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
}

/** A schema as TypeScript would write its type, with limits, formats and defaults as comments. */
export function typeText(schema: z.ZodType, io: 'input' | 'output'): string {
  return render(z.toJSONSchema(schema, { unrepresentable: 'any', io }) as JsonSchema, '');
}

function render(schema: JsonSchema, indent: string): string {
  if (schema.const !== undefined) {
    return literal(schema.const);
  }
  if (schema.enum) {
    return isListOfReasons(schema.enum) ? 'Reason' : schema.enum.map(literal).join(' | ');
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) {
    return variants.map((variant) => render(variant, indent)).join(' | ');
  }
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => render({ ...schema, type }, indent)).join(' | ');
  }
  const { type = '' } = schema;
  switch (type) {
    case 'object':
      return renderObject(schema, indent);
    case 'array': {
      const item = render(schema.items ?? {}, indent);
      return /\|/.test(item.split('\n', 1)[0] ?? '') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
    }
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    default:
      return 'unknown';
  }
}

function renderObject({ properties, required = [], additionalProperties }: JsonSchema, indent: string): string {
  if (!properties) {
    const value = typeof additionalProperties === 'object' ? render(additionalProperties, indent) : 'unknown';
    return `Record<string, ${value}>`;
  }
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, child]) => {
    const mark = required.includes(name) && child.default === undefined ? '' : '?';
    const remark = remarkOf(child);
    return `${inner}${name}${mark}: ${render(child, inner)};${remark ? ` // ${remark}` : ''}`;
  });
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

// `null | 'a'` has its format in the variant that is no null.
function remarkOf(schema: JsonSchema): string {
  const [variant] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  const own = [formatOf(schema), limitsOf(schema), schema.items ? remarkOf(schema.items) : ''].filter(Boolean);
  const all = own.length === 0 && variant ? [remarkOf(variant)].filter(Boolean) : own;
  if (schema.default !== undefined) {
    all.push(`default ${literal(schema.default)}`);
  }
  return all.join(', ');
}

function formatOf({ format, pattern }: JsonSchema): string {
  switch (format ?? '') {
    case 'uuid':
    case 'guid':
      return 'UUID';
    case 'date-time':
      return 'ISO 8601 with a zone';
    case 'date':
      return 'YYYY-MM-DD';
    case 'uri':
      return 'address';
    default:
      return pattern?.startsWith('^([0-9a-fA-F]{8}') ? 'UUID' : '';
  }
}

function limitsOf(schema: JsonSchema): string {
  const least = schema.minLength ?? schema.minItems ?? schema.minimum;
  const most = schema.maxLength ?? schema.maxItems ?? schema.maximum;
  const unit = schema.type === 'string' ? ' characters' : schema.type === 'array' ? ' items' : '';
  const isAnyInteger = (most ?? 0) >= 2_147_483_647;
  if (isAnyInteger || (least === undefined && most === undefined)) {
    return least !== undefined && least > -2_147_483_648 ? `at least ${least}` : '';
  }
  const range =
    least === undefined ? `at most ${most}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return `${range}${unit}`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function isListOfReasons(values: unknown[]): boolean {
  return values.includes('insufficient_credits') && values.length > 10;
}
