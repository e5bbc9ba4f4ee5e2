package org.convoy.driver.exchange.wire;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of one executor's part in a {@link Mesh}.
 *
 * <p>Read from Spark's settings by {@link #of}:
 *
 * <pre>
 * spark.convoy.exchange.port              0      first port to try; 0 takes any free one
 * spark.convoy.exchange.portRetries       as spark.port.maxRetries (16)
 * spark.convoy.exchange.bindAddress              address to listen on, if not the executor's own
 * spark.convoy.exchange.threads           2      threads that move bytes between executors
 * spark.convoy.exchange.stallTimeout      120s   longest wait for an executor that delivers nothing
 * spark.convoy.exchange.handshakeTimeout  30s    longest wait for a connection that does not identify itself
 * spark.authenticate, spark.network.crypto.*, spark.authenticate.enableSaslEncryption  are Spark's own
 * </pre>
 *
 * @param host the name or address by which other executors reach this one
 * @param bindAddress the address to listen on
 * @param port the first port to try, 0 for any
 * @param portRetries how many further ports to try when one is taken
 * @param threads threads that move bytes
 * @param stallTimeout longest wait for an executor that delivers nothing
 * @param handshakeTimeout longest wait for a connection that does not identify itself
 * @param executorId Spark's id of this executor
 * @param security how executors authenticate each other and encrypt; empty where they do not
 */
public record MeshSettings(
    String host,
    String bindAddress,
    int port,
    int portRetries,
    int threads,
    Duration stallTimeout,
    Duration handshakeTimeout,
    String executorId,
    Optional<ChannelSecurity> security) {

  private static final String PREFIX = "spark.convoy.exchange.";
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|min|h|d|)");

  public MeshSettings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("expected " + PREFIX + "port of 0 to 65535, got " + port);
    }
    if (portRetries < 0) {
      throw new IllegalArgumentException(
          "expected " + PREFIX + "portRetries of 0 or more, got " + portRetries);
    }
    if (threads < 1) {
      throw new IllegalArgumentException(
          "expected " + PREFIX + "threads of 1 or more, got " + threads);
    }
    if (stallTimeout.isNegative() || stallTimeout.isZero()) {
      throw new IllegalArgumentException(
          "expected a " + PREFIX + "stallTimeout above 0, got " + stallTimeout);
    }
    if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
      throw new IllegalArgumentException(
          "expected a " + PREFIX + "handshakeTimeout above 0, got " + handshakeTimeout);
    }
  }

  /**
   * Reads the settings above.
   *
   * @param spark Spark's settings
   * @throws IllegalArgumentException naming the setting, if a value is not what it should be
   */
  public static MeshSettings of(
      Map<String, String> spark,
      String host,
      String executorId,
      Optional<ChannelSecurity> security) {
    String retries = spark.getOrDefault("spark.port.maxRetries", "16");
    return new MeshSettings(
        host,
        spark.getOrDefault(PREFIX + "bindAddress", host),
        number(spark, "port", "0"),
        number(spark, "portRetries", retries),
        number(spark, "threads", "2"),
        time(spark, "stallTimeout", "120s"),
        time(spark, "handshakeTimeout", "30s"),
        executorId,
        security);
  }

  private static int number(Map<String, String> spark, String name, String otherwise) {
    String value = spark.getOrDefault(PREFIX + name, otherwise);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected " + PREFIX + name + " to be a whole number, got " + value, e);
    }
  }

  /** A time as Spark writes it: 500ms, 120s, 2m or 2min, 1h; a bare number is milliseconds. */
  private static Duration time(Map<String, String> spark, String name, String otherwise) {
    String value = spark.getOrDefault(PREFIX + name, otherwise);
    Matcher time = TIME.matcher(value.strip().toLowerCase(Locale.ROOT));
    if (!time.matches()) {
      throw new IllegalArgumentException(
          "expected " + PREFIX + name + " to be a time such as 120s, got " + value);
    }
    long number = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m", "min" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofMillis(number);
    };
  }
}
