package org.convoy.clusters;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Spark's own cluster: a master and its workers, each a process from the jars of the Spark home.
 */
final class Standalone implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final Convoy convoy;
  private final String url;
  private final List<Run> servers = new ArrayList<>();
  private int workers;

  private Standalone(Convoy convoy, String url) {
    this.convoy = convoy;
    this.url = url;
  }

  /** Starts a master. */
  static Standalone start(Convoy convoy) throws IOException, InterruptedException {
    String port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = Integer.toString(free.getLocalPort());
    }
    Standalone cluster = new Standalone(convoy, "spark://" + HOST + ":" + port);
    cluster
        .server("master.Master", "--host", HOST, "--port", port, "--webui-port", "0")
        .awaitText("I have been elected leader");
    return cluster;
  }

  /** Starts a worker of one core, and waits until the master knows it. */
  Run startWorker() throws IOException, InterruptedException {
    workers++;
    Path work = Files.createDirectories(convoy.local("worker-" + workers));
    Run worker =
        server(
            "worker.Worker",
            url,
            "--host",
            HOST,
            "--cores",
            "1",
            "--memory",
            "1g",
            "--webui-port",
            "0",
            "--work-dir",
            work.toString());
    worker.awaitText("Successfully registered with master");
    return worker;
  }

  private Run server(String name, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + Packaged.HOME.resolve("conf/jvm.options"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Packaged.sparkJars() + "/*",
                "org.apache.spark.deploy." + name));
    command.addAll(List.of(arguments));
    Map<String, String> environment =
        Map.of("SPARK_HOME", Packaged.SPARK.toString(), "SPARK_SCALA_VERSION", Packaged.scala());
    Run run = convoy.program(environment, command);
    servers.add(run);
    return run;
  }

  /** What {@code --master} takes. */
  String url() {
    return url;
  }

  @Override
  public void close() {
    servers.forEach(Run::close);
  }
}
