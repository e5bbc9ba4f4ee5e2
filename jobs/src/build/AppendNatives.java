import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Writes the product's jar: the shaded classes, then the entries of those dependencies that need no relocation.
 *
 * <p>These are the native libraries and the packages that ND4J has relocated itself. Their entries are copied as the
 * compressed bytes they are; the shade plugin would inflate and deflate all 600 MB of them, which takes a minute, this
 * takes a second.
 *
 * <p>Run by the build: {@code java -cp DEPENDENCIES AppendNatives.java CLASSES_JAR OUTPUT_JAR}. The dependencies are
 * found on the class path.
 */
final class AppendNatives {
  /** The dependencies to append, by the end of their path in a Maven repository. */
  private static final Pattern APPENDED =
      Pattern.compile("org/bytedeco/.+\\.jar|org/nd4j/(guava|jackson|protobuf)/.+\\.jar|org/nd4j/nd4j-native/.+-(linux|macosx|windows)-.+\\.jar");

  /** Build files, headers, Python bindings and sample models, and duplicate bindings that nothing loads. */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "META-INF/(?!services/|maven/org.bytedeco/.*/pom.properties).*|(.*/)?(module|package)-info\\.class|.*/include/.*|.*/lib/cmake/.*|.*/pkgconfig/.*"
              + "|org/bytedeco/opencv/[^/]+/(share|python)/.*"
              + "|org/bytedeco/.*/libjniopenblas_full\\.so|org/bytedeco/.*/libopencv_java\\.so");

  private AppendNatives() {}

  public static void main(String[] args) throws IOException {
    Path classes = Path.of(args[0]);
    Path output = Path.of(args[1]);
    List<Path> appended =
        Stream.of(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
            .filter(jar -> APPENDED.matcher(jar.replace('\\', '/')).find())
            .map(Path::of)
            .toList();
    if (appended.isEmpty()) {
      throw new IOException("found none of the native libraries on the class path");
    }
    // Written beside and renamed: a running job has the old jar mapped.
    Path unfinished = output.resolveSibling(output.getFileName() + ".part");
    try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(unfinished)) {
      out.setUseZip64(Zip64Mode.AsNeeded);
      Set<String> names = new HashSet<>();
      copy(classes, Pattern.compile(""), names, out);
      for (Path jar : appended) {
        copy(jar, LEFT_OUT, names, out);
      }
    }
    Files.move(unfinished, output, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    long megabytes = Math.round(Files.size(output) / 1e6);
    System.out.println(output.getFileName() + ": " + megabytes + " MB");
    if (megabytes >= 250) {
      throw new IOException(output + " is " + megabytes + " MB; it must stay under 250 MB");
    }
  }

  private static void copy(Path jar, Pattern leftOut, Set<String> names, ZipArchiveOutputStream out) {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<ZipArchiveEntry> entries = zip.getEntriesInPhysicalOrder(); entries.hasMoreElements(); ) {
        ZipArchiveEntry entry = entries.nextElement();
        String name = entry.getName();
        if (entry.isDirectory() || leftOut.matcher(name).matches()) {
          continue;
        }
        if (!names.add(name)) {
          if (name.endsWith("/pom.properties")) {
            continue; // JavaCPP's note of its version, the same in a jar of classes and its jar of libraries
          }
          throw new IOException(name + " is in more than one of the jars; the second is in " + jar);
        }
        out.addRawArchiveEntry(entry, zip.getRawInputStream(entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot append " + jar + ": " + e.getMessage(), e);
    }
  }
}
