import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api';
import { errorMark } from '#snowflake/local/sql-error.ts';
import { JsonTextError, variantText } from '#snowflake/local/variant-text.ts';

/** What DuckDB has no function for: `z_json` fails as PARSE_JSON does, `z_try_json` gives NULL instead. */
export function duckdbFunctions(): readonly DuckDBScalarFunction[] {
  return [jsonFunction('z_json', false), jsonFunction('z_try_json', true)];
}

function jsonFunction(name: string, tried: boolean): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    parameterTypes: [VARCHAR],
    returnType: VARCHAR,
    mainFunction(info, input, output) {
      const texts = input.getColumnVector(0);
      for (let row = 0; row < input.rowCount; row += 1) {
        const text = texts.getItem(row) as string | null;
        try {
          // An empty text is NULL (PARSE_JSON in Snowflake's SQL reference).
          output.setItem(row, text === null || text.trim() === '' ? null : variantText(text));
        } catch (error) {
          if (!(error instanceof JsonTextError)) throw error;
          if (!tried) return info.setError(errorMark('json'));
          output.setItem(row, null);
        }
      }
      output.flush();
    },
  });
}
