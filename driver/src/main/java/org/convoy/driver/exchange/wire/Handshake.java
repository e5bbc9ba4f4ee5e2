package org.convoy.driver.exchange.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves each end of a new connection to the other as a member of this run. There are three
 * messages of fixed length. Neither end reads anything else before it has the other's proof.
 *
 * <pre>
 * callee to caller   24 bytes   protocol (8), nonce (16)
 * caller to callee   68 bytes   protocol (8), from, to, size (4 each), nonce (16), proof (32)
 * callee to caller   32 bytes   proof
 * </pre>
 *
 * <p>A proof is HMAC-SHA256 over the side that gives it, both nonces and the three numbers. Its key
 * is the token that rank 0 drew for the run, followed by the application's secret where {@code
 * spark.authenticate} is on. Neither is sent. A recorded handshake cannot be used later, because
 * each end draws a new nonce. Numbers are big-endian.
 */
final class Handshake {

  static final int CHALLENGE_BYTES = 24;
  static final int ANSWER_BYTES = 68;
  static final int PROOF_BYTES = 32;
  static final int PROTOCOL_BYTES = 8;

  private static final byte[] PROTOCOL = "CONVOY-2".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_BYTES = 16;
  private static final byte CALLER = 1;
  private static final byte CALLEE = 2;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * The two ends of a call.
   *
   * @param from the caller's rank
   * @param to the rank that it means to call
   * @param size W, the number of executors
   */
  record Call(int from, int to, int size) {}

  private final SecretKeySpec key;

  /**
   * @param token drawn by rank 0 for this run
   * @param secret the application's secret, empty without {@code spark.authenticate}
   */
  Handshake(String token, String secret) {
    this.key =
        new SecretKeySpec((token + "\n" + secret).getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /** The callee's first message, with a new nonce. */
  static byte[] challenge() {
    return ByteBuffer.allocate(CHALLENGE_BYTES).put(PROTOCOL).put(nonce()).array();
  }

  /** Whether the first {@code count} bytes can be the beginning of an answer. */
  static boolean beginsWell(byte[] bytes, int count) {
    int compared = Math.min(count, PROTOCOL_BYTES);
    return Arrays.equals(bytes, 0, compared, PROTOCOL, 0, compared);
  }

  /** The caller's answer; empty if the challenge is of another protocol. */
  Optional<byte[]> answer(byte[] challenge, Call call) {
    if (!beginsWell(challenge, challenge.length)) {
      return Optional.empty();
    }
    byte[] own = nonce();
    return Optional.of(
        ByteBuffer.allocate(ANSWER_BYTES)
            .put(PROTOCOL)
            .put(numbers(call))
            .put(own)
            .put(proof(CALLER, nonce(challenge), own, call))
            .array());
  }

  /** The caller that an answer states, without a check. */
  static Call caller(byte[] answer) {
    ByteBuffer in = ByteBuffer.wrap(answer).position(PROTOCOL_BYTES);
    return new Call(in.getInt(), in.getInt(), in.getInt());
  }

  /** Whether an answer was made for this challenge with the right secrets. */
  boolean proves(byte[] challenge, byte[] answer) {
    byte[] expected = proof(CALLER, nonce(challenge), callerNonce(answer), caller(answer));
    byte[] given = Arrays.copyOfRange(answer, ANSWER_BYTES - PROOF_BYTES, ANSWER_BYTES);
    return beginsWell(answer, answer.length) && MessageDigest.isEqual(expected, given);
  }

  /** The callee's proof, which both ends know. */
  byte[] calleeProof(byte[] challenge, byte[] answer) {
    return proof(CALLEE, nonce(challenge), callerNonce(answer), caller(answer));
  }

  private byte[] proof(byte side, byte[] calleeNonce, byte[] callerNonce, Call call) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      mac.update(side);
      mac.update(calleeNonce);
      mac.update(callerNonce);
      return mac.doFinal(numbers(call));
    } catch (GeneralSecurityException e) {
      throw new ExchangeException("this Java has no HMAC-SHA256", e);
    }
  }

  private static byte[] numbers(Call call) {
    return ByteBuffer.allocate(12)
        .putInt(call.from())
        .putInt(call.to())
        .putInt(call.size())
        .array();
  }

  private static byte[] nonce(byte[] challenge) {
    return Arrays.copyOfRange(challenge, PROTOCOL_BYTES, CHALLENGE_BYTES);
  }

  private static byte[] callerNonce(byte[] answer) {
    int from = PROTOCOL_BYTES + 12;
    return Arrays.copyOfRange(answer, from, from + NONCE_BYTES);
  }

  private static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }
}
