package org.convoy.artifact;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * Length and SHA-256 of a file, as stored in manifests.
 *
 * @param bytes length of the file
 * @param sha256 64 lower-case hexadecimal digits
 */
public record FileDigest(
    @JsonProperty(value = "bytes", required = true) long bytes,
    @JsonProperty(value = "sha256", required = true) String sha256) {
  private static final int PIECE = 1 << 18;

  /** Checks the form. */
  public FileDigest {
    if (bytes < 0 || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "digest: expected a length and 64 hexadecimal digits, got " + bytes + " and " + sha256);
    }
  }

  /**
   * Checks that a manifest lists only names of files in its own folder, each with a digest.
   *
   * @throws IllegalArgumentException naming the first wrong entry
   */
  public static void requirePlainNames(Map<String, FileDigest> files) {
    files.forEach(
        (name, digest) -> {
          boolean plain =
              !name.isEmpty()
                  && !name.startsWith(".")
                  && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
          if (!plain || digest == null) {
            throw new IllegalArgumentException(
                "files: expected names of files in this folder and their digests, got '"
                    + name
                    + "'"
                    + (plain ? " without one" : ""));
          }
        });
  }

  /** The digest of a file's present content. */
  public static FileDigest of(ArtifactStore store, String path) throws IOException {
    MessageDigest digest = Sha256.start();
    byte[] piece = new byte[PIECE];
    long bytes = 0;
    try (InputStream in = store.open(path)) {
      for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
        digest.update(piece, 0, got);
        bytes += got;
      }
    }
    return new FileDigest(bytes, Sha256.finish(digest));
  }

  /**
   * Reads the file and compares it with this digest.
   *
   * @throws DamagedFileException if it differs, naming the file and both values
   */
  public void verify(ArtifactStore store, String path) throws IOException {
    String file = store.describe(path);
    long size = store.size(path);
    if (size != bytes) {
      throw new DamagedFileException(file, "length", bytes + " bytes", size);
    }
    FileDigest got = of(store, path);
    if (!got.equals(this)) {
      throw new DamagedFileException(file, "SHA-256", sha256, got.sha256);
    }
  }

  /** A stream that computes the digest of the bytes written to it. */
  static final class Writing extends DigestOutputStream {
    private long bytes;

    Writing(OutputStream out) {
      super(out, Sha256.start());
    }

    @Override
    public void write(int b) throws IOException {
      super.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] b, int off, int len) throws IOException {
      out.write(b, off, len);
      digest.update(b, off, len);
      bytes += len;
    }

    long written() {
      return bytes;
    }

    FileDigest digest() {
      return new FileDigest(bytes, HexFormat.of().formatHex(digest.digest()));
    }
  }
}
