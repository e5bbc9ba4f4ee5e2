package org.convoy.driver.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FSDataInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Tars of WebDataset: files that follow each other and have the same name up to its first dot are
 * one sample. {@code KEY.jpg} or another image name is the image. Its class is the text of {@code
 * KEY.cls}, or the field {@code label}, {@code cls} or {@code class} of {@code KEY.json}, or the
 * text of {@code KEY.txt}, whichever comes first in this list.
 */
final class WebDatasetFormat extends ShardedFormat {
  private static final List<String> FIELDS = List.of("label", "cls", "class");

  @Override
  public String description() {
    return "a folder of .tar files as WebDataset has them";
  }

  @Override
  boolean accepts(String fileName) {
    return fileName.toLowerCase(Locale.ROOT).endsWith(".tar");
  }

  @Override
  Scan scan() {
    return (shard, in, withContents, found) -> {
      Samples samples = new Samples(shard, in, withContents, found);
      TarScanner.Position end =
          new TarScanner(shard.uri(), in, shard.length())
              .walk(new TarScanner.Position(0, false), shard.length(), samples);
      samples.flush();
      if (!end.isClosed()) {
        throw new DataSetException(
            "tar "
                + shard.uri()
                + " is cut short: expected an end-of-archive block at offset "
                + end.at()
                + ", got the end of the file");
      }
    };
  }

  /** Puts the files of a tar together to samples. */
  private static final class Samples implements TarScanner.Visitor {
    /** Longer files are no labels. */
    private static final long MOST_LABEL_BYTES = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Shard shard;
    private final FSDataInputStream in;
    private final boolean withContents;
    private final SampleIndexBuilder found;
    private String key = "";
    private @Nullable Image image;
    private @Nullable String label;
    private int rank;

    private record Image(String name, long offset, long length, long check) {}

    Samples(Shard shard, FSDataInputStream in, boolean withContents, SampleIndexBuilder found) {
      this.shard = shard;
      this.in = in;
      this.withContents = withContents;
      this.found = found;
    }

    @Override
    public void file(String path, long offset, long length, TarScanner.Check check)
        throws IOException {
      String file = path.substring(path.lastIndexOf('/') + 1);
      if (ImageNames.isHidden(file)) {
        found.leaveOut(shard.name() + "/" + path, LeftOut.HIDDEN);
        return;
      }
      int dot = file.indexOf('.');
      String keyOfFile = dot < 0 ? path : path.substring(0, path.length() - file.length() + dot);
      if (!keyOfFile.equals(key)) {
        flush();
        key = keyOfFile;
      }
      String ending = file.substring(dot + 1).toLowerCase(Locale.ROOT);
      if (ImageNames.isImage(file)) {
        if (image != null) {
          throw new DataSetException(
              "sample "
                  + key
                  + " of "
                  + shard.uri()
                  + " has two images, "
                  + image.name()
                  + " and "
                  + path
                  + ": expected one");
        }
        image = new Image(path, offset, length, withContents ? check.read() : ContentCheck.NONE);
      } else if (ending.equals("cls")) {
        label(3, text(path, offset, length));
      } else if (ending.equals("json")) {
        label(2, field(path, text(path, offset, length)));
      } else if (ending.equals("txt")) {
        label(1, text(path, offset, length));
      } else {
        found.leaveOut(shard.name() + "/" + path, LeftOut.NO_IMAGE);
      }
    }

    private void label(int strength, @Nullable String text) {
      if (text != null && strength > rank) {
        rank = strength;
        label = text;
      }
    }

    private String text(String path, long offset, long length) throws IOException {
      if (length > MOST_LABEL_BYTES) {
        throw new DataSetException(
            path
                + " of "
                + shard.uri()
                + " is no label: expected at most "
                + MOST_LABEL_BYTES
                + " bytes, got "
                + length);
      }
      byte[] bytes = new byte[(int) length];
      in.readFully(offset, bytes);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    private @Nullable String field(String path, String text) throws DataSetException {
      JsonNode node;
      try {
        node = JSON.readTree(text);
      } catch (JsonProcessingException e) {
        throw new DataSetException(
            path + " of " + shard.uri() + " is not JSON: " + e.getOriginalMessage(), e);
      }
      for (String name : FIELDS) {
        if (node.path(name).isTextual() || node.path(name).isIntegralNumber()) {
          return node.path(name).asText();
        }
      }
      return null;
    }

    /** Ends a sample. */
    void flush() throws DataSetException {
      if (image != null) {
        if (label == null || label.isEmpty()) {
          throw new DataSetException(
              "sample "
                  + key
                  + " of "
                  + shard.uri()
                  + " has no class: expected "
                  + key
                  + ".cls, .txt, or a .json with a field "
                  + String.join(" or ", FIELDS));
        }
        found.add(
            label,
            shard.name() + ":" + image.name(),
            shard.uri(),
            image.offset(),
            image.length(),
            image.check());
      } else if (label != null) {
        found.leaveOut(shard.name() + "/" + key, LeftOut.NO_IMAGE);
      }
      image = null;
      label = null;
      rank = 0;
    }

    @Override
    public void folder(String path) {}

    @Override
    public void link(String path, String target, long offset) {
      found.leaveOut(shard.name() + "/" + path, LeftOut.BROKEN_LINK);
    }

    @Override
    public void other(String path) {
      found.leaveOut(shard.name() + "/" + path, LeftOut.NO_IMAGE);
    }

    @Override
    public void unreadable(String path) throws DataSetException {
      throw new DataSetException(
          "entry '" + path + "' of tar " + shard.uri() + ": expected a name in UTF-8");
    }

    @Override
    public void afterTheEnd(long offset, long bytes) {
      found.leaveOut(
          shard.name() + ": " + bytes + " bytes at offset " + offset, LeftOut.AFTER_THE_END);
    }
  }
}
