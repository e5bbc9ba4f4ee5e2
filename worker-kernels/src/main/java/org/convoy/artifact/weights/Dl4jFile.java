package org.convoy.artifact.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.convoy.artifact.ArrayMemory;
import org.convoy.artifact.DamagedFileException;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A zip file of DL4J's ModelSerializer: {@code configuration.json} names the vertices of a {@code
 * ComputationGraph} in the order in which the flat vector {@code coefficients.bin} has their
 * tensors. A tensor is called {@code VERTEX.weight} and so on after its vertex.
 */
final class Dl4jFile implements TensorFile {
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final String VERTEX = "org.deeplearning4j.nn.conf.graph.LayerVertex";
  private static final int MOST_CONFIGURATION_BYTES = 64 << 20;

  /** The most words of the description of an array's shape, for the highest rank. */
  private static final int MOST_SHAPE_WORDS = 2 * 32 + 4;

  /** The most bytes of all that {@code coefficients.bin} says before the elements. */
  private static final int MOST_HEADER_BYTES = 4096;

  private static final int PIECE = 1 << 16;

  /** A tensor and its first element's place in the flat vector. */
  private record Placed(Dl4jLayer.Part part, long first) {}

  private final String file;
  private final FileChannel coefficients;
  private final long start;
  private final Map<String, Placed> tensors = new LinkedHashMap<>();

  /**
   * @param zip is closed
   * @param file name of the file in messages
   */
  Dl4jFile(ZipFile zip, String file) throws IOException {
    this.file = file;
    Path copy = Files.createTempFile("convoy-weights", ".bin");
    try (zip) {
      long elements = place(zip);
      long most = Math.addExact(Math.multiplyExact(elements, Float.BYTES), MOST_HEADER_BYTES);
      UnpackedEntry.copy(zip, zip.getEntry(COEFFICIENTS), copy, most, file);
      this.start = start(copy, elements);
      this.coefficients = FileChannel.open(copy, StandardOpenOption.READ);
    } finally {
      // The open file keeps its content.
      Files.deleteIfExists(copy);
    }
  }

  /** Whether an archive is a file of DL4J. */
  static boolean is(ZipFile zip) {
    return zip.getEntry(CONFIGURATION) != null && zip.getEntry(COEFFICIENTS) != null;
  }

  /** Finds the place of each tensor. Returns the length of the vector. */
  private long place(ZipFile zip) throws IOException {
    JsonNode configuration = configuration(zip);
    JsonNode order = configuration.path("topologicalOrderStr");
    if (order.isEmpty()) {
      throw new DamagedFileException(
          file, CONFIGURATION, "the order of a ComputationGraph's vertices", "none");
    }
    long next = 0;
    for (JsonNode name : order) {
      JsonNode vertex = configuration.path("vertices").path(name.asText());
      if (vertex.path("@class").asText().equals(VERTEX)) {
        JsonNode layer = vertex.path("layerConf").path("layer");
        Dl4jLayer known =
            Dl4jLayer.of(layer)
                .orElseThrow(
                    () ->
                        new DamagedFileException(
                            file,
                            "vertex " + name.asText(),
                            "a layer of which convoy export writes",
                            layer.path("@class").asText()));
        for (Dl4jLayer.Part part : known.parts()) {
          if (part.shape().stream().anyMatch(extent -> extent < 1)) {
            throw new DamagedFileException(
                file, "vertex " + name.asText(), "sizes from 1", part.shape());
          }
          tensors.put(name.asText() + "." + part.name(), new Placed(part, next));
          next = Math.addExact(next, part.elements());
        }
      }
    }
    return next;
  }

  private JsonNode configuration(ZipFile zip) throws IOException {
    ZipArchiveEntry entry = zip.getEntry(CONFIGURATION);
    byte[] json;
    try (InputStream in = zip.getInputStream(entry)) {
      json = in.readNBytes(MOST_CONFIGURATION_BYTES);
    }
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new DamagedFileException(file, CONFIGURATION, "JSON", "other content");
    }
  }

  /**
   * Where the elements begin, behind what ND4J says of the array: for its shape and for its
   * elements the kind of memory, the number and the type.
   */
  private long start(Path copy, long elements) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(copy)))) {
      long bytes = 0;
      bytes += 2 + in.readUTF().length();
      long words = in.readLong();
      String wordType = in.readUTF();
      if (words < 0 || words > MOST_SHAPE_WORDS || !wordType.equals("LONG")) {
        throw damaged("an array of ND4J", words + " words of " + wordType);
      }
      bytes += Long.BYTES + 2 + wordType.length() + words * Long.BYTES;
      in.skipNBytes(words * Long.BYTES);
      bytes += 2 + in.readUTF().length();
      long count = in.readLong();
      String type = in.readUTF();
      bytes += Long.BYTES + 2 + type.length();
      if (count != elements || !type.equals("FLOAT")) {
        throw damaged(elements + " elements of FLOAT", count + " of " + type);
      }
      if (Files.size(copy) - bytes != elements * Float.BYTES) {
        throw damaged(
            elements * Float.BYTES + " bytes of elements", Files.size(copy) - bytes + " bytes");
      }
      return bytes;
    }
  }

  private DamagedFileException damaged(String expected, Object got) {
    return new DamagedFileException(file, COEFFICIENTS, expected, got);
  }

  @Override
  public String format() {
    return "a file of DL4J";
  }

  @Override
  public List<Entry> entries() {
    return tensors.entrySet().stream()
        .map(each -> new Entry(each.getKey(), each.getValue().part().shape()))
        .toList();
  }

  @Override
  public void read(Entry entry, INDArray target) throws IOException {
    Placed placed = Objects.requireNonNull(tensors.get(entry.name()));
    FloatBuffer floats = ArrayMemory.floats(target);
    if (placed.part().multiplier() == 0) {
      copy(placed.first(), floats);
      return;
    }
    FloatBuffer there = FloatBuffer.allocate(floats.remaining());
    copy(placed.first(), there);
    List<Long> shape = placed.part().shape();
    int channels = Math.toIntExact(shape.get(0));
    int taps = Math.toIntExact(shape.get(2) * shape.get(3));
    for (int channel = 0; channel < channels; channel++) {
      for (int tap = 0; tap < taps; tap++) {
        floats.put(there.get(tap * channels + channel));
      }
    }
  }

  /** Reads elements, big-endian, from a place of the vector. */
  private void copy(long first, FloatBuffer floats) throws IOException {
    coefficients.position(start + first * Float.BYTES);
    InputStream in = Channels.newInputStream(coefficients);
    while (floats.hasRemaining()) {
      byte[] piece = in.readNBytes(Math.min(PIECE, floats.remaining() * Float.BYTES));
      floats.put(ByteBuffer.wrap(piece).asFloatBuffer());
    }
  }

  @Override
  public void close() throws IOException {
    coefficients.close();
  }
}
