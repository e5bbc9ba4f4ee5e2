package org.convoy.driver.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.convoy.driver.data.SampleIndex;
import org.convoy.driver.engine.EngineData;
import org.convoy.driver.spark.Shared;
import org.jspecify.annotations.Nullable;

/**
 * The micro-batches of a run for an engine of another program: the same images, augmented alike, as
 * for Convoy's own loop. An executor keeps its files open until it ends or is asked for another
 * run's images.
 */
final class EngineImages implements EngineData {
  private static final long serialVersionUID = 1L;

  private static final Object LOCK = new Object();

  /** What this process reads, and for which run. */
  private static @Nullable PartReader open;

  private static String openFor = "";

  private final RunSpec spec;
  private final Shared<SampleIndex> training;
  private final byte[] hadoop;
  private final int threads;
  private final String run;

  /**
   * @param run a name that no other run of these executors has
   * @param cores of an executor
   */
  EngineImages(
      RunSpec spec, Shared<SampleIndex> training, Configuration hadoop, int cores, String run)
      throws IOException {
    this.spec = spec;
    this.training = training;
    this.threads = cores;
    this.run = run;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    hadoop.write(new DataOutputStream(bytes));
    this.hadoop = bytes.toByteArray();
  }

  @Override
  public Part load(long step, int part, int parts) throws IOException, InterruptedException {
    synchronized (LOCK) {
      PartReader reader = open;
      if (reader == null || !openFor.equals(run)) {
        close();
        reader = new PartReader(spec, training.value(), configuration(), threads);
        open = reader;
        openFor = run;
      }
      return reader.load(step, part, parts);
    }
  }

  /** Closes what this process has open. */
  static void close() throws IOException {
    synchronized (LOCK) {
      PartReader reader = open;
      open = null;
      if (reader != null) {
        reader.close();
      }
    }
  }

  private Configuration configuration() throws IOException {
    Configuration configuration = new Configuration(false);
    configuration.readFields(new DataInputStream(new ByteArrayInputStream(hadoop)));
    return configuration;
  }
}
