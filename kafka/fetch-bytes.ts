/**
 * How many bytes one answer of a broker holds at most, over all partitions; a larger record comes alone. What is done with
 * before the next collections of short-lived garbage is freed by them. Answers of 16 MiB outlived those: a consumer
 * of a million records held 250 MB instead of 150, and took a seventh longer (`bench/README.md`, "Memory").
 */
export const FETCH_BYTES = 2 * 1024 * 1024;
