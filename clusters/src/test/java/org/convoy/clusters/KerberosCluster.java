package org.convoy.clusters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** HDFS and YARN with Kerberos, in a process of their own, and a user of theirs. */
final class KerberosCluster implements AutoCloseable {
  /** The user who has a keytab. */
  static final String USER = "convoy";

  /** How long HDFS accepts a token. Spark takes new ones long before. */
  static final long TOKEN_MILLIS = TimeUnit.SECONDS.toMillis(20);

  /** What the process says when all is up. */
  static final String READY = "kerberos, hdfs and yarn are ready";

  private final Convoy convoy;
  private final Path folder;
  private final Run server;

  private KerberosCluster(Convoy convoy, Path folder, Run server) {
    this.convoy = convoy;
    this.folder = folder;
    this.server = server;
  }

  /** Starts it with the tests' data set at {@code /data/shapes.tar}. */
  static KerberosCluster start(Convoy convoy) throws IOException, InterruptedException {
    Path folder = convoy.local("kerberos");
    Run server =
        convoy.program(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + Packaged.HOME.resolve("conf/jvm.options"),
                "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"),
                "-cp",
                System.getProperty("java.class.path"),
                SecureHadoop.class.getName(),
                folder.toString(),
                convoy.local("shapes.tar").toString()));
    server.awaitText(READY);
    return new KerberosCluster(convoy, folder, server);
  }

  /** The variables of a client. */
  Map<String, String> client() {
    return Map.of(
        "HADOOP_CONF_DIR",
        folder.resolve("conf").toString(),
        "JDK_JAVA_OPTIONS",
        "-Djava.security.krb5.conf=" + folder.resolve("krb5.conf"));
  }

  /** The options by which the launcher acts for the user. */
  List<String> options() {
    return List.of("--principal=" + USER, "--keytab=" + folder.resolve(USER + ".keytab"));
  }

  /** A text file on HDFS, as Hadoop's own shell shows it to the user. */
  String read(String path) throws IOException, InterruptedException {
    Map<String, String> user =
        Map.of(
            "KRB5PRINCIPAL", USER,
            "KRB5KEYTAB", folder.resolve(USER + ".keytab").toString(),
            "JDK_JAVA_OPTIONS", client().get("JDK_JAVA_OPTIONS"));
    try (Run shell =
        convoy.program(
            user,
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                folder.resolve("conf") + ":" + Packaged.sparkJars() + "/*",
                "org.apache.hadoop.fs.FsShell",
                "-cat",
                path))) {
      return shell.expect(0).text();
    }
  }

  /** Waits until a container of a run has said something that is not yet in the client's text. */
  void awaitLog(Run run, String application, String pattern)
      throws IOException, InterruptedException {
    Pattern compiled = Pattern.compile(pattern);
    run.await("'" + pattern + "' in a log", () -> compiled.matcher(logs(application)).find());
  }

  /** What the containers of a running application have said. Other folders of the nodes change. */
  private String logs(String application) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> folders = Files.find(folder.resolve("yarn"), 2, KerberosCluster::isLogs)) {
      for (Path logs : folders.map(each -> each.resolve(application)).toList()) {
        if (Files.exists(logs)) {
          append(logs, text);
        }
      }
    }
    return text.toString();
  }

  private static boolean isLogs(Path folder, BasicFileAttributes attributes) {
    return folder.toString().contains("-logDir-");
  }

  private static void append(Path logs, StringBuilder text) throws IOException {
    try (Stream<Path> files = Files.walk(logs)) {
      for (Path file : files.filter(each -> each.endsWith("stderr")).toList()) {
        text.append(Files.readString(file));
      }
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
