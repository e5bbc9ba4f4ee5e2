package org.convoy.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads a safetensors file from a stream, forward only: first the header, then the requested
 * tensors in the order of {@link #tensors()}, directly into arrays. Other tensors are skipped.
 *
 * <p>To read from a channel: {@link java.nio.channels.Channels#newInputStream}.
 */
public final class SafetensorsReader implements AutoCloseable {
  /** The limit of the reference implementation. */
  private static final long MOST_HEADER_BYTES = 100_000_000;

  private static final int PIECE = 1 << 16;

  private final InputStream in;
  private final String file;
  private final SafetensorsHeader header;
  private long position;

  private SafetensorsReader(InputStream in, String file, SafetensorsHeader header) {
    this.in = in;
    this.file = file;
    this.header = header;
  }

  /**
   * Reads and checks the header.
   *
   * @param in at the first byte of the file; the reader owns it and closes it even if opening fails
   * @param file name of the file in messages
   * @param fileBytes length of the file
   * @throws DamagedFileException if the header is not valid or does not fit the length of the file
   */
  public static SafetensorsReader open(InputStream in, String file, long fileBytes)
      throws IOException {
    try {
      byte[] start = in.readNBytes(Long.BYTES);
      if (start.length < Long.BYTES) {
        throw new DamagedFileException(file, "header length", "8 bytes", start.length);
      }
      long headerBytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
      long most = Math.min(MOST_HEADER_BYTES, fileBytes - Long.BYTES);
      if (headerBytes < 2 || headerBytes > most) {
        throw new DamagedFileException(
            file, "header length", "from 2 bytes to the " + most + " that follow it", headerBytes);
      }
      byte[] json = in.readNBytes((int) headerBytes);
      if (json.length < headerBytes) {
        throw new DamagedFileException(file, "header", headerBytes + " bytes", json.length);
      }
      SafetensorsHeader header = SafetensorsHeader.decode(json, file);
      checkLength(header, file, fileBytes - Long.BYTES - headerBytes);
      return new SafetensorsReader(in, file, header);
    } catch (IOException | RuntimeException e) {
      try (in) {
        throw e;
      }
    }
  }

  private static void checkLength(SafetensorsHeader header, String file, long dataBytes)
      throws DamagedFileException {
    for (TensorInfo tensor : header.tensors()) {
      if (tensor.end() > dataBytes) {
        throw new DamagedFileException(
            file,
            "tensor " + tensor.name(),
            tensor.bytes() + " bytes",
            Math.max(0, dataBytes - tensor.begin()) + " before the file ends");
      }
    }
    if (header.dataBytes() != dataBytes) {
      throw new DamagedFileException(
          file, "length of the data", header.dataBytes() + " bytes", dataBytes);
    }
  }

  /** The tensors in the order of their bytes. */
  public List<TensorInfo> tensors() {
    return header.tensors();
  }

  /** The text under {@code __metadata__}. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Reads one tensor.
   *
   * @param tensor one of {@link #tensors()}, which comes after all tensors already read
   * @param target dense in C order, with the tensor's number of elements and its type; or {@code
   *     FLOAT}, to which F64, F16 and BF16 are converted
   * @throws DamagedFileException if the number or type of the elements differs, or the file ends
   *     inside the tensor
   */
  public void read(TensorInfo tensor, INDArray target) throws IOException {
    String part = "tensor " + tensor.name();
    ArrayMemory.requireDense(part, target);
    if (target.length() != tensor.elements()) {
      throw new DamagedFileException(
          file,
          part,
          target.length() + " elements",
          tensor.elements() + " in shape " + tensor.shape());
    }
    boolean same = target.dataType() == tensor.type().dataType();
    boolean converts = target.dataType() == DataType.FLOAT && Widening.from(tensor.type());
    if (!same && !converts) {
      throw new DamagedFileException(file, part, "elements of " + target.dataType(), tensor.type());
    }
    skipTo(tensor);
    long got = same ? ArrayMemory.read(target, in) : widen(tensor, target);
    position += got;
    if (got != tensor.bytes()) {
      throw new DamagedFileException(file, part, tensor.bytes() + " bytes", got);
    }
  }

  private long widen(TensorInfo tensor, INDArray target) throws IOException {
    FloatBuffer floats = ArrayMemory.floats(target);
    byte[] piece = new byte[PIECE];
    long done = 0;
    while (done < tensor.bytes()) {
      int count = (int) Math.min(PIECE, tensor.bytes() - done);
      int got = in.readNBytes(piece, 0, count);
      if (got < count) {
        return done + got;
      }
      Widening.toFloats(tensor.type(), ByteBuffer.wrap(piece, 0, count), floats);
      done += count;
    }
    return done;
  }

  private void skipTo(TensorInfo tensor) throws IOException {
    if (tensor.begin() < position) {
      throw new IllegalStateException(
          file + ": tensor " + tensor.name() + " lies before what was read already");
    }
    in.skipNBytes(tensor.begin() - position);
    position = tensor.begin();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
