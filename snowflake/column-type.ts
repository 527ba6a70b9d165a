import type { AvroSchema, LogicalType } from '#avro/model.ts';

/** A column of a contract's table, as the mapping wants it. */
export interface ColumnType {
  /** As DDL writes it: `NUMBER(10,0)`. */
  readonly sql: string;
  readonly nullable: boolean;
  /** The expression that makes the value out of a VARIANT holding its JSON form. */
  readonly fromJson: (variant: string) => string;
}

/** Snowflake's limits (data-types-numeric). */
const MAX_PRECISION = 38;
const MAX_SCALE = 37;

/** The column type of an Avro schema. VARIANT is always nullable: with rows in the table that could never be put right. */
export function columnType(schema: AvroSchema): ColumnType {
  if (schema.type === 'union') {
    const others = schema.branches.filter(({ type }) => type !== 'null');
    const [only] = others;
    if (others.length === 1 && only !== undefined) {
      return {
        ...columnType(only),
        nullable: others.length < schema.branches.length || columnType(only).nullable,
      };
    }
    return VARIANT;
  }
  const scalar = scalarType(schema);
  return scalar === null ? VARIANT : { nullable: false, ...scalar };
}

/** JSON null becomes SQL NULL, so that `IS NULL` means the same in every column. */
const VARIANT: ColumnType = {
  sql: 'VARIANT',
  nullable: true,
  fromJson: (variant) => `NULLIF(${variant}, PARSE_JSON('null'))`,
};

type Scalar = Pick<ColumnType, 'sql' | 'fromJson'>;

function cast(sql: string): Scalar {
  return { sql, fromJson: (variant) => `${variant}::VARCHAR::${sql}` };
}

function scalarType(schema: Exclude<AvroSchema, { type: 'union' }>): Scalar | null {
  if ('logicalType' in schema && schema.logicalType !== null) return logicalColumn(schema.logicalType);
  switch (schema.type) {
    case 'boolean':
      return { sql: 'BOOLEAN', fromJson: (variant) => `${variant}::BOOLEAN` };
    case 'int':
      return cast('NUMBER(10,0)');
    case 'long':
      return cast('NUMBER(19,0)');
    case 'float':
    case 'double':
      return { sql: 'FLOAT', fromJson: floatFromJson };
    case 'string':
    case 'enum':
      return { sql: 'VARCHAR', fromJson: (variant) => `${variant}::VARCHAR` };
    case 'bytes':
      return binary('BINARY');
    case 'fixed':
      return binary(schema.size === 0 ? 'BINARY' : `BINARY(${schema.size})`);
    default:
      return null;
  }
}

/**
 * JSON form has what is no JSON number as text, and Snowflake writes the infinities otherwise. A number is cast as it is:
 * by way of text Snowflake would round it to ten digits.
 */
function floatFromJson(variant: string): string {
  const special = `REPLACE(${variant}::VARCHAR, 'Infinity', 'inf')::FLOAT`;
  return `IFF(TYPEOF(${variant}) = 'VARCHAR', ${special}, ${variant}::FLOAT)`;
}

function binary(sql: string): Scalar {
  return { sql, fromJson: (variant) => `TO_BINARY(${variant}::VARCHAR, 'BASE64')` };
}

function logicalColumn(logical: LogicalType): Scalar | null {
  switch (logical.name) {
    case 'decimal': {
      const fits = logical.precision <= MAX_PRECISION && logical.scale <= MAX_SCALE;
      return fits ? cast(`NUMBER(${logical.precision},${logical.scale})`) : cast('VARCHAR');
    }
    case 'uuid':
      return cast('VARCHAR(36)');
    case 'date':
      return cast('DATE');
    case 'time-millis':
      return cast('TIME(3)');
    case 'time-micros':
      return cast('TIME(6)');
    case 'duration':
      return null;
    default: {
      const digits = { millis: 3, micros: 6, nanos: 9 }[
        logical.name.slice(logical.name.lastIndexOf('-') + 1)
      ];
      return cast(`TIMESTAMP_${logical.name.startsWith('local-') ? 'NTZ' : 'TZ'}(${digits})`);
    }
  }
}
