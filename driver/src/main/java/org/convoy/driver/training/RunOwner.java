package org.convoy.driver.training;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.convoy.driver.checkpoint.HadoopStore;

/**
 * The Spark application that a run's folder belongs to, in the file {@code application.txt}. If an
 * application is started again because its driver died, it goes on with its own run, and with no
 * other.
 */
public final class RunOwner {
  static final String FILE = "application.txt";

  private RunOwner() {}

  /** Whether the folder's run was begun or resumed last by this application. */
  public static boolean is(String applicationId, String output, Configuration hadoop)
      throws IOException {
    HadoopStore store = new HadoopStore(hadoop, new Path(output));
    try (InputStream in = store.open(FILE)) {
      String owner = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return owner.strip().equals(applicationId);
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  static void write(String applicationId, HadoopStore store) throws IOException {
    try (OutputStream out = store.create(FILE)) {
      out.write((applicationId + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
