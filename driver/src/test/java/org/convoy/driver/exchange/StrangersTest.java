package org.convoy.driver.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.spark.network.TransportContext;
import org.apache.spark.network.client.TransportClient;
import org.apache.spark.network.client.TransportClientFactory;
import org.apache.spark.network.server.NoOpRpcHandler;
import org.apache.spark.network.util.MapConfigProvider;
import org.apache.spark.network.util.TransportConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class StrangersTest {

  private static final Map<String, String> ENCRYPTED =
      Map.of("spark.authenticate", "true", "spark.network.crypto.enabled", "true");
  private static final Map<String, String> SASL_ENCRYPTED =
      Map.of("spark.authenticate", "true", "spark.authenticate.enableSaslEncryption", "true");

  private static IntFunction<MeshSettings> security(String kind) {
    Map<String, String> spark =
        switch (kind) {
          case "encrypted" -> ENCRYPTED;
          case "sasl" -> SASL_ENCRYPTED;
          case "authenticated" -> Map.of("spark.authenticate", "true");
          default -> Map.of();
        };
    return rank ->
        Ranks.settings(
            rank, spark, spark.isEmpty() ? Optional.empty() : Optional.of(Ranks.secret("s3cret")));
  }

  private static float[] sum(Exchange exchange, int total, int length) {
    Chunks chunks = Chunks.over(0, length);
    MicroBatches range = MicroBatches.range(exchange.rank(), exchange.size(), total);
    try (PartialSums partials = new PartialSums(range, length)) {
      for (int i = range.from(); i < range.to(); i++) {
        partials.add(Gradients.array(i, length));
      }
      INDArray sum = Nd4j.zeros(DataType.FLOAT, length);
      exchange.reduceScatter(partials, chunks, sum);
      exchange.allGather(chunks, sum);
      return sum.toFloatVector();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"authenticated", "encrypted", "sasl"})
  void securityIsNotPartOfTheResult(String kind) throws Exception {
    int length = 200_001;
    float[] expected = Gradients.sum(0, 5, length);
    for (float[] sum : Ranks.run(3, security(kind), exchange -> sum(exchange, 5, length))) {
      assertArrayEquals(expected, sum);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "authenticated", "encrypted"})
  void strangersAreRefusedAndTheRunGoesOn(String kind) throws Exception {
    int length = 70_000;
    float[] expected = Gradients.sum(0, 4, length);
    List<Integer> refused =
        Ranks.run(
            2,
            security(kind),
            exchange -> {
              if (exchange.rank() == 0) {
                String[] address = exchange.mesh().listeningAt().split(":");
                bother(address[0], Integer.parseInt(address[1]));
              }
              assertArrayEquals(expected, sum(exchange, 4, length));
              return exchange.mesh().strangersRefused();
            });
    assertEquals(6, refused.get(0));
    assertEquals(0, refused.get(1));
  }

  private static void bother(String host, int port) throws Exception {
    byte[] noise = new byte[100_000];
    SplittableRandom random = new SplittableRandom(5);
    random.nextBytes(noise);
    assertRefused(host, port, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertRefused(host, port, noise);
    // A frame that promises two gigabytes.
    assertRefused(host, port, ByteBuffer.allocate(9).putLong(2L << 30).put((byte) 3).array());
    // A frame of a good shape, and one with a bad body.
    byte[] body = new byte[40];
    assertRefused(host, port, ByteBuffer.allocate(49).putLong(49).put((byte) 3).put(body).array());
    // A port scan.
    new Socket(host, port).close();
    // Somebody who speaks Spark's protocol, but does not know the token.
    TransportConf conf = new TransportConf("x", new MapConfigProvider(Map.of()));
    try (TransportContext context = new TransportContext(conf, new NoOpRpcHandler());
        TransportClientFactory factory = context.createClientFactory();
        TransportClient client = factory.createUnmanagedClient(host, port)) {
      ByteBuffer hello = new Hello("app-1", "guess", 1, 0, 2).encode();
      assertThrows(RuntimeException.class, () -> client.sendRpcSync(hello, 5000));
    }
    Thread.sleep(100);
  }

  private static void assertRefused(String host, int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(5000);
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        assertEquals(-1, socket.getInputStream().read());
      } catch (SocketException e) {
        assertTrue(Ranks.message(e).matches(".*(reset|Broken pipe|aborted).*"), Ranks.message(e));
      }
    }
  }

  @Test
  void silenceIsNotPatientlyHeard() throws Exception {
    IntFunction<MeshSettings> settings =
        rank ->
            Ranks.settings(
                rank, Map.of("spark.convoy.exchange.handshakeTimeout", "1s"), Optional.empty());
    Ranks.run(
        2,
        settings,
        exchange -> {
          if (exchange.rank() == 0) {
            String[] address = exchange.mesh().listeningAt().split(":");
            assertRefused(address[0], Integer.parseInt(address[1]), new byte[3]);
          }
          exchange.barrier();
          return 0;
        });
  }

  @Test
  void theWrongSecretIsRefused() {
    List<Future<Integer>> futures =
        Ranks.start(
            2,
            rank ->
                Ranks.settings(
                    rank,
                    Map.of(
                        "spark.authenticate", "true",
                        "spark.network.crypto.enabled", "true",
                        "spark.convoy.exchange.handshakeTimeout", "2s"),
                    Optional.of(Ranks.secret("secret " + rank))),
            exchange -> 0);
    for (Future<Integer> future : futures) {
      ExecutionException error =
          assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
      assertInstanceOf(ExchangeException.class, error.getCause());
    }
  }
}
