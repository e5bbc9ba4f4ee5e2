package org.convoy.image;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests that golden values are held against. */
public final class Sha256 {
  private Sha256() {}

  public static String of(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  public static String of(String text) throws NoSuchAlgorithmException {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Of the 8-bit (h, w, c) pixels that floats (c, h, w) over [0, 1] came from. */
  public static String ofPixels(float[] floats, int channels) throws NoSuchAlgorithmException {
    byte[] pixels = new byte[floats.length];
    int plane = floats.length / channels;
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Math.round(floats[i % channels * plane + i / channels] * 255f);
    }
    return of(pixels);
  }
}
