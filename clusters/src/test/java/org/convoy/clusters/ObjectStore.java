package org.convoy.clusters;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A server that speaks S3, s3proxy, in a process of its own, which keeps its objects in memory. Its
 * clients go through a {@link RequestLog}.
 */
final class ObjectStore implements AutoCloseable {
  private static final int ATTEMPTS = 5;
  private static final String LOG = "s3proxy.log";

  private final String classPath;
  private final Process server;
  private final RequestLog log;

  private ObjectStore(String classPath, Process server, RequestLog log) {
    this.classPath = classPath;
    this.server = server;
    this.log = log;
  }

  static ObjectStore start(Path folder) throws IOException, InterruptedException {
    String classPath =
        Files.readString(Packaged.HOME.resolve("clusters/object-store/target/classpath.txt"));
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      Process server = start(folder, classPath, port);
      while (server.isAlive() && !accepts(port)) {
        Thread.sleep(50);
      }
      if (server.isAlive()) {
        RequestLog log = RequestLog.before(URI.create("http://127.0.0.1:" + port));
        return new ObjectStore(classPath, server, log);
      }
      // Another process may have taken the port in between.
      if (attempt == ATTEMPTS) {
        throw new IOException("s3proxy ended: " + Files.readString(folder.resolve(LOG)));
      }
    }
  }

  private static Process start(Path folder, String classPath, int port) throws IOException {
    Path settings = folder.resolve("s3proxy.conf");
    Files.writeString(
        settings,
        "s3proxy.authorization=none\ns3proxy.endpoint=http://127.0.0.1:"
            + port
            + "\njclouds.provider=transient\njclouds.identity=any\njclouds.credential=any\n");
    Path logging = folder.resolve("logback.xml");
    Files.writeString(logging, "<configuration><root level=\"OFF\"/></configuration>");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=" + logging,
            "-cp",
            classPath,
            "org.gaul.s3proxy.Main",
            "--properties",
            settings.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(LOG).toFile())
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  RequestLog log() {
    return log;
  }

  /** The options that make a Spark application a client: as a user gives them. */
  List<String> sparkOptions() {
    String client =
        Arrays.stream(classPath.split(":"))
            .filter(jar -> jar.matches(".*/(hadoop-aws|aws-java-sdk-bundle|wildfly-openssl)-.*"))
            .collect(Collectors.joining(","));
    return List.of(
        "--conf=spark.jars=" + client,
        "--conf=spark.hadoop.fs.s3a.endpoint=" + log.uri(),
        "--conf=spark.hadoop.fs.s3a.access.key=any",
        "--conf=spark.hadoop.fs.s3a.secret.key=any",
        "--conf=spark.hadoop.fs.s3a.path.style.access=true",
        "--conf=spark.hadoop.fs.s3a.connection.ssl.enabled=false",
        "--conf=spark.hadoop.fs.s3a.retry.throttle.interval=50ms");
  }

  @Override
  public void close() {
    log.close();
    server.destroy();
  }
}
