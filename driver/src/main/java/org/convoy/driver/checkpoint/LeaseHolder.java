package org.convoy.driver.checkpoint;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The process that holds a run's folder, as stated in the folder's lease.
 *
 * @param owner random identity of this lease
 * @param host name of the machine, for messages
 * @param machine identity of a machine since its last boot, and of its process name space; empty if
 *     the system does not provide it
 * @param pid number of the process
 * @param processStart start time of the process in the clock of its machine, because process
 *     numbers are reused
 * @param since when the lease was taken (UTC), for messages
 * @param beat number of renewals
 */
@JsonNaming(SnakeCaseStrategy.class)
record LeaseHolder(
    String owner,
    String host,
    String machine,
    long pid,
    String processStart,
    String since,
    long beat) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path PROCESSES = Path.of("/proc");

  /** A new lease for this process. */
  static LeaseHolder here() {
    long pid = ProcessHandle.current().pid();
    return new LeaseHolder(
        UUID.randomUUID().toString(),
        hostName(),
        thisMachine(),
        pid,
        start(pid).orElse(""),
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        0);
  }

  LeaseHolder renewed() {
    return new LeaseHolder(owner, host, machine, pid, processStart, since, beat + 1);
  }

  /** Whether the holder is known to run on this machine; then {@link #isAlive} is reliable. */
  @JsonIgnore
  boolean isOfThisMachine() {
    return !machine.isEmpty() && machine.equals(thisMachine());
  }

  /** Whether the process that took the lease still runs on this machine. */
  @JsonIgnore
  boolean isAlive() {
    return start(pid).filter(processStart::equals).isPresent();
  }

  byte[] toBytes() {
    try {
      return JSON.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The holder, or empty if the bytes are incomplete, because a file may be read while it is
   * written.
   */
  static Optional<LeaseHolder> of(byte[] bytes) {
    try {
      LeaseHolder holder = JSON.readValue(bytes, LeaseHolder.class);
      boolean whole =
          holder != null
              && holder.owner != null
              && holder.host != null
              && holder.machine != null
              && holder.processStart != null;
      return whole ? Optional.of(holder) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A description for messages. */
  String describe() {
    return String.format(Locale.ROOT, "process %d on %s, since %s", pid, host, since);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
  }

  private static String thisMachine() {
    try {
      String boot =
          Files.readString(
                  PROCESSES.resolve("sys/kernel/random/boot_id"), StandardCharsets.US_ASCII)
              .strip();
      return boot + " " + Files.readSymbolicLink(PROCESSES.resolve("self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  /** The start time of a running process of this machine, in ticks since the machine started. */
  private static Optional<String> start(long pid) {
    try {
      String line = Files.readString(PROCESSES.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      // The second field is the program's name in brackets, which may contain any character.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      boolean ended = fields[0].equals("Z") || fields[0].equals("X");
      return ended ? Optional.empty() : Optional.of(fields[19]);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
