package org.convoy.artifact.weights;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.convoy.artifact.ArrayMemory;
import org.convoy.artifact.Tensor;

/**
 * Writes a state dictionary as {@code torch.save} does, so that {@code torch.load} with {@code
 * weights_only=True} reads it: a zip archive of a pickle (protocol 2) and one uncompressed entry of
 * bytes per tensor. Equal content gives equal bytes.
 */
public final class TorchWriter {
  private static final String FOLDER = "archive/";

  /** As PyTorch aligns the bytes of tensors. */
  private static final int ALIGNMENT = 64;

  /** Zip files have no earlier time. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private TorchWriter() {}

  /**
   * Writes one file; the stream stays open.
   *
   * @param tensors of float32
   */
  public static void write(OutputStream out, List<Tensor> tensors) throws IOException {
    ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out);
    put(zip, "data.pkl", pickle(tensors));
    put(zip, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      CheckedOutputStream checked =
          new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
      ArrayMemory.write(tensor.array(), checked);
      begin(zip, "data/" + i, tensor.bytes(), checked.getChecksum().getValue());
      ArrayMemory.write(tensor.array(), zip);
      zip.closeArchiveEntry();
    }
    put(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
    zip.flush();
  }

  private static void put(ZipArchiveOutputStream zip, String name, byte[] content)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    begin(zip, name, content.length, crc.getValue());
    zip.write(content);
    zip.closeArchiveEntry();
  }

  private static void begin(ZipArchiveOutputStream zip, String name, long bytes, long crc)
      throws IOException {
    ZipArchiveEntry entry = new ZipArchiveEntry(FOLDER + name);
    entry.setMethod(ZipArchiveEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(bytes);
    entry.setCompressedSize(bytes);
    entry.setCrc(crc);
    entry.setAlignment(ALIGNMENT);
    zip.putArchiveEntry(entry);
  }

  private static byte[] pickle(List<Tensor> tensors) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x80, 2}); // PROTO
    dictionary(out);
    out.write('('); // MARK
    for (int i = 0; i < tensors.size(); i++) {
      text(out, tensors.get(i).name());
      tensor(out, tensors.get(i), i);
    }
    out.write('u'); // SETITEMS
    out.write('.'); // STOP
    return bytes.toByteArray();
  }

  /** torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks) */
  private static void tensor(DataOutputStream out, Tensor tensor, int key) throws IOException {
    name(out, "torch._utils", "_rebuild_tensor_v2");
    out.write('('); // MARK
    out.write('(');
    text(out, "storage");
    name(out, "torch", "FloatStorage");
    text(out, String.valueOf(key));
    text(out, "cpu");
    whole(out, tensor.array().length());
    out.write('t'); // TUPLE
    out.write('Q'); // BINPERSID
    whole(out, 0);
    out.write('(');
    for (long extent : tensor.shape()) {
      whole(out, extent);
    }
    out.write('t');
    out.write('(');
    for (int d = 0; d < tensor.shape().size(); d++) {
      List<Long> inner = tensor.shape().subList(d + 1, tensor.shape().size());
      whole(out, inner.stream().mapToLong(n -> n).reduce(1, Math::multiplyExact));
    }
    out.write('t');
    out.write(0x89); // NEWFALSE
    dictionary(out);
    out.write('t');
    out.write('R'); // REDUCE
  }

  private static void dictionary(DataOutputStream out) throws IOException {
    name(out, "collections", "OrderedDict");
    out.write(')'); // EMPTY_TUPLE
    out.write('R');
  }

  private static void name(DataOutputStream out, String module, String name) throws IOException {
    out.write(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII)); // GLOBAL
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X'); // BINUNICODE
    out.writeInt(Integer.reverseBytes(bytes.length));
    out.write(bytes);
  }

  private static void whole(DataOutputStream out, long value) throws IOException {
    if (value <= Integer.MAX_VALUE) {
      out.write('J'); // BININT
      out.writeInt(Integer.reverseBytes((int) value));
    } else {
      out.write(0x8a); // LONG1
      out.write(Long.BYTES);
      out.writeLong(Long.reverseBytes(value));
    }
  }
}
