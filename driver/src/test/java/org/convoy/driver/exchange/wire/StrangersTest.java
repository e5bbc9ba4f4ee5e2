package org.convoy.driver.exchange.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.convoy.driver.exchange.sums.Chunks;
import org.convoy.driver.exchange.sums.Exchange;
import org.convoy.driver.exchange.sums.Gradients;
import org.convoy.driver.exchange.sums.MicroBatches;
import org.convoy.driver.exchange.sums.PartialSums;
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

  static float[] sum(Exchange exchange, int total, int length) {
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
            (rank, host, port) -> {
              if (rank == 0) {
                bother(host, port);
              }
            },
            exchange -> {
              assertArrayEquals(expected, sum(exchange, 4, length));
              return exchange.mesh().refusedConnections();
            });
    assertEquals(STRANGERS, refused.get(0));
    assertEquals(0, refused.get(1));
  }

  private static final int STRANGERS = 7;

  private static void bother(String host, int port) throws Exception {
    byte[] noise = new byte[100_000];
    new SplittableRandom(5).nextBytes(noise);
    assertRefused(host, port, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertRefused(host, port, noise);
    // A frame of Spark's that promises two gigabytes.
    assertRefused(host, port, ByteBuffer.allocate(9).putLong(2L << 30).put((byte) 3).array());
    assertRefused(host, port, StrangersFuzz.bomb(400_000_000));
    // The right protocol and nothing else that is right.
    byte[] answer = new byte[Handshake.ANSWER_BYTES];
    ByteBuffer.wrap(answer).put(Handshake.challenge(), 0, Handshake.PROTOCOL_BYTES);
    Socket patient = new Socket(host, port);
    patient.getOutputStream().write(answer);
    // A port scan.
    new Socket(host, port).close();
    // A caller of another run, with a good handshake of its own.
    Handshake other = new Handshake("guess", "");
    Socket wrong = new Socket(host, port);
    byte[] challenge = wrong.getInputStream().readNBytes(Handshake.CHALLENGE_BYTES);
    wrong
        .getOutputStream()
        .write(other.answer(challenge, new Handshake.Call(1, 0, 2)).orElseThrow());
    Thread.sleep(100);
  }

  /** Nobody is left to come once all are connected, so nobody can call. */
  @Test
  void thePortIsClosedWhenAllAreConnected() throws Exception {
    List<String> ports =
        Ranks.run(
            3,
            exchange -> {
              exchange.barrier();
              String[] address = exchange.mesh().listenedAt().split(":");
              assertThrows(
                  ConnectException.class,
                  () -> new Socket(address[0], Integer.parseInt(address[1])).close());
              exchange.barrier();
              return address[1];
            });
    assertEquals(3, ports.stream().distinct().count());
  }

  /** What was heard of an honest handshake is of no use to anybody else. */
  @Test
  void aRecordedHandshakeIsOfNoUse() {
    Handshake run = new Handshake("token", "secret");
    Handshake.Call call = new Handshake.Call(3, 1, 4);
    byte[] challenge = Handshake.challenge();
    byte[] answer = run.answer(challenge, call).orElseThrow();
    assertTrue(run.proves(challenge, answer));
    assertEquals(call, Handshake.caller(answer));
    assertFalse(run.proves(Handshake.challenge(), answer));
    assertFalse(new Handshake("token", "guess").proves(challenge, answer));
    assertFalse(new Handshake("guess", "secret").proves(challenge, answer));
    for (int i = 0; i < answer.length; i++) {
      byte[] forged = answer.clone();
      forged[i] ^= 1;
      assertFalse(run.proves(challenge, forged), "byte " + i);
    }
    // Nor can the caller's proof be sent back as the callee's.
    byte[] proof = Arrays.copyOfRange(answer, answer.length - Handshake.PROOF_BYTES, answer.length);
    assertFalse(Arrays.equals(proof, run.calleeProof(challenge, answer)));
  }

  private static void assertRefused(String host, int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      socket.setSoTimeout(5000);
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        byte[] heard = socket.getInputStream().readAllBytes();
        assertEquals(Handshake.CHALLENGE_BYTES, heard.length);
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
        (rank, host, port) -> {
          if (rank == 0) {
            assertRefused(host, port, new byte[0]);
            byte[] beginning = new byte[20];
            ByteBuffer.wrap(beginning).put(Handshake.challenge(), 0, Handshake.PROTOCOL_BYTES);
            assertRefused(host, port, beginning);
          }
        },
        exchange -> {
          exchange.barrier();
          assertEquals(exchange.rank() == 0 ? 2 : 0, exchange.mesh().refusedConnections());
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
