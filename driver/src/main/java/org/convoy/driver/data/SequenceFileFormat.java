package org.convoy.driver.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.BytesWritable;
import org.apache.hadoop.io.DataInputBuffer;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;

/**
 * Uncompressed Hadoop sequence files from {@code Text} to {@code BytesWritable}. The key is the
 * path of an image file, whose last folder is its class, as DataVec's {@code FilesAsBytesFunction}
 * writes it; or it is the class itself.
 */
final class SequenceFileFormat extends ShardedFormat {
  private static final Pattern PART = Pattern.compile("part-(r-)?\\d+");
  private static final int LENGTH_BYTES = 4;

  @Override
  public String description() {
    return "a folder of sequence files";
  }

  @Override
  boolean accepts(String fileName) {
    return fileName.toLowerCase(Locale.ROOT).endsWith(".seq") || PART.matcher(fileName).matches();
  }

  @Override
  Scan scan() {
    return (shard, in, withContents, found) -> {
      try (SequenceFile.Reader reader =
          new SequenceFile.Reader(
              new Configuration(false),
              SequenceFile.Reader.stream(in),
              SequenceFile.Reader.length(shard.length()))) {
        require(shard, reader);
        DataOutputBuffer key = new DataOutputBuffer();
        SequenceFile.ValueBytes value = reader.createValueBytes();
        long number = 0;
        while (reader.nextRawKey(key) >= 0) {
          reader.nextRawValue(value);
          long length = value.getSize() - LENGTH_BYTES;
          long offset = reader.getPosition() - length;
          add(shard, number++, key, value, offset, length, withContents, found);
          key.reset();
        }
      } catch (DataSetException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        throw new DataSetException(
            "sequence file " + shard.uri() + " is damaged or cut short: " + e, e);
      }
    };
  }

  private static void require(Shard shard, SequenceFile.Reader reader) throws DataSetException {
    if (reader.isCompressed()) {
      throw new DataSetException(
          "sequence file "
              + shard.uri()
              + " is compressed: expected an uncompressed one, because samples are read by offset");
    }
    String types = reader.getKeyClassName() + " to " + reader.getValueClassName();
    String expected = Text.class.getName() + " to " + BytesWritable.class.getName();
    if (!types.equals(expected)) {
      throw new DataSetException(
          "sequence file " + shard.uri() + ": expected " + expected + ", got " + types);
    }
  }

  private static void add(
      Shard shard,
      long number,
      DataOutputBuffer rawKey,
      SequenceFile.ValueBytes value,
      long offset,
      long length,
      boolean withContents,
      SampleIndexBuilder found)
      throws IOException {
    Text key = new Text();
    DataInputBuffer in = new DataInputBuffer();
    in.reset(rawKey.getData(), rawKey.getLength());
    key.readFields(in);
    String[] path = key.toString().strip().split("/");
    String label = path.length > 1 ? path[path.length - 2] : path[0];
    if (label.isEmpty()) {
      throw new DataSetException(
          "record "
              + number
              + " of sequence file "
              + shard.uri()
              + ": expected a key CLASS/FILE or CLASS, got '"
              + key
              + "'");
    }
    long check = ContentCheck.NONE;
    if (withContents) {
      DataOutputBuffer bytes = new DataOutputBuffer();
      value.writeUncompressedBytes(bytes);
      check =
          ContentCheck.ofAll(Arrays.copyOfRange(bytes.getData(), LENGTH_BYTES, bytes.getLength()));
    }
    found.add(
        label,
        path.length > 1 ? path[path.length - 1] : shard.name() + ":" + number,
        shard.uri(),
        offset,
        length,
        check);
  }
}
