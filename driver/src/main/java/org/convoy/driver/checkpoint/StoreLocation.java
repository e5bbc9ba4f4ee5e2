package org.convoy.driver.checkpoint;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The location of a store and how to reach it, in a form that can be sent to executors.
 *
 * @param root a folder on any Hadoop file system
 * @param hadoop the settings of the driver's Hadoop configuration
 */
public record StoreLocation(String root, Map<String, String> hadoop) implements Serializable {
  /** Copies the settings. */
  public StoreLocation {
    hadoop = Map.copyOf(hadoop);
  }

  /**
   * The location of a folder under a configuration, usually {@code
   * sparkContext.hadoopConfiguration()}.
   */
  public static StoreLocation of(String root, Configuration configuration) {
    Map<String, String> settings = new HashMap<>();
    configuration.forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
    return new StoreLocation(root, settings);
  }

  /** The Hadoop configuration of the driver. */
  public Configuration configuration() {
    Configuration configuration = new Configuration(false);
    hadoop.forEach(configuration::set);
    return configuration;
  }

  /**
   * Opens the store.
   *
   * @throws IOException if the file system is unknown or cannot be reached
   */
  public HadoopStore open() throws IOException {
    return new HadoopStore(configuration(), new Path(root));
  }
}
