package org.convoy.jobs.exchange;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.settings.RequestException;

/**
 * A network of this machine's own: each executor in a Linux network namespace with one connection
 * of limited bandwidth to a switch, which is a bridge in a namespace of its own. Nothing of it is
 * seen outside, and closing it leaves nothing.
 *
 * <p>The bandwidth is limited each way by the token bucket of {@code tc}; a delay needs the kernel
 * module {@code sch_netem}.
 */
public final class EmulatedNetwork implements AutoCloseable {
  private static final int MOST_EXECUTORS = 250;

  private final String prefix = "convoy" + ProcessHandle.current().pid();
  private final List<String> namespaces = new ArrayList<>();

  /**
   * Makes the network.
   *
   * @param bandwidth of each executor's connection, each way
   * @param delayMillis that each packet takes from an executor to the switch
   * @throws RequestException if the user may not, or the system cannot
   */
  public EmulatedNetwork(int executors, Bandwidth bandwidth, Optional<Double> delayMillis)
      throws IOException, InterruptedException {
    if (executors > MOST_EXECUTORS) {
      throw new RequestException(
          "--executors: expected at most "
              + MOST_EXECUTORS
              + " with --bandwidth, got "
              + executors);
    }
    if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new RequestException(
          "--bandwidth: expected root, who may make network namespaces, got another user");
    }
    try {
      String bridge = add("switch");
      in(bridge, "ip link add bridge type bridge");
      in(bridge, "ip link set bridge up");
      for (int rank = 0; rank < executors; rank++) {
        String own = add(Integer.toString(rank));
        String port = "port" + rank;
        in(own, "ip link set lo up");
        run("ip link add eth0 netns " + own + " type veth peer name " + port + " netns " + bridge);
        in(own, "ip address add " + address(rank) + "/24 dev eth0");
        in(own, "ip link set eth0 up");
        in(bridge, "ip link set " + port + " master bridge up");
        String limit = limit(bandwidth);
        in(bridge, "tc qdisc add dev " + port + " root " + limit);
        in(own, "tc qdisc add dev eth0 root handle 1: " + limit);
        if (delayMillis.isPresent()) {
          in(
              own,
              "tc qdisc add dev eth0 parent 1:1 netem limit 100000 delay "
                  + delayMillis.get()
                  + "ms");
        }
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static String limit(Bandwidth bandwidth) {
    long burst = Math.max(65536, bandwidth.bitsPerSecond() / 8 / 250);
    return "tbf rate " + bandwidth.bitsPerSecond() + "bit burst " + burst + " latency 100ms";
  }

  private String add(String name) throws IOException, InterruptedException {
    String namespace = prefix + "-" + name;
    run("ip netns add " + namespace);
    namespaces.add(namespace);
    return namespace;
  }

  private static void in(String namespace, String command)
      throws IOException, InterruptedException {
    run("ip netns exec " + namespace + " " + command);
  }

  private static void run(String command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new RequestException("--bandwidth: this system refuses " + command + ": " + said);
    }
  }

  /** The address of an executor. */
  String address(int rank) {
    return "10.77.0." + (rank + 1);
  }

  /** What stands before the command of an executor's process. */
  List<String> enter(int rank) {
    return List.of("ip", "netns", "exec", prefix + "-" + rank);
  }

  /** Removes all namespaces, and with them all connections. */
  @Override
  public void close() throws IOException, InterruptedException {
    List<String> left = List.copyOf(namespaces);
    namespaces.clear();
    for (String namespace : left) {
      run("ip netns delete " + namespace);
    }
  }
}
