package org.convoy.artifact;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** SHA-256 as 64 lower-case hexadecimal digits. */
public final class Sha256 {
  private Sha256() {}

  /**
   * The {@code weights_sha256} of a network: the digest of the whole flat vector's float32
   * elements, running statistics included, little-endian, in the order of the vector. It does not
   * depend on names, shapes or any file format.
   *
   * @param flat (n) dense float32
   */
  public static String ofWeights(INDArray flat) {
    if (flat.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException("weights: expected FLOAT, got " + flat.dataType());
    }
    ArrayMemory.requireDense("weights", flat);
    MessageDigest digest = start();
    ArrayMemory.digest(flat, digest);
    return finish(digest);
  }

  /** The digest of a text in UTF-8. */
  public static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static String of(byte[] bytes) {
    MessageDigest digest = start();
    digest.update(bytes);
    return finish(digest);
  }

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String finish(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
