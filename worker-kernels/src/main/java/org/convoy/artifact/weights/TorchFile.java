package org.convoy.artifact.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.convoy.artifact.ArrayMemory;
import org.convoy.artifact.DamagedFileException;
import org.convoy.artifact.ElementType;
import org.convoy.artifact.Widening;
import org.convoy.artifact.weights.TorchNames.Storage;
import org.convoy.artifact.weights.TorchNames.Strided;
import org.convoy.pickle.PickleException;
import org.convoy.pickle.PickleReader;
import org.convoy.pickle.PickleValue;
import org.convoy.pickle.PickleValue.Dictionary;
import org.convoy.pickle.PickleValue.Text;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A file of {@code torch.save}: a zip archive with a pickle that describes the tensors, and an
 * uncompressed entry of bytes for each storage. A storage is read where it lies in the file.
 *
 * <p>The state dictionary may be the whole content, or lie under one of the usual names ({@link
 * #NESTS}) in it.
 */
final class TorchFile implements TensorFile {
  /**
   * Names under which training programs save a state dictionary; the first that is there counts.
   */
  static final List<String> NESTS =
      List.of(
          "state_dict_ema", "model_ema", "state_dict", "model_state", "model_state_dict", "model");

  private static final String PICKLE = "/data.pkl";

  /** Limit for the description of the tensors. A network of 1,000 tensors has 0.1 MB. */
  private static final long MOST_PICKLE_BYTES = 64L << 20;

  private static final int PIECE = 1 << 16;

  private final ZipFile zip;
  private final long fileBytes;
  private final String file;
  private final String folder;
  private final Map<String, Strided> tensors = new LinkedHashMap<>();

  /**
   * @param zip owned by this object, also if it throws
   * @param fileBytes length of the file
   * @param file name of the file in messages
   */
  TorchFile(ZipFile zip, long fileBytes, String file) throws IOException {
    this.zip = zip;
    this.fileBytes = fileBytes;
    this.file = file;
    try {
      String pickle = pickle(zip);
      this.folder = pickle.substring(0, pickle.length() - PICKLE.length());
      requireLittleEndian();
      collect(read(pickle));
    } catch (IOException | RuntimeException e) {
      try (zip) {
        throw e;
      }
    }
  }

  /** Whether an archive is a file of PyTorch. */
  static boolean is(ZipFile zip) {
    for (ZipArchiveEntry entry : entries(zip)) {
      if (entry.getName().endsWith(PICKLE)) {
        return true;
      }
    }
    return false;
  }

  private static List<ZipArchiveEntry> entries(ZipFile zip) {
    return Collections.list(zip.getEntries());
  }

  private static String pickle(ZipFile zip) {
    return entries(zip).stream()
        .map(ZipArchiveEntry::getName)
        .filter(name -> name.endsWith(PICKLE))
        .findFirst()
        .orElseThrow();
  }

  private void requireLittleEndian() throws IOException {
    if (zip.getEntry(folder + "/byteorder") != null) {
      String order = new String(bytes(folder + "/byteorder", 16), StandardCharsets.US_ASCII);
      if (!order.equals("little")) {
        throw new DamagedFileException(file, "byte order", "little", order);
      }
    }
  }

  /** All of a small entry. */
  private byte[] bytes(String name, long most) throws IOException {
    ZipArchiveEntry entry = Objects.requireNonNull(zip.getEntry(name));
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) most + 1);
      if (bytes.length > most) {
        throw new DamagedFileException(file, name, "at most " + most + " bytes", "more");
      }
      return bytes;
    }
  }

  private PickleValue read(String pickle) throws IOException {
    try {
      return PickleReader.read(bytes(pickle, MOST_PICKLE_BYTES), new TorchNames());
    } catch (PickleException e) {
      throw new DamagedFileException(file + ", " + pickle, String.valueOf(e.getMessage()));
    }
  }

  private void collect(PickleValue root) throws DamagedFileException {
    if (!(root instanceof Dictionary dictionary)) {
      throw new DamagedFileException(
          file, "content", "a dictionary of tensors", root.getClass().getSimpleName());
    }
    Dictionary states = dictionary;
    for (String nest : NESTS) {
      if (dictionary.entries().get(new Text(nest)) instanceof Dictionary nested) {
        states = nested;
        break;
      }
    }
    for (Map.Entry<PickleValue, PickleValue> each : states.entries().entrySet()) {
      if (each.getKey() instanceof Text name && each.getValue() instanceof Strided tensor) {
        check(name.value(), tensor);
        tensors.put(name.value(), tensor);
      }
    }
    if (tensors.isEmpty()) {
      List<String> names = new ArrayList<>();
      for (PickleValue key : states.entries().keySet()) {
        if (key instanceof Text text && names.size() < 8) {
          names.add(text.value());
        }
      }
      throw new DamagedFileException(
          file, "content", "tensors by name, alone or under one of " + NESTS, names);
    }
  }

  /** Holds a tensor against its storage, and the storage against the archive. */
  private void check(String name, Strided tensor) throws DamagedFileException {
    String part = "tensor " + name;
    Storage storage = tensor.storage();
    ElementType type = TorchNames.elements(storage.type()).orElseThrow();
    ZipArchiveEntry entry = zip.getEntry(data(storage));
    if (entry == null) {
      throw new DamagedFileException(file, part, "an entry " + data(storage), "none");
    }
    if (entry.getMethod() != ZipArchiveEntry.STORED) {
      throw new DamagedFileException(
          file, part, "an uncompressed entry " + data(storage), "method " + entry.getMethod());
    }
    if (entry.getSize() > fileBytes) {
      throw new DamagedFileException(
          file, data(storage), "at most the file's " + fileBytes + " bytes", entry.getSize());
    }
    long there = entry.getSize() / type.bytes();
    try {
      long elements = tensor.shape().stream().mapToLong(n -> n).reduce(1, Math::multiplyExact);
      if (elements > 0 && last(tensor) >= there) {
        throw new DamagedFileException(
            file,
            part,
            "elements up to " + last(tensor) + " of its storage",
            there + " in the file");
      }
    } catch (ArithmeticException e) {
      throw new DamagedFileException(file, part, "a shape of less than 2^63", tensor.shape());
    }
  }

  /** The place of the tensor's last element in its storage. */
  private static long last(Strided tensor) {
    long last = tensor.offset();
    for (int d = 0; d < tensor.shape().size(); d++) {
      long reach = Math.multiplyExact(tensor.shape().get(d) - 1, tensor.strides().get(d));
      last = Math.addExact(last, reach);
    }
    return last;
  }

  private String data(Storage storage) {
    return folder + "/data/" + storage.key();
  }

  @Override
  public String format() {
    return "a file of PyTorch";
  }

  @Override
  public List<Entry> entries() {
    return tensors.entrySet().stream()
        .map(each -> new Entry(each.getKey(), each.getValue().shape()))
        .toList();
  }

  @Override
  public void read(Entry entry, INDArray target) throws IOException {
    Strided tensor = Objects.requireNonNull(tensors.get(entry.name()));
    ElementType type = TorchNames.elements(tensor.storage().type()).orElseThrow();
    if (!type.isFloating()) {
      throw new DamagedFileException(
          file, "tensor " + entry.name(), "floating-point elements", type);
    }
    FloatBuffer floats = ArrayMemory.floats(target);
    if (isDense(tensor)) {
      copy(entry, tensor, type, floats);
    } else {
      long first = tensor.offset();
      FloatBuffer span = FloatBuffer.allocate(Math.toIntExact(last(tensor) - first + 1));
      Strided whole =
          new Strided(tensor.storage(), first, List.of((long) span.capacity()), List.of(1L));
      copy(entry, whole, type, span);
      gather(tensor, span, floats, 0, 0);
    }
  }

  private static boolean isDense(Strided tensor) {
    long expected = 1;
    for (int d = tensor.shape().size() - 1; d >= 0; d--) {
      if (tensor.shape().get(d) > 1 && tensor.strides().get(d) != expected) {
        return false;
      }
      expected *= tensor.shape().get(d);
    }
    return true;
  }

  private void copy(Entry entry, Strided tensor, ElementType type, FloatBuffer floats)
      throws IOException {
    long bytes = (long) floats.remaining() * type.bytes();
    try (InputStream in = zip.getInputStream(zip.getEntry(data(tensor.storage())))) {
      in.skipNBytes(tensor.offset() * type.bytes());
      byte[] piece = new byte[PIECE];
      for (long done = 0; done < bytes; ) {
        int count = (int) Math.min(PIECE, bytes - done);
        int got = in.readNBytes(piece, 0, count);
        if (got < count) {
          throw new DamagedFileException(
              file, "tensor " + entry.name(), bytes + " bytes", done + got);
        }
        Widening.toFloats(type, ByteBuffer.wrap(piece, 0, count), floats);
        done += count;
      }
    }
  }

  /** Appends the elements below one index of the outer dimensions, in C order. */
  private static void gather(
      Strided tensor, FloatBuffer span, FloatBuffer floats, int dimension, long at) {
    if (dimension == tensor.shape().size()) {
      floats.put(span.get((int) at));
      return;
    }
    for (long i = 0; i < tensor.shape().get(dimension); i++) {
      gather(tensor, span, floats, dimension + 1, at + i * tensor.strides().get(dimension));
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
