package org.convoy.clusters;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Passes HTTP requests on to a server, and keeps a list of them. It answers some itself, with 503,
 * as an object store does that is asked too often.
 */
final class RequestLog implements AutoCloseable {
  private static final byte[] SLOW_DOWN =
      "<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
          .getBytes(StandardCharsets.UTF_8);

  /** What the HTTP client sets itself. */
  private static final Set<String> OWN =
      Set.of("host", "content-length", "connection", "expect", "upgrade", "transfer-encoding");

  /**
   * One request.
   *
   * @param range what part of the object was asked for
   * @param isCopy whether the object is copied from another
   */
  record Request(
      String method, String path, Optional<String> range, boolean isCopy, boolean isRefused) {}

  private final URI server;
  private final HttpServer front;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Request> requests = new ArrayList<>();
  private int refusing = Integer.MAX_VALUE;

  private RequestLog(URI server, HttpServer front) {
    this.server = server;
    this.front = front;
  }

  static RequestLog before(URI server) throws IOException {
    HttpServer front =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    RequestLog log = new RequestLog(server, front);
    front.createContext("/", log::answer);
    front.setExecutor(log.threads);
    front.start();
    return log;
  }

  /** Where clients find it. */
  URI uri() {
    return URI.create("http://127.0.0.1:" + front.getAddress().getPort());
  }

  /** From now on each n-th request is refused with 503. */
  synchronized void refuseEach(int n) {
    refusing = n;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Writes an object past the list. */
  void put(String path, byte[] content) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .PUT(BodyPublishers.ofByteArray(content))
            .build();
    int status = client.send(request, BodyHandlers.discarding()).statusCode();
    if (status != 200) {
      throw new IOException("PUT " + path + ": " + status);
    }
  }

  /** Reads an object past the list. */
  String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(server.resolve(path)).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("GET " + path + ": " + response.statusCode());
    }
    return response.body();
  }

  private synchronized boolean record(HttpExchange exchange) {
    boolean isRefused = (requests.size() + 1) % refusing == 0;
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range")),
            exchange.getRequestHeaders().containsKey("X-amz-copy-source"),
            isRefused));
    return isRefused;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (record(exchange)) {
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(503, isHead ? -1 : SLOW_DOWN.length);
        if (!isHead) {
          exchange.getResponseBody().write(SLOW_DOWN);
        }
        return;
      }
      pass(exchange, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
    String method = exchange.getRequestMethod();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(exchange.getRequestURI()))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    try (InputStream content = response.body()) {
      response
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!name.equals("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      byte[] bytes = content.readAllBytes();
      exchange.sendResponseHeaders(response.statusCode(), bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    front.stop(0);
    threads.shutdownNow();
  }
}
