/** Only the first compiler: it starts fast, and speed in the long run is not what demo and tests need. */
export const JVM_FLAGS: readonly string[] = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
