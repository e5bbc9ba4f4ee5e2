package org.convoy.driver.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.regex.Pattern;
import org.convoy.kernels.Machine;

/**
 * What one executor found about itself. Sizes are bytes, {@link #UNKNOWN} where the system states
 * none.
 *
 * @param rank the task's number, from 0
 * @param executorId Spark's id of the executor
 * @param cores that the task may use
 * @param java the Java machine
 * @param machine what it computes with; of kernels that cannot be loaded only the processor
 * @param kernelsFailure why the native libraries cannot be loaded; empty if they can
 * @param limits what the system allows the process
 * @param temp the folder for temporary files
 * @param output the folder of the run; not measured if none was named
 * @param dataFailure why the data cannot be reached; empty if it can, or if none was named
 * @param network the connections to other executors
 * @param gpu the GPU that it was given
 */
public record HostReport(
    int rank,
    String executorId,
    String host,
    int cores,
    JavaFacts java,
    Machine machine,
    String kernelsFailure,
    ProcessLimits limits,
    Storage temp,
    Storage output,
    String dataFailure,
    Network network,
    GpuFacts gpu) {

  /** Stands for a size that the system does not state. */
  public static final long UNKNOWN = -1;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A Java machine.
   *
   * @param version such as {@code 17.0.9}
   * @param fileNames the charset of file names
   * @param arguments of its command line; secrets are left out
   */
  public record JavaFacts(
      String version, String vendor, long heapBytes, String fileNames, List<String> arguments) {
    private static final Pattern SECRET =
        Pattern.compile("(?i)([^=]*(?:secret|password|token|credential|access.?key)[^=]*=).*");

    /** Leaves the values of passwords and the like out of the arguments. */
    public JavaFacts {
      arguments =
          arguments.stream()
              .map(argument -> SECRET.matcher(argument).replaceFirst("$1(left out)"))
              .toList();
    }
  }

  /**
   * A folder that was written to and read from.
   *
   * @param folder empty if none was measured
   * @param freeBytes room that is left
   * @param writeRate bytes per second, as long as nothing failed
   * @param readRate bytes per second; of a file written just before, so often from memory
   * @param failure why it cannot be written; empty if it can
   */
  public record Storage(
      String folder, long freeBytes, double writeRate, double readRate, String failure) {
    static final Storage NONE = new Storage("", UNKNOWN, 0, 0, "");

    static Storage failed(String folder, String failure) {
      return new Storage(folder, UNKNOWN, 0, 0, failure);
    }
  }

  /**
   * Connections of an executor.
   *
   * @param listenedAt the address on which the others called
   * @param clockSeconds how far its clock is ahead of rank 0's
   * @param links to the executors that it measured
   * @param failure why the executors could not connect; empty if they did
   */
  public record Network(String listenedAt, double clockSeconds, List<Link> links, String failure) {
    static Network failed(String failure) {
      return new Network("", 0, List.of(), failure);
    }
  }

  /**
   * The way to another executor and back.
   *
   * @param rank the other executor
   * @param latencySeconds half the time that a message takes there and back, the median
   * @param rate bytes per second in one direction
   */
  public record Link(int rank, double latencySeconds, double rate) {}

  String encode() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the report of " + host, e);
    }
  }

  static HostReport decode(String text) {
    try {
      return JSON.readValue(text, HostReport.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected the report of an executor, got " + text, e);
    }
  }
}
