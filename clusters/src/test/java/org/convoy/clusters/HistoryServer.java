package org.convoy.clusters;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;

/** Spark's own history server over the event logs of the runs. */
final class HistoryServer implements AutoCloseable {
  private final Run server;
  private final URI place;

  private HistoryServer(Run server, URI place) {
    this.server = server;
    this.place = place;
  }

  /**
   * Starts it and waits until it has read the logs that are there.
   *
   * @param logs the folder that runs name as {@code spark.eventLog.dir}
   */
  static HistoryServer start(Convoy convoy, String logs) throws IOException, InterruptedException {
    Run server =
        convoy.program(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + Packaged.HOME.resolve("conf/jvm.options"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dspark.history.fs.logDirectory=" + logs,
                "-Dspark.history.ui.port=0",
                "-cp",
                convoy.cluster().conf() + ":" + Packaged.sparkJars() + "/*",
                "org.apache.spark.deploy.history.HistoryServer"));
    String port =
        server.awaitText("Successfully started service 'HistoryServerUI' on port (\\d+)").group(1);
    return new HistoryServer(server, URI.create("http://127.0.0.1:" + port));
  }

  /** The answer of its REST interface, as soon as it has read that application's log. */
  String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(place.resolve(path)).build();
    for (int tries = 0; ; tries++) {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        return response.body();
      }
      if (tries == 300) {
        throw new IOException(path + ": " + response.statusCode() + " " + response.body());
      }
      Thread.sleep(200);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
