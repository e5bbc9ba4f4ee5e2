package org.convoy.driver.exchange;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The first message on a connection: who calls, and proof that it belongs to this run.
 *
 * @param applicationId Spark's application id
 * @param token the run's secret, drawn by rank 0 and told to all at the rendezvous
 * @param from the caller's rank
 * @param to the rank it means to call
 * @param size W, the number of executors
 */
record Hello(String applicationId, String token, int from, int to, int size) {

  private static final String PROTOCOL = "convoy-exchange-1";
  private static final int MAX_BYTES = 4096;

  ByteBuffer encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(PROTOCOL);
      out.writeUTF(applicationId);
      out.writeUTF(token);
      out.writeInt(from);
      out.writeInt(to);
      out.writeInt(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** Reads a greeting; empty if it is none. */
  static Optional<Hello> decode(ByteBuffer message) {
    if (message.remaining() > MAX_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (!in.readUTF().equals(PROTOCOL)) {
        return Optional.empty();
      }
      Hello hello = new Hello(in.readUTF(), in.readUTF(), in.readInt(), in.readInt(), in.readInt());
      return in.available() == 0 ? Optional.of(hello) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether both carry the same token; takes the same time wherever they differ. */
  boolean sameToken(String other) {
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** The greeting without its token, so that it may be logged. */
  @Override
  public String toString() {
    return "application " + applicationId + ", rank " + from + " of " + size + " for rank " + to;
  }
}
