package org.convoy.artifact.weights;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.JsonProblem;

/** Opens files of weights. Their first bytes say which format they are, not their names. */
public final class WeightFiles {
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int START = 9;

  private WeightFiles() {}

  /**
   * Opens a file. Reads what it says of its tensors, and no tensor.
   *
   * @throws DamagedFileException if no reader knows the format, or the file is damaged; the message
   *     names the file
   */
  public static TensorFile open(ArtifactStore store, String path) throws IOException {
    String file = store.describe(path);
    byte[] start;
    try (InputStream in = store.open(path)) {
      start = in.readNBytes(START);
    }
    try {
      if (begins(start, ZIP)) {
        return archive(store, path, file);
      } else if (begins(start, HDF5)) {
        return KerasFile.of(store, path);
      } else if (start.length == START && start[START - 1] == '{') {
        return new SafetensorsFile(store, path);
      } else if (OnnxFile.begins(start)) {
        return new OnnxFile(store, path);
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      throw new DamagedFileException(file, "content", "a file of tensors", JsonProblem.reason(e));
    }
    if (start.length > 1 && start[0] == (byte) 0x80 && start[1] <= 5) {
      throw new DamagedFileException(
          file,
          "this is a bare pickle, the form of PyTorch before 1.6, which is not read: load and save"
              + " it again with a later PyTorch, or as safetensors");
    }
    throw new DamagedFileException(
        file,
        "content",
        "safetensors, a zip file of PyTorch or DL4J, an HDF5 file of Keras or an ONNX model",
        "a file that begins with " + HexFormat.of().formatHex(start));
  }

  private static TensorFile archive(ArtifactStore store, String path, String file)
      throws IOException {
    ZipFile zip = new ZipFile(new StoreChannel(store, path), file, "UTF8", true, true);
    if (TorchFile.is(zip)) {
      return new TorchFile(zip, store.size(path), file);
    }
    if (Dl4jFile.is(zip)) {
      return new Dl4jFile(zip, file);
    }
    return KerasFile.of(zip, file);
  }

  private static boolean begins(byte[] start, byte[] magic) {
    return start.length >= magic.length
        && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
  }
}
