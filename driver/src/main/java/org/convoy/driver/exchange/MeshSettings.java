package org.convoy.driver.exchange;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.network.sasl.SecretKeyHolder;
import org.apache.spark.network.util.JavaUtils;
import scala.Tuple2;

/**
 * How one executor takes part in a {@link Mesh}.
 *
 * <p>Read from Spark's settings by {@link #of(SparkEnv)}:
 *
 * <pre>
 * spark.convoy.exchange.port              0      first port to try; 0 takes any free one
 * spark.convoy.exchange.portRetries       as spark.port.maxRetries (16)
 * spark.convoy.exchange.bindAddress              address to listen on, if not the executor's own
 * spark.convoy.exchange.threads           2      threads that move bytes between executors
 * spark.convoy.exchange.stallTimeout      120s   patience with an executor that delivers nothing
 * spark.convoy.exchange.handshakeTimeout  30s    patience with a connection that does not say who it is
 * spark.authenticate, spark.network.crypto.*, spark.authenticate.enableSaslEncryption  are Spark's own
 * </pre>
 *
 * @param host the name or address by which other executors reach this one
 * @param bindAddress the address to listen on
 * @param port the first port to try, 0 for any
 * @param portRetries how many further ports to try when one is taken
 * @param threads threads that move bytes
 * @param stallTimeout patience with an executor that delivers nothing
 * @param handshakeTimeout patience with a connection that does not say who it is
 * @param applicationId Spark's application id
 * @param executorId Spark's id of this executor
 * @param secrets who knows the application's secret; empty when {@code spark.authenticate} is off
 * @param spark all of Spark's settings, for its transport
 */
public record MeshSettings(
    String host,
    String bindAddress,
    int port,
    int portRetries,
    int threads,
    Duration stallTimeout,
    Duration handshakeTimeout,
    String applicationId,
    String executorId,
    Optional<SecretKeyHolder> secrets,
    Map<String, String> spark) {

  private static final String PREFIX = "spark.convoy.exchange.";

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
    spark = Map.copyOf(spark);
  }

  /** The settings of this executor, or of the driver where tasks run in it (a local master). */
  public static MeshSettings of(SparkEnv env) {
    SparkConf conf = env.conf();
    Map<String, String> all = new HashMap<>();
    for (Tuple2<String, String> entry : conf.getAll()) {
      all.put(entry._1(), entry._2());
    }
    Optional<SecretKeyHolder> secrets =
        env.securityManager().isAuthenticationEnabled()
            ? Optional.of(env.securityManager())
            : Optional.empty();
    return of(
        all,
        env.blockManager().blockManagerId().host(),
        conf.getAppId(),
        env.executorId(),
        secrets);
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
      String applicationId,
      String executorId,
      Optional<SecretKeyHolder> secrets) {
    String retries = spark.getOrDefault("spark.port.maxRetries", "16");
    return new MeshSettings(
        host,
        spark.getOrDefault(PREFIX + "bindAddress", host),
        number(spark, "port", "0"),
        number(spark, "portRetries", retries),
        number(spark, "threads", "2"),
        time(spark, "stallTimeout", "120s"),
        time(spark, "handshakeTimeout", "30s"),
        applicationId,
        executorId,
        secrets,
        spark);
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

  private static Duration time(Map<String, String> spark, String name, String otherwise) {
    String value = spark.getOrDefault(PREFIX + name, otherwise);
    try {
      return Duration.ofMillis(JavaUtils.timeStringAsMs(value));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected " + PREFIX + name + " to be a time such as 120s, got " + value, e);
    }
  }
}
