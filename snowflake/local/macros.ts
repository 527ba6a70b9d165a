/**
 * DuckDB macros behind casts of text. They give NULL for what is not recognized, and the cast turns that into
 * Snowflake's error. Texts of times are ISO 8601 only: stricter than Snowflake's AUTO, on purpose.
 */
const TIMESTAMP = String.raw`^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?( ?(Z|[+-]\d{2}:?\d{2}))?$`;
const TIME = String.raw`^\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$`;

export const MACROS: readonly string[] = [
  String.raw`CREATE OR REPLACE TEMP MACRO z_fraction(t) AS CAST(rpad(regexp_extract(t, '\.(\d{1,9})', 1), 9, '0') AS HUGEINT)`,
  String.raw`CREATE OR REPLACE TEMP MACRO z_clock(t) AS coalesce(nullif(regexp_extract(t, '\d{2}:\d{2}(:\d{2})?'), ''), '00:00')`,
  `CREATE OR REPLACE TEMP MACRO z_nanos(t) AS CASE WHEN regexp_full_match(t, '${TIMESTAMP}')
     THEN epoch_us(try_cast(left(t, 10) || ' ' || z_clock(substr(t, 11, 9)) AS TIMESTAMP))::HUGEINT * 1000 + z_fraction(t) END`,
  String.raw`CREATE OR REPLACE TEMP MACRO z_zone(t) AS regexp_extract(substr(t, 11), '[+-]\d{2}:?\d{2}$')`,
  `CREATE OR REPLACE TEMP MACRO z_offset(t) AS CASE WHEN z_zone(t) = '' THEN 0
     ELSE (CASE WHEN left(z_zone(t), 1) = '-' THEN -1 ELSE 1 END)
       * (substr(z_zone(t), 2, 2)::INT * 60 + right(z_zone(t), 2)::INT) END::SMALLINT`,
  `CREATE OR REPLACE TEMP MACRO z_instant(t) AS z_nanos(t) - z_offset(t)::HUGEINT * 60000000000`,
  `CREATE OR REPLACE TEMP MACRO z_time(t) AS CASE WHEN regexp_full_match(t, '${TIME}')
     THEN epoch_us(try_cast('1970-01-01 ' || z_clock(t) AS TIMESTAMP))::HUGEINT * 1000 + z_fraction(t) END`,
  `CREATE OR REPLACE TEMP MACRO z_floor(n, unit) AS n - ((n % unit) + unit) % unit`,
  `CREATE OR REPLACE TEMP MACRO z_micros(n) AS make_timestamp(CAST(z_floor(n, 1000) // 1000 AS BIGINT))`,
  `CREATE OR REPLACE TEMP MACRO z_text(n) AS strftime(z_micros(n), '%Y-%m-%d %H:%M:%S.') || lpad(CAST((((n % 1000000000) + 1000000000) % 1000000000) // 1000000 AS VARCHAR), 3, '0')`,
  `CREATE OR REPLACE TEMP MACRO z_zone_text(o) AS (CASE WHEN o < 0 THEN '-' ELSE '+' END) || lpad((abs(o) // 60)::VARCHAR, 2, '0') || lpad((abs(o) % 60)::VARCHAR, 2, '0')`,
  `CREATE OR REPLACE TEMP MACRO z_float_text(x) AS CASE WHEN isnan(x) THEN 'NaN' WHEN isinf(x) THEN (CASE WHEN x > 0 THEN 'inf' ELSE '-inf' END)
     WHEN x = trunc(x) AND abs(x) < 1e15 THEN CAST(CAST(x AS BIGINT) AS VARCHAR) ELSE CAST(x AS VARCHAR) END`,
  `CREATE OR REPLACE TEMP MACRO z_float(t) AS CASE WHEN lower(t) IN ('infinity', '-infinity', '+infinity') THEN NULL ELSE try_cast(t AS DOUBLE) END`,
  `CREATE OR REPLACE TEMP MACRO z_boolean(t) AS CASE WHEN lower(t) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE
     WHEN lower(t) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE END`,
];
