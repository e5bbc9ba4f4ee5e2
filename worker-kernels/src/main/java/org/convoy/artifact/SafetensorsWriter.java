package org.convoy.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors files. The tensors keep the order given and metadata is sorted, so that equal
 * content gives equal bytes. Array memory goes to the stream in pieces; no array is copied as a
 * whole.
 *
 * <p>To write to a channel: {@link java.nio.channels.Channels#newOutputStream}.
 */
public final class SafetensorsWriter {
  private SafetensorsWriter() {}

  /**
   * Writes one file; the stream stays open.
   *
   * @param metadata text for {@code __metadata__}, may be empty
   * @throws IllegalArgumentException if two tensors have the same name
   */
  public static void write(OutputStream out, Map<String, String> metadata, List<Tensor> tensors)
      throws IOException {
    byte[] header = SafetensorsHeader.of(metadata, tensors).encode();
    ByteBuffer length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
    out.write(length.array());
    out.write(header);
    for (Tensor tensor : tensors) {
      ArrayMemory.write(tensor.array(), out);
    }
  }

  /** The number of bytes that {@link #write} writes. */
  public static long bytes(Map<String, String> metadata, List<Tensor> tensors) {
    SafetensorsHeader header = SafetensorsHeader.of(metadata, tensors);
    return Long.BYTES + header.encode().length + header.dataBytes();
  }
}
